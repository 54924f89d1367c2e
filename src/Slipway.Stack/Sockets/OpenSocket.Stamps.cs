using Slipway.Sockets;
using static Slipway.Sockets.TimestampingFlags;

namespace Slipway.Stack;

/// <summary>SO_TIMESTAMPING: what is asked for, and the stamps of packets that are sent.</summary>
internal abstract partial class OpenSocket
{
    /// <summary>Flags that ask for a stamp of a packet that is sent, and may be given with one message (SOF_TIMESTAMPING_TX_RECORD_MASK).</summary>
    public const TimestampingFlags TransmitRecords = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_TX_COMPLETION;

    private const TimestampingFlags Known = (TimestampingFlags)0x7FFFF;

    /// <summary>Sets SO_TIMESTAMPING (Linux sock_set_timestamping).</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="isNew">SO_TIMESTAMPING_NEW.</param>
    /// <returns>EINVAL for flags that are unknown or do not go together; EOPNOTSUPP for a clock of a device.</returns>
    public Errno SetTimestamping(TimestampingFlags flags, bool isNew)
    {
        if ((flags & ~Known) != 0) return Errno.EINVAL;
        bool numbers = (flags & SOF_TIMESTAMPING_OPT_ID) != 0;
        if ((flags & SOF_TIMESTAMPING_OPT_ID_TCP) != 0 && !numbers) return Errno.EINVAL;
        uint start = 0;
        bool starts = numbers && (Timestamping & SOF_TIMESTAMPING_OPT_ID) == 0;
        if (starts && !TryStartNumbers((flags & SOF_TIMESTAMPING_OPT_ID_TCP) != 0, out start)) return Errno.EINVAL;
        if ((flags & (SOF_TIMESTAMPING_OPT_STATS | SOF_TIMESTAMPING_OPT_TSONLY)) == SOF_TIMESTAMPING_OPT_STATS) return Errno.EINVAL;
        if ((flags & SOF_TIMESTAMPING_BIND_PHC) != 0) return Errno.EOPNOTSUPP;
        if (flags == 0 && UncommonIfAny is null) return Errno.None;
        Uncommon.Timestamping = flags;
        if (starts) Uncommon.StampKey = start;
        Set(SocketFlags.TimestampNew, isNew);
        Set(SocketFlags.Timestamping, (flags & (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE)) != 0);
        return Errno.None;
    }

    /// <summary>Where the numbers of stamps begin.</summary>
    /// <returns>False: the socket cannot number yet.</returns>
    protected virtual bool TryStartNumbers(bool fromWritten, out uint start)
    {
        start = 0;
        return true;
    }

    /// <summary>What the packet of one message tells when it leaves; null if nobody asked. Counts it.</summary>
    protected TransmitStamp? StampFor(in SendOverrides overrides)
    {
        if (overrides.Timestamping == SendOverrides.Unset && (Timestamping & TransmitRecords) == 0) return null;
        TimestampingFlags wanted = RecordsOf(overrides);
        const TimestampingFlags OfPackets = TransmitRecords & ~SOF_TIMESTAMPING_TX_ACK;
        if ((wanted & OfPackets) == 0) return null;
        uint key = 0;
        if (overrides.HasStampKey) key = overrides.StampKey;
        else if ((Timestamping & SOF_TIMESTAMPING_OPT_ID) != 0) key = Uncommon.StampKey++;
        return (wanted & (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED)) == 0 ? null : new TransmitStamp(this, wanted, key);
    }

    /// <summary>The stamps that one message asks for: its own, else the socket's.</summary>
    protected TimestampingFlags RecordsOf(in SendOverrides overrides)
        => overrides.Timestamping == SendOverrides.Unset ? Timestamping & TransmitRecords : (TimestampingFlags)overrides.Timestamping;

    /// <summary>Queues a stamp. Only sockets that send packets have any.</summary>
    /// <param name="moment">One of the constants of <see cref="TransmitStamp"/>.</param>
    /// <param name="key">Number of the packet.</param>
    /// <param name="departure">When a stream meant to send it.</param>
    /// <param name="packet">Borrowed: from its link header on.</param>
    /// <param name="device">The interface that it leaves by.</param>
    public virtual void QueueStamp(uint moment, uint key, long departure, PacketBuffer packet, NetworkInterface device)
    {
    }

    /// <summary>Whether a stamp may be queued: what it is of comes with it, which needs CAP_NET_RAW where net.core.tstamp_allow_data is off.</summary>
    protected bool MayQueueStamp => (Timestamping & SOF_TIMESTAMPING_OPT_TSONLY) != 0 || Host.Sysctl.Core.TimestampAllowData.IsOn || UserId == 0;
}
