using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionPrivilege;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of IPPROTO_TCP (tcp(7)).</summary>
internal static class TcpOptionRows
{
    internal static SocketOptionDefinition[] Rows { get; } =
    [
        Row("TCP_NODELAY", TCP_NODELAY, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Small segments are not held back (Nagle off)."),
        Row("TCP_MAXSEG", TCP_MAXSEG, Int, GetSet, "536", "88 to 32767", SocketOptionPrivilege.None, Streams, false, "Largest segment."),
        Row("TCP_CORK", TCP_CORK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Partial segments are held back."),
        Row("TCP_KEEPIDLE", TCP_KEEPIDLE, Int, GetSet, "7200", "1 to 32767", SocketOptionPrivilege.None, Streams, false, "Idle seconds before the first probe."),
        Row("TCP_KEEPINTVL", TCP_KEEPINTVL, Int, GetSet, "75", "1 to 32767", SocketOptionPrivilege.None, Streams, false, "Seconds between probes."),
        Row("TCP_KEEPCNT", TCP_KEEPCNT, Int, GetSet, "9", "1 to 127", SocketOptionPrivilege.None, Streams, false, "Probes without an answer that end a connection."),
        Row("TCP_SYNCNT", TCP_SYNCNT, Int, GetSet, "6", "1 to 127", SocketOptionPrivilege.None, Streams, false, "Retransmissions of a SYN."),
        Row("TCP_LINGER2", TCP_LINGER2, Int, GetSet, "60", "", SocketOptionPrivilege.None, Streams, false, "Seconds in FIN_WAIT_2 after close."),
        Row("TCP_DEFER_ACCEPT", TCP_DEFER_ACCEPT, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "accept wakes when data is there."),
        Row("TCP_WINDOW_CLAMP", TCP_WINDOW_CLAMP, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Largest window that is announced."),
        Row("TCP_INFO", TCP_INFO, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, false, "struct tcp_info."),
        Row("TCP_QUICKACK", TCP_QUICKACK, Flag, GetSet, "1", "", SocketOptionPrivilege.None, Streams, false, "Acknowledgements are not delayed."),
        Row("TCP_CONGESTION", TCP_CONGESTION, Text, GetSet, "net.ipv4.tcp_congestion_control", "", SocketOptionPrivilege.None, Streams, false, "Congestion control by name."),
        Row("TCP_MD5SIG", TCP_MD5SIG, Bytes, Set, "", "", SocketOptionPrivilege.None, Streams, false, "Keys of RFC 2385."),
        Row("TCP_THIN_LINEAR_TIMEOUTS", TCP_THIN_LINEAR_TIMEOUTS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Thin streams do not back off."),
        Row("TCP_THIN_DUPACK", TCP_THIN_DUPACK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Kept without effect since Linux 4.11."),
        Row("TCP_USER_TIMEOUT", TCP_USER_TIMEOUT, Int, GetSet, "0", "0 and more", SocketOptionPrivilege.None, Streams, false, "Milliseconds that data may stay unacknowledged."),
        Row("TCP_REPAIR", TCP_REPAIR, Int, GetSet, "0", "", NetAdmin, Streams, false, "Checkpoint and restore."),
        Row("TCP_FASTOPEN", TCP_FASTOPEN, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Queue for fast open."),
        Row("TCP_TIMESTAMP", TCP_TIMESTAMP, Int, GetSet, "", "", SocketOptionPrivilege.None, Streams, false, "The time stamp clock."),
        Row("TCP_NOTSENT_LOWAT", TCP_NOTSENT_LOWAT, Int, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "Unsent bytes below which a stream is writable."),
        Row("TCP_FASTOPEN_CONNECT", TCP_FASTOPEN_CONNECT, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Streams, false, "connect sends its SYN with the first data."),
    ];

    private static SocketOptionDefinition Row(string name, int number, SocketOptionKind kind, SocketOptionAccess access, string defaultText, string range,
        SocketOptionPrivilege privilege, SocketOptionScope scope, bool supported, string summary) => new()
    {
        Level = SocketLevel.IPPROTO_TCP,
        Name = name,
        Number = number,
        Kind = kind,
        Access = access,
        Default = defaultText,
        Range = range,
        Privilege = privilege,
        AppliesTo = scope,
        Summary = summary,
        Source = "tcp(7)",
        SupportedByStack = supported,
    };
}
