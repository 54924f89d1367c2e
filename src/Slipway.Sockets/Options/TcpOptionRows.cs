using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionPrivilege;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of IPPROTO_TCP (tcp(7)).</summary>
internal static class TcpOptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.IPPROTO_TCP, "tcp(7)");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        Level.Row("TCP_NODELAY", TCP_NODELAY, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Small segments are not held back (Nagle off)."),
        Level.Row("TCP_MAXSEG", TCP_MAXSEG, Int, GetSet, "536", "88 to 32767", SocketOptionPrivilege.None, Streams, true, "Largest segment."),
        Level.Row("TCP_CORK", TCP_CORK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Partial segments are held back."),
        Level.Row("TCP_KEEPIDLE", TCP_KEEPIDLE, Int, GetSet, "7200", "1 to 32767", SocketOptionPrivilege.None, Streams, true, "Idle seconds before the first probe."),
        Level.Row("TCP_KEEPINTVL", TCP_KEEPINTVL, Int, GetSet, "75", "1 to 32767", SocketOptionPrivilege.None, Streams, true, "Seconds between probes."),
        Level.Row("TCP_KEEPCNT", TCP_KEEPCNT, Int, GetSet, "9", "1 to 127", SocketOptionPrivilege.None, Streams, true, "Probes without an answer that end a connection."),
        Level.Row("TCP_SYNCNT", TCP_SYNCNT, Int, GetSet, "6", "1 to 127", SocketOptionPrivilege.None, Streams, true, "Retransmissions of a SYN."),
        Level.Row("TCP_LINGER2", TCP_LINGER2, Int, GetSet, "60", "", SocketOptionPrivilege.None, Streams, true, "Seconds in FIN_WAIT_2 after close."),
        Level.Row("TCP_DEFER_ACCEPT", TCP_DEFER_ACCEPT, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "accept wakes when data is there."),
        Level.Row("TCP_WINDOW_CLAMP", TCP_WINDOW_CLAMP, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Largest window that is announced."),
        Level.Row("TCP_INFO", TCP_INFO, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, true, "struct tcp_info."),
        Level.Row("TCP_QUICKACK", TCP_QUICKACK, Flag, GetSet, "1", "", SocketOptionPrivilege.None, Streams, true, "Acknowledgements are not delayed."),
        Level.Row("TCP_CONGESTION", TCP_CONGESTION, Text, GetSet, "net.ipv4.tcp_congestion_control", "", SocketOptionPrivilege.None, Streams, true, "Congestion control by name."),
        Level.Row("TCP_MD5SIG", TCP_MD5SIG, Bytes, Set, "", "", SocketOptionPrivilege.None, Streams, true, "A key by which segments to and from a peer are signed (RFC 2385)."),
        Level.Row("TCP_THIN_LINEAR_TIMEOUTS", TCP_THIN_LINEAR_TIMEOUTS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Thin streams do not back off."),
        Level.Row("TCP_THIN_DUPACK", TCP_THIN_DUPACK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Kept without effect since Linux 4.11."),
        Level.Row("TCP_USER_TIMEOUT", TCP_USER_TIMEOUT, Int, GetSet, "0", "0 and more", SocketOptionPrivilege.None, Streams, true, "Milliseconds that data may stay unacknowledged."),
        Level.Row("TCP_REPAIR", TCP_REPAIR, Int, GetSet, "0", "", NetAdmin, Streams, true, "Checkpoint and restore: refused by virtual hosts as to those who may not."),
        Level.Row("TCP_REPAIR_QUEUE", TCP_REPAIR_QUEUE, Int, GetSet, "", "", NetAdmin, Streams, true, "The queue that TCP_QUEUE_SEQ means, under TCP_REPAIR."),
        Level.Row("TCP_QUEUE_SEQ", TCP_QUEUE_SEQ, Int, GetSet, "", "", NetAdmin, Streams, true, "Sequence number of a queue, under TCP_REPAIR."),
        Level.Row("TCP_REPAIR_OPTIONS", TCP_REPAIR_OPTIONS, Bytes, Set, "", "", SocketOptionPrivilege.None, Streams, true, "Agreed options, under TCP_REPAIR."),
        Level.Row("TCP_FASTOPEN", TCP_FASTOPEN, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Queue for fast open."),
        Level.Row("TCP_TIMESTAMP", TCP_TIMESTAMP, Int, GetSet, "", "", SocketOptionPrivilege.None, Streams, true, "The time stamp clock."),
        Level.Row("TCP_NOTSENT_LOWAT", TCP_NOTSENT_LOWAT, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Unsent bytes below which a stream is writable."),
        Level.Row("TCP_CC_INFO", TCP_CC_INFO, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, true, "What the congestion control tells of itself: struct tcp_bbr_info, or nothing."),
        Level.Row("TCP_SAVE_SYN", TCP_SAVE_SYN, Int, GetSet, "0", "0 to 2", SocketOptionPrivilege.None, Streams, true, "A listener keeps the headers of SYNs: 1 from IP on, 2 from the link on."),
        Level.Row("TCP_SAVED_SYN", TCP_SAVED_SYN, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, true, "The headers of the SYN of an accepted connection, once."),
        Level.Row("TCP_REPAIR_WINDOW", TCP_REPAIR_WINDOW, Bytes, GetSet, "", "", NetAdmin, Streams, true, "struct tcp_repair_window, under TCP_REPAIR."),
        Level.Row("TCP_FASTOPEN_CONNECT", TCP_FASTOPEN_CONNECT, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "connect sends its SYN with the first data."),
        Level.Row("TCP_ULP", TCP_ULP, Text, GetSet, "", "", SocketOptionPrivilege.None, Streams, true, "A protocol between the program and TCP, by name: there is none."),
        Level.Row("TCP_MD5SIG_EXT", TCP_MD5SIG_EXT, Bytes, Set, "", "", SocketOptionPrivilege.None, Streams, true, "TCP_MD5SIG for all peers of a prefix."),
        Level.Row("TCP_FASTOPEN_KEY", TCP_FASTOPEN_KEY, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Streams, true, "Keys of the cookies of fast open."),
        Level.Row("TCP_FASTOPEN_NO_COOKIE", TCP_FASTOPEN_NO_COOKIE, Flag, GetSet, "0", "0 to 1", SocketOptionPrivilege.None, Streams, true, "Fast open without cookies."),
        Level.Row("TCP_ZEROCOPY_RECEIVE", TCP_ZEROCOPY_RECEIVE, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, false, "Received pages are mapped."),
        Level.Row("TCP_INQ", TCP_INQ, Flag, GetSet, "0", "0 to 1", SocketOptionPrivilege.None, Streams, true, "Control message with the bytes that are left to be read."),
        Level.Row("TCP_TX_DELAY", TCP_TX_DELAY, Int, GetSet, "0", "0 to 268435455", SocketOptionPrivilege.None, Streams, true, "Microseconds that each packet is held back."),
        Level.Row("TCP_AO_ADD_KEY", TCP_AO_ADD_KEY, Bytes, Set, "", "", SocketOptionPrivilege.None, Streams, false, "A key of RFC 5925."),
        Level.Row("TCP_AO_DEL_KEY", TCP_AO_DEL_KEY, Bytes, Set, "", "", SocketOptionPrivilege.None, Streams, false, "Deletes a key of RFC 5925."),
        Level.Row("TCP_AO_INFO", TCP_AO_INFO, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Streams, false, "Counters and current keys of RFC 5925."),
        Level.Row("TCP_AO_GET_KEYS", TCP_AO_GET_KEYS, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, false, "Keys of RFC 5925."),
        Level.Row("TCP_AO_REPAIR", TCP_AO_REPAIR, Bytes, GetSet, "", "", NetAdmin, Streams, false, "Numbers of RFC 5925, under TCP_REPAIR."),
        Level.Row("TCP_IS_MPTCP", TCP_IS_MPTCP, Flag, Get, "0", "", SocketOptionPrivilege.None, Streams, true, "Whether the connection is one of MPTCP: never."),
        Level.Row("TCP_RTO_MAX_MS", TCP_RTO_MAX_MS, Int, GetSet, "120000", "1000 to 120000", SocketOptionPrivilege.None, Streams, true, "Greatest retransmission timeout, milliseconds."),
        Level.Row("TCP_RTO_MIN_US", TCP_RTO_MIN_US, Int, GetSet, "200000", "up to 200000", SocketOptionPrivilege.None, Streams, true, "Least retransmission timeout, microseconds."),
        Level.Row("TCP_DELACK_MAX_US", TCP_DELACK_MAX_US, Int, GetSet, "200000", "up to 200000", SocketOptionPrivilege.None, Streams, true, "Greatest delay of an acknowledgment, microseconds."),
    ];
}
