using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A piece of the send queue: data that was not sent yet, or is not acknowledged yet. It may be longer than the largest segment of the connection and then stands
/// for several (<see cref="Count"/>), which travel in one packet as far as the links allow. The layer keeps unused ones.
/// </summary>
internal sealed class TcpSegment
{
    public TcpSegment? Next, Previous;

    /// <summary>Neighbours in the order of sending, which RACK walks (RFC 8985 §6.2).</summary>
    public TcpSegment? NextSent, PreviousSent;
    public bool IsInSentOrder;

    /// <summary>The data; null for a SYN or FIN alone. The queue owns it and lends it to the packets that carry it.</summary>
    public PacketBuffer? Data;
    public uint Sequence, EndSequence;

    /// <summary>SYN, FIN and PSH.</summary>
    public TcpFlags Flags;
    public SegmentMarks Marks;

    /// <summary>MSG_EOR: nothing is appended behind its last byte.</summary>
    public bool EndsRecord;

    /// <summary>MSS-sized segments that it stands for, at least 1, as of the last time that it was sent (tcp_gso_segs).</summary>
    public int Count;

    /// <summary>Bytes of each of those but the last, as of then (gso_size): what acknowledgments are counted by, though the connection's own size have changed since.</summary>
    public int Size;

    /// <summary>Bytes that it costs the send buffer.</summary>
    public int Memory;

    /// <summary>Place of its last segment among all that the connection has sent, each transmission counted: what went first of those of one instant.</summary>
    public uint Order;

    /// <summary>When it was sent last, in nanoseconds of the loop's clock.</summary>
    public long SentAt;

    // The state of deliveries when it was sent, for the estimate of the delivery rate.
    public long FirstSentAt, DeliveredAt;
    public uint Delivered;
    public bool IsAppLimited;

    /// <summary>That state was noted, and no sample was made of it since.</summary>
    public bool HasRate;

    public int Length => Data?.Length ?? 0;

    public bool Has(SegmentMarks mark) => (Marks & mark) != 0;
}
