namespace Slipway.Sockets;

/// <summary>Attributes of sockets of the internet (sock_diag(7), linux/inet_diag.h); what is asked for is a bit for each, the first the lowest.</summary>
public static class DiagnosticAttribute
{
    /// <summary>Memory, the older form.</summary>
    public const ushort INET_DIAG_MEMINFO = 1;

    /// <summary>struct tcp_info.</summary>
    public const ushort INET_DIAG_INFO = 2;

    /// <summary>Congestion control by name.</summary>
    public const ushort INET_DIAG_CONG = 4;

    /// <summary>Type of service.</summary>
    public const ushort INET_DIAG_TOS = 5;

    /// <summary>Traffic class.</summary>
    public const ushort INET_DIAG_TCLASS = 6;

    /// <summary>Memory, all of it.</summary>
    public const ushort INET_DIAG_SKMEMINFO = 7;

    /// <summary>The directions that are shut; always told.</summary>
    public const ushort INET_DIAG_SHUTDOWN = 8;

    /// <summary>IPV6_V6ONLY; told of IPv6 sockets without a peer.</summary>
    public const ushort INET_DIAG_SKV6ONLY = 11;

    /// <summary>SO_MARK; told to who may change the network.</summary>
    public const ushort INET_DIAG_MARK = 15;

    /// <summary>The number of the traffic class.</summary>
    public const ushort INET_DIAG_CLASS_ID = 17;

    /// <summary>Keys of signed segments (TCP_MD5SIG), told to who may change the network together with <see cref="INET_DIAG_INFO"/>: struct tcp_diag_md5sig each, the newest first.</summary>
    public const ushort INET_DIAG_MD5SIG = 18;

    /// <summary>Options as bits; always told.</summary>
    public const ushort INET_DIAG_SOCKOPT = 22;
}
