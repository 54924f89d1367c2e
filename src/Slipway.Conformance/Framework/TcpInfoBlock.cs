using System.Buffers.Binary;

namespace Slipway.Conformance;

/// <summary>struct tcp_info as the system wrote it (tcp(7), linux/tcp.h): the members that scenarios look at.</summary>
public readonly struct TcpInfoBlock(ReadOnlyMemory<byte> bytes)
{
    /// <summary>Bytes of the structure on Linux 6.18.</summary>
    public const int Length = 280;

    /// <summary>Bits of <see cref="Options"/>.</summary>
    public const int Timestamps = 1, SelectiveAcknowledgements = 2, WindowScaling = 4, ExplicitCongestion = 8;

    /// <summary>States (RFC 9293 §3.3.2) by Linux's numbers.</summary>
    public const int Established = 1, SynSent = 2, FinWait1 = 4, FinWait2 = 5, TimeWait = 6, Closed = 7, CloseWait = 8, LastAck = 9, Listen = 10;

    /// <summary>Bytes that the system gave.</summary>
    public int Given => bytes.Length;

    /// <summary>tcpi_state.</summary>
    public int State => Byte(0);

    /// <summary>tcpi_retransmits: timeouts in a row.</summary>
    public int Retransmits => Byte(2);

    /// <summary>tcpi_rehash: other paths that timeouts have chosen.</summary>
    public int PathTimeouts => BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[236..]);

    /// <summary>tcpi_probes.</summary>
    public int Probes => Byte(3);

    /// <summary>tcpi_backoff.</summary>
    public int Backoff => Byte(4);

    /// <summary>tcpi_options: what was agreed on in the handshake.</summary>
    public int Options => Byte(5);

    /// <summary>tcpi_snd_wscale: the shift of windows that the peer announces.</summary>
    public int SendScale => Byte(6) & 0xF;

    /// <summary>tcpi_rcv_wscale: the shift of windows that this end announces.</summary>
    public int ReceiveScale => Byte(6) >> 4;

    /// <summary>tcpi_rto, microseconds.</summary>
    public uint RetransmissionTimeout => Word(8);

    /// <summary>tcpi_ato, microseconds.</summary>
    public uint AcknowledgementTimeout => Word(12);

    /// <summary>tcpi_snd_mss.</summary>
    public uint SendMss => Word(16);

    /// <summary>tcpi_rcv_mss.</summary>
    public uint ReceiveMss => Word(20);

    /// <summary>tcpi_unacked, segments; for a listener, connections that wait for accept.</summary>
    public uint Unacknowledged => Word(24);

    /// <summary>tcpi_sacked; for a listener, the backlog.</summary>
    public uint Sacked => Word(28);

    /// <summary>tcpi_last_data_sent, milliseconds ago.</summary>
    public uint LastDataSent => Word(44);

    /// <summary>tcpi_last_data_recv, milliseconds ago.</summary>
    public uint LastDataReceived => Word(52);

    /// <summary>tcpi_pacing_rate, bytes a second.</summary>
    public ulong PacingRate => Long(104);

    /// <summary>tcpi_pmtu.</summary>
    public uint PathMtu => Word(60);

    /// <summary>tcpi_rtt, microseconds.</summary>
    public uint RoundTrip => Word(68);

    /// <summary>tcpi_min_rtt, microseconds.</summary>
    public uint LeastRoundTrip => Word(148);

    /// <summary>tcpi_rttvar, microseconds.</summary>
    public uint RoundTripVariation => Word(72);

    /// <summary>tcpi_snd_cwnd, segments.</summary>
    public uint CongestionWindow => Word(80);

    /// <summary>tcpi_advmss.</summary>
    public uint AnnouncedMss => Word(84);

    /// <summary>tcpi_total_retrans, segments.</summary>
    public uint TotalRetransmissions => Word(100);

    /// <summary>tcpi_reordering, segments.</summary>
    public uint Reordering => Word(88);

    /// <summary>tcpi_max_pacing_rate, bytes a second.</summary>
    public ulong MaxPacingRate => Long(112);

    /// <summary>tcpi_busy_time, tcpi_rwnd_limited and tcpi_sndbuf_limited, microseconds.</summary>
    public (ulong Busy, ulong ByPeerWindow, ulong BySendBuffer) Times => (Long(168), Long(176), Long(184));

    /// <summary>tcpi_total_rto, tcpi_total_rto_recoveries and tcpi_total_rto_time, the last in milliseconds.</summary>
    public (int Count, int Recoveries, uint Time) Timeouts => (Short(240), Short(242), Word(244));

    /// <summary>tcpi_received_ce and its kin: segments with the mark of congestion, then bytes with ECT(1), ECT(0) and the mark.</summary>
    public (uint Marks, uint Ect1, uint Ect0, uint Ce) ReceivedEcn => (Word(248), Word(264), Word(268), Word(272));

    /// <summary>tcpi_bytes_acked: with the SYN, which counts as one.</summary>
    public ulong BytesAcknowledged => Long(120);

    /// <summary>tcpi_bytes_received.</summary>
    public ulong BytesReceived => Long(128);

    /// <summary>tcpi_segs_out.</summary>
    public uint SegmentsOut => Word(136);

    /// <summary>tcpi_segs_in.</summary>
    public uint SegmentsIn => Word(140);

    /// <summary>tcpi_notsent_bytes.</summary>
    public uint BytesNotSent => Word(144);

    /// <summary>tcpi_data_segs_in.</summary>
    public uint DataSegmentsIn => Word(152);

    /// <summary>tcpi_data_segs_out.</summary>
    public uint DataSegmentsOut => Word(156);

    /// <summary>tcpi_delivered, segments.</summary>
    public uint Delivered => Word(192);

    /// <summary>tcpi_bytes_sent.</summary>
    public ulong BytesSent => Long(200);

    /// <summary>tcpi_bytes_retrans.</summary>
    public ulong BytesRetransmitted => Long(208);

    private byte Byte(int offset) => bytes.Span[offset];

    private int Short(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[offset..]);

    private uint Word(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[offset..]);

    private ulong Long(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[offset..]);
}
