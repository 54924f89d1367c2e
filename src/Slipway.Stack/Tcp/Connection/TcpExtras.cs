using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// What few connections have: rarely used options, and what only TCP_INFO tells of those that were held up or met trouble. Made when the first of it is wanted, so that an idle connection costs none of it.
/// </summary>
internal sealed class TcpExtras
{
    /// <summary>SO_MAX_PACING_RATE, bytes a second.</summary>
    public ulong MaxPacingRate = Pacing.Unlimited;

    /// <summary>TCP_DELACK_MAX_US.</summary>
    public int GreatestAckDelay = (int)(TcpReceiver.GreatestDelay / StackClock.Microsecond);

    /// <summary>TCP_SAVE_SYN: 1 for the headers of IP and TCP, 2 with that of the link.</summary>
    public byte SavesSyn;

    /// <summary>What TCP_SAVED_SYN reads, once.</summary>
    public byte[]? SavedSyn;

    /// <summary>TCP_FASTOPEN: how many connections with data may wait for the end of their handshake; 0 for none.</summary>
    public int FastOpenQueue;

    /// <summary>TCP_FASTOPEN_CONNECT and TCP_FASTOPEN_NO_COOKIE.</summary>
    public bool FastOpensAtConnect, FastOpensWithoutCookie;

    /// <summary>TCP_FASTOPEN_KEY; null where the host's count.</summary>
    public FastOpenKeys? FastOpenKeys;

    /// <summary>TCP_MD5SIG: the keys by peer; null where there never was one.</summary>
    public TcpKeys? Keys;

    /// <summary>Bytes of the signature that the segment size has taken off.</summary>
    public int SignatureInMss;

    /// <summary>TCP_TX_DELAY: microseconds that packets are held back.</summary>
    public int TransmitDelay;

    public FastOpenState FastOpen;
    public FastOpenFailure FastOpenFailure;

    /// <summary>The option of the SYN, or of the answer to one, that is sent now.</summary>
    public FastOpenCookie? SynCookie;

    /// <summary>Who counts this connection until its handshake is over.</summary>
    public TcpListener? FastOpenListener;

    /// <summary>Milliseconds in which data waited for the peer's window, and for room in the send buffer (tcpi_rwnd_limited, tcpi_sndbuf_limited).</summary>
    public uint PeerWindowTime, SendBufferTime;

    /// <summary>Timeouts of the retransmission timer, and how often it was the first of some.</summary>
    public ushort Timeouts, TimeoutRecoveries;

    /// <summary>Other paths that timeouts have chosen (tcpi_rehash), and all that were chosen.</summary>
    public ushort PathTimeouts;
    public uint PathChoice;

    /// <summary>Milliseconds from first timeouts until all was well again; when the present trouble began, -1 for none.</summary>
    public uint TimeoutMilliseconds;
    public long TroubleSince = -1;

    /// <summary>What came with marks of ECN (RFC 3168 §5): segments with the mark of congestion, and bytes by code point.</summary>
    public uint CongestionMarks, BytesEct1, BytesEct0, BytesCe;

    private bool HasOptions
        => MaxPacingRate != Pacing.Unlimited || GreatestAckDelay != TcpReceiver.GreatestDelay / StackClock.Microsecond || SavesSyn != 0
            || FastOpenQueue != 0 || FastOpensAtConnect || FastOpensWithoutCookie || FastOpenKeys is not null || Keys is not null || TransmitDelay != 0;

    /// <summary>A copy of the options for another life, or for a connection of a listener; null where none is set.</summary>
    public TcpExtras? CopyOptions() => !HasOptions ? null : new TcpExtras
    {
        MaxPacingRate = MaxPacingRate,
        GreatestAckDelay = GreatestAckDelay,
        SavesSyn = SavesSyn,
        FastOpenQueue = FastOpenQueue,
        FastOpensAtConnect = FastOpensAtConnect,
        FastOpensWithoutCookie = FastOpensWithoutCookie,
        FastOpenKeys = FastOpenKeys,
        Keys = Keys,
        TransmitDelay = TransmitDelay,
    };
}
