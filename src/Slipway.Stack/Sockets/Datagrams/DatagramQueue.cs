namespace Slipway.Stack;

/// <summary>Datagrams in order of arrival, in a ring that grows. An idle socket's has no storage. A mutable struct: keep it in a field.</summary>
internal struct DatagramQueue
{
    private const int SmallestSize = 4;

    /// <summary>A ring that had to grow beyond this is given up when it is empty.</summary>
    private const int KeptSize = 64;

    private QueuedDatagram[]? _ring;
    private int _first;

    public int Count { get; private set; }

    /// <summary>The datagram at a place from the front.</summary>
    public readonly ref QueuedDatagram this[int place] => ref _ring![(_first + place) & (_ring.Length - 1)];

    public void Enqueue(in QueuedDatagram datagram)
    {
        if (_ring is null || Count == _ring.Length) Grow();
        _ring![(_first + Count) & (_ring.Length - 1)] = datagram;
        Count++;
    }

    /// <summary>Takes the datagram at a place out; those before it move up by one.</summary>
    public QueuedDatagram RemoveAt(int place)
    {
        QueuedDatagram taken = this[place];
        for (int i = place; i > 0; i--) this[i] = this[i - 1];
        this[0] = default;
        _first = (_first + 1) & (_ring!.Length - 1);
        if (--Count == 0 && _ring.Length > KeptSize) _ring = null;
        return taken;
    }

    private void Grow()
    {
        var larger = new QueuedDatagram[_ring is null ? SmallestSize : _ring.Length * 2];
        for (int i = 0; i < Count; i++) larger[i] = this[i];
        _ring = larger;
        _first = 0;
    }
}
