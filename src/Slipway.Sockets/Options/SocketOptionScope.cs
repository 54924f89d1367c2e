namespace Slipway.Sockets;

/// <summary>Which sockets have an option.</summary>
[Flags]
public enum SocketOptionScope
{
    /// <summary>None on Linux.</summary>
    None = 0,

    /// <summary>Datagram sockets of the internet: UDP and ping.</summary>
    Datagram = 1,

    /// <summary>TCP.</summary>
    Streams = 2,

    /// <summary>Raw sockets.</summary>
    Raw = 4,

    /// <summary>The local domain.</summary>
    Local = 8,

    /// <summary>Packet sockets.</summary>
    Packet = 16,

    /// <summary>Netlink.</summary>
    Netlink = 32,

    /// <summary>All of the internet.</summary>
    Internet = Datagram | Streams | Raw,

    /// <summary>All.</summary>
    Any = Internet | Local | Packet | Netlink,
}
