using Slipway.Sockets;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// The bytes of a connection that their sender wants stamps of (SO_TIMESTAMPING; Linux tcp_tx_timestamp, tcp_ack_tstamp): of each send its last one. Made with the first such
/// send. Segments carry the marks of the bytes in them, each time that they are sent; where two sends end in one segment, the later byte stands for both.
/// </summary>
internal sealed class TcpStamps
{
    private readonly Queue<Mark> _marks = new();
    private uint _lastByte;
    private TimestampingFlags _lastWanted;
    private bool _hasLast;

    private readonly record struct Mark(uint Byte, TimestampingFlags Wanted);

    /// <summary>Whether no byte is waited for.</summary>
    public bool IsEmpty => !_hasLast && _marks.Count == 0;

    /// <summary>A send ended with this byte.</summary>
    /// <param name="lastByte">Its sequence number.</param>
    /// <param name="segmentStart">Where the segment begins that the byte is in.</param>
    /// <param name="wanted">The stamps that were asked for.</param>
    public void Add(uint lastByte, uint segmentStart, TimestampingFlags wanted)
    {
        if (_hasLast && !Before(_lastByte, segmentStart)) wanted |= _lastWanted;
        else if (_hasLast) _marks.Enqueue(new Mark(_lastByte, _lastWanted));
        (_lastByte, _lastWanted, _hasLast) = (lastByte, wanted, true);
    }

    /// <summary>The stamps of a packet with these bytes; none if no send ended in it.</summary>
    public TimestampingFlags Find(uint start, uint end, out uint marked)
    {
        if (_hasLast && !Before(_lastByte, start) && Before(_lastByte, end))
        {
            marked = _lastByte;
            return _lastWanted;
        }
        TimestampingFlags wanted = TimestampingFlags.None;
        marked = 0;
        foreach (Mark mark in _marks)
        {
            if (Before(mark.Byte, start)) continue;
            if (!Before(mark.Byte, end)) break;
            (marked, wanted) = (mark.Byte, mark.Wanted);
        }
        return wanted;
    }

    /// <summary>Takes the next byte that is acknowledged.</summary>
    public bool TryTake(uint acknowledged, out uint marked, out TimestampingFlags wanted)
    {
        if (_marks.TryPeek(out Mark mark))
        {
            (marked, wanted) = (mark.Byte, mark.Wanted);
            if (!Before(marked, acknowledged)) return false;
            _marks.Dequeue();
            return true;
        }
        (marked, wanted) = (_lastByte, _lastWanted);
        if (!_hasLast || !Before(marked, acknowledged)) return false;
        _hasLast = false;
        return true;
    }
}
