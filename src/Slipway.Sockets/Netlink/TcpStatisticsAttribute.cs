namespace Slipway.Sockets;

/// <summary>
/// Attributes of <see cref="ControlMessageType.SCM_TIMESTAMPING_OPT_STATS"/> (linux/tcp.h): 64, 32, 16 or 8 bits each, in the order of the host. A <see cref="NetlinkAttributeReader"/> reads them.
/// </summary>
public static class TcpStatisticsAttribute
{
    /// <summary>Microseconds in which there were data to send (64 bits).</summary>
    public const ushort TCP_NLA_BUSY = 1;

    /// <summary>Microseconds of those in which the peer's window held them back (64 bits).</summary>
    public const ushort TCP_NLA_RWND_LIMITED = 2;

    /// <summary>Microseconds of those in which the send buffer did (64 bits).</summary>
    public const ushort TCP_NLA_SNDBUF_LIMITED = 3;

    /// <summary>Segments with data that were sent, again or not (64 bits).</summary>
    public const ushort TCP_NLA_DATA_SEGS_OUT = 4;

    /// <summary>Segments that were sent again (64 bits).</summary>
    public const ushort TCP_NLA_TOTAL_RETRANS = 5;

    /// <summary>Pacing, bytes a second (64 bits).</summary>
    public const ushort TCP_NLA_PACING_RATE = 6;

    /// <summary>Delivery, bytes a second (64 bits).</summary>
    public const ushort TCP_NLA_DELIVERY_RATE = 7;

    /// <summary>The congestion window, segments.</summary>
    public const ushort TCP_NLA_SND_CWND = 8;

    /// <summary>How far segments are reordered.</summary>
    public const ushort TCP_NLA_REORDERING = 9;

    /// <summary>The shortest round trip, microseconds.</summary>
    public const ushort TCP_NLA_MIN_RTT = 10;

    /// <summary>Timeouts of what is sent now (8 bits).</summary>
    public const ushort TCP_NLA_RECUR_RETRANS = 11;

    /// <summary>Whether the program limited the delivery rate (8 bits).</summary>
    public const ushort TCP_NLA_DELIVERY_RATE_APP_LMT = 12;

    /// <summary>Bytes that are not acknowledged.</summary>
    public const ushort TCP_NLA_SNDQ_SIZE = 13;

    /// <summary>State of the congestion control (8 bits).</summary>
    public const ushort TCP_NLA_CA_STATE = 14;

    /// <summary>The slow start threshold, segments.</summary>
    public const ushort TCP_NLA_SND_SSTHRESH = 15;

    /// <summary>Segments that were delivered.</summary>
    public const ushort TCP_NLA_DELIVERED = 16;

    /// <summary>Segments of those whose acknowledgment told of congestion.</summary>
    public const ushort TCP_NLA_DELIVERED_CE = 17;

    /// <summary>Bytes sent, again or not (64 bits).</summary>
    public const ushort TCP_NLA_BYTES_SENT = 18;

    /// <summary>Bytes sent again (64 bits).</summary>
    public const ushort TCP_NLA_BYTES_RETRANS = 19;

    /// <summary>Duplicates that the peer told of.</summary>
    public const ushort TCP_NLA_DSACK_DUPS = 20;

    /// <summary>How often segments were found reordered.</summary>
    public const ushort TCP_NLA_REORD_SEEN = 21;

    /// <summary>The smoothed round trip, microseconds.</summary>
    public const ushort TCP_NLA_SRTT = 22;

    /// <summary>Timeouts that chose another path (16 bits).</summary>
    public const ushort TCP_NLA_TIMEOUT_REHASH = 23;

    /// <summary>Bytes that were not sent yet.</summary>
    public const ushort TCP_NLA_BYTES_NOTSENT = 24;

    /// <summary>The earliest departure of the segment, nanoseconds of the monotonic clock (64 bits).</summary>
    public const ushort TCP_NLA_EDT = 25;

    /// <summary>With stamps of acknowledgments alone: TTL, or hop limit, that the acknowledgment came with (8 bits).</summary>
    public const ushort TCP_NLA_TTL = 26;

    /// <summary>Paths that were chosen anew for timeouts or congestion.</summary>
    public const ushort TCP_NLA_REHASH = 27;
}
