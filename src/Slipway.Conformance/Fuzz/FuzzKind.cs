using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>A kind of socket that sequences open.</summary>
internal sealed record FuzzKind(string Name, AddressFamily Family, SocketType Type, int Protocol)
{
    /// <summary>Every kind. Which of them a system has is asked when the run begins.</summary>
    public static IReadOnlyList<FuzzKind> All { get; } =
    [
        new("inet stream", AddressFamily.Inet, SocketType.Stream, 0),
        new("inet6 stream", AddressFamily.Inet6, SocketType.Stream, 0),
        new("inet dgram", AddressFamily.Inet, SocketType.Datagram, 0),
        new("inet6 dgram", AddressFamily.Inet6, SocketType.Datagram, 0),
        new("inet ping", AddressFamily.Inet, SocketType.Datagram, (int)IpProtocol.Icmp),
        new("inet6 ping", AddressFamily.Inet6, SocketType.Datagram, (int)IpProtocol.IcmpV6),
        new("unix stream", AddressFamily.Unix, SocketType.Stream, 0),
        new("unix dgram", AddressFamily.Unix, SocketType.Datagram, 0),
        new("unix seqpacket", AddressFamily.Unix, SocketType.SequencedPacket, 0),
        new("inet raw", AddressFamily.Inet, SocketType.Raw, (int)IpProtocol.Icmp),
        new("inet raw (IPPROTO_RAW)", AddressFamily.Inet, SocketType.Raw, 255),
        new("inet6 raw", AddressFamily.Inet6, SocketType.Raw, (int)IpProtocol.IcmpV6),
        new("inet6 raw (IPPROTO_RAW)", AddressFamily.Inet6, SocketType.Raw, 255),
        new("packet raw", AddressFamily.Packet, SocketType.Raw, 0),
        new("packet dgram", AddressFamily.Packet, SocketType.Datagram, 0),
        new("netlink route", AddressFamily.Netlink, SocketType.Raw, 0),
    ];

    public bool IsInternet => Family is AddressFamily.Inet or AddressFamily.Inet6;

    public bool HasConnections => Type is SocketType.Stream or SocketType.SequencedPacket;

    /// <summary>Whether the system opens one.</summary>
    public bool ExistsOn(SocketSystem system)
    {
        CallResult opened = system.Socket(Family, Type, Protocol);
        if (opened.Succeeded) system.Close(opened.Value);
        return opened.Succeeded;
    }
}
