using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Which sockets a host has, and how socket(2) refuses the others.</summary>
/// <remarks>
/// Not on a virtual host, and refused as by a kernel that was built without them: netlink protocols but for routing and sock_diag (EPROTONOSUPPORT).
/// </remarks>
internal static class SocketFactory
{
    /// <summary>The number of families that Linux knows (NPROTO): others are unknown before their type is looked at.</summary>
    private const int Families = 46;

    /// <summary>SOCK_MAX.</summary>
    private const int Types = 11;

    public static Errno Create(StackHost host, ProcessContext context, AddressFamily family, SocketType type, int protocol, out OpenSocket? socket)
    {
        socket = null;
        Errno error = Check(family, type, ref protocol);
        if (error != Errno.None) return error;
        if (family == AddressFamily.Unix)
        {
            socket = host.Unix.CreateSocket(context, type);
            return Errno.None;
        }
        if (family == AddressFamily.Netlink)
        {
            socket = host.Netlink.CreateSocket(context, type, protocol);
            return Errno.None;
        }
        if (family == AddressFamily.Packet)
        {
            // Linux looks at the privilege first.
            if (!context.HasCapability(Capability.NetRaw)) return Errno.EPERM;
            if (type is not (SocketType.Raw or SocketType.Datagram)) return Errno.ESOCKTNOSUPPORT;
            // 16 bits in network order, whatever stands above them.
            socket = host.Packets.CreateSocket(context, type, BinaryPrimitives.ReverseEndianness((ushort)protocol));
            return Errno.None;
        }
        if (type == SocketType.Raw)
        {
            if (!context.HasCapability(Capability.NetRaw)) return Errno.EPERM;
            socket = host.Raw.CreateSocket(context, family, protocol);
            return Errno.None;
        }
        if (protocol == (int)IpProtocol.Udp)
        {
            socket = host.Udp.CreateSocket(context, family);
            return Errno.None;
        }
        if (protocol == (int)IpProtocol.Tcp)
        {
            socket = host.Tcp.CreateSocket(context, family);
            return Errno.None;
        }
        if (!PingLayer.MayOpen(host, context)) return Errno.EACCES;
        socket = host.Ping.CreateSocket(context, family);
        return Errno.None;
    }

    /// <summary>Checks the three numbers in the kernel's order, and puts in the default protocol.</summary>
    public static Errno Check(AddressFamily family, SocketType type, ref int protocol)
    {
        if ((int)family is < 0 or >= Families) return Errno.EAFNOSUPPORT;
        if ((int)type is < 0 or >= Types) return Errno.EINVAL;
        if (family == AddressFamily.Unix) return CheckUnix(type, ref protocol);
        if (family == AddressFamily.Netlink) return CheckNetlink(type, protocol);
        if (family == AddressFamily.Packet) return Errno.None;
        if (family is not (AddressFamily.Inet or AddressFamily.Inet6)) return Errno.EAFNOSUPPORT;
        if (protocol is < 0 or >= (int)IpProtocol.Max) return Errno.EINVAL;
        IpProtocol ping = family == AddressFamily.Inet ? IpProtocol.Icmp : IpProtocol.IcmpV6;
        switch (type)
        {
            case SocketType.Datagram:
                if (protocol == 0) protocol = (int)IpProtocol.Udp;
                return protocol == (int)IpProtocol.Udp || protocol == (int)ping ? Errno.None : Errno.EPROTONOSUPPORT;
            case SocketType.Stream:
                if (protocol == 0) protocol = (int)IpProtocol.Tcp;
                return protocol == (int)IpProtocol.Tcp ? Errno.None : Errno.EPROTONOSUPPORT;
            case SocketType.Raw:
                // A raw socket must name its protocol.
                return protocol == 0 ? Errno.EPROTONOSUPPORT : Errno.None;
            default:
                return Errno.ESOCKTNOSUPPORT;
        }
    }

    /// <summary>netlink(7): raw and datagram sockets are the same.</summary>
    private static Errno CheckNetlink(SocketType type, int protocol)
    {
        if (type is not (SocketType.Raw or SocketType.Datagram)) return Errno.ESOCKTNOSUPPORT;
        return NetlinkLayer.Has(protocol) ? Errno.None : Errno.EPROTONOSUPPORT;
    }

    /// <summary>The local domain has one protocol, which is 0 and 1; a raw socket is a datagram socket there (unix_create).</summary>
    private static Errno CheckUnix(SocketType type, ref int protocol)
    {
        if (protocol is not (0 or (int)AddressFamily.Unix)) return Errno.EPROTONOSUPPORT;
        protocol = 0;
        return type is SocketType.Stream or SocketType.Datagram or SocketType.Raw or SocketType.SequencedPacket ? Errno.None : Errno.ESOCKTNOSUPPORT;
    }
}
