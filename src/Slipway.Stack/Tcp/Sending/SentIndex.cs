using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// The segments under way as an array in order, so that the one with a number is found by halving, not by a walk: a receiver chooses what it reports, and must not choose how
/// long that takes. Filled when the first report comes, kept until nothing is reported any more. Pieces that a segment was cut into since are not in it; they stand right
/// behind their head in the queue.
/// </summary>
internal struct SentIndex
{
    private TcpSegment?[]? _ring;
    private int _start, _count;

    public readonly bool IsActive => _count > 0;

    public void Build(in TcpSegmentQueue queue)
    {
        Clear();
        for (TcpSegment? segment = queue.FirstSent; segment is not null && !ReferenceEquals(segment, queue.FirstUnsent); segment = segment.Next) Append(segment);
    }

    public void Append(TcpSegment segment)
    {
        if (_ring is null || _count == _ring.Length) Grow();
        _ring![(_start + _count++) & (_ring.Length - 1)] = segment;
    }

    /// <summary>A segment leaves the queue: always the first of it.</summary>
    public void Drop(TcpSegment segment)
    {
        if (_count == 0 || !ReferenceEquals(_ring![_start], segment)) return;
        _ring[_start] = null;
        _start = (_start + 1) & (_ring.Length - 1);
        _count--;
    }

    public void Clear()
    {
        for (; _count > 0; _count--)
        {
            _ring![_start] = null;
            _start = (_start + 1) & (_ring.Length - 1);
        }
    }

    /// <summary>The last one here that begins at a number or before it; null if there is none.</summary>
    public readonly TcpSegment? FindUpTo(uint sequence)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (After(At(middle).Sequence, sequence)) high = middle;
            else low = middle + 1;
        }
        return low == 0 ? null : At(low - 1);
    }

    private readonly TcpSegment At(int index) => _ring![(_start + index) & (_ring.Length - 1)]!;

    private void Grow()
    {
        var larger = new TcpSegment?[Math.Max(64, _count * 2)];
        for (int i = 0; i < _count; i++) larger[i] = At(i);
        _ring = larger;
        _start = 0;
    }
}
