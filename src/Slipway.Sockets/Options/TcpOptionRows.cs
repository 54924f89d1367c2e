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
        Level.Row("TCP_MD5SIG", TCP_MD5SIG, Bytes, Set, "", "", SocketOptionPrivilege.None, Streams, false, "Keys of RFC 2385."),
        Level.Row("TCP_THIN_LINEAR_TIMEOUTS", TCP_THIN_LINEAR_TIMEOUTS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Thin streams do not back off."),
        Level.Row("TCP_THIN_DUPACK", TCP_THIN_DUPACK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Kept without effect since Linux 4.11."),
        Level.Row("TCP_USER_TIMEOUT", TCP_USER_TIMEOUT, Int, GetSet, "0", "0 and more", SocketOptionPrivilege.None, Streams, true, "Milliseconds that data may stay unacknowledged."),
        Level.Row("TCP_REPAIR", TCP_REPAIR, Int, GetSet, "0", "", NetAdmin, Streams, false, "Checkpoint and restore."),
        Level.Row("TCP_FASTOPEN", TCP_FASTOPEN, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Queue for fast open."),
        Level.Row("TCP_TIMESTAMP", TCP_TIMESTAMP, Int, GetSet, "", "", SocketOptionPrivilege.None, Streams, true, "The time stamp clock."),
        Level.Row("TCP_NOTSENT_LOWAT", TCP_NOTSENT_LOWAT, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, true, "Unsent bytes below which a stream is writable."),
        Level.Row("TCP_FASTOPEN_CONNECT", TCP_FASTOPEN_CONNECT, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "connect sends its SYN with the first data."),
    ];
}
