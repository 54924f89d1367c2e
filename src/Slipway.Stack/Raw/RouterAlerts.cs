using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The raw sockets of a router that look at packets on their way which ask for it: those with the router alert option of IPv4 (RFC 2113) by their protocol, those of IPv6 (RFC 2711) by
/// the value of the option. A packet that is taken here is not forwarded: that is the program's to do (Linux ip_call_ra_chain, ip6_call_ra_chain).
/// </summary>
internal sealed class RouterAlerts
{
    private readonly List<RawSocket4> _sockets4 = [];
    private readonly List<(RawSocket6 Socket, int Value)> _sockets6 = [];

    /// <summary>Whether a socket of IPv6 waits for any: else packets need not be looked into.</summary>
    public bool HasAny6 => _sockets6.Count > 0;

    /// <summary>IP_ROUTER_ALERT.</summary>
    /// <returns>EADDRINUSE: the socket asked before; ENOBUFS: there is nothing to take back; EINVAL: it has no protocol that a packet could be of.</returns>
    public Errno Set(RawSocket4 socket, bool on)
    {
        if (socket.Protocol == (int)IpProtocol.Raw) return Errno.EINVAL;
        if (!on) return _sockets4.Remove(socket) ? Errno.None : Errno.ENOBUFS;
        if (_sockets4.Contains(socket)) return Errno.EADDRINUSE;
        _sockets4.Add(socket);
        return Errno.None;
    }

    /// <summary>IPV6_ROUTER_ALERT.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="value">The option's value that is waited for; less than 0 to take that back.</param>
    /// <returns>EADDRINUSE: the socket asked before; ENOBUFS: there is nothing to take back; ENOPROTOOPT: it is not one of IPPROTO_RAW.</returns>
    public Errno Set(RawSocket6 socket, int value)
    {
        if (socket.Protocol != (int)IpProtocol.Raw) return Errno.ENOPROTOOPT;
        int place = _sockets6.FindIndex(one => one.Socket == socket);
        if (value < 0)
        {
            if (place < 0) return Errno.ENOBUFS;
            _sockets6.RemoveAt(place);
            return Errno.None;
        }
        if (place >= 0) return Errno.EADDRINUSE;
        _sockets6.Add((socket, value));
        return Errno.None;
    }

    /// <summary>A socket is closed.</summary>
    public void Remove(RawSocket socket)
    {
        if (socket is RawSocket4 four) _sockets4.Remove(four);
        else _sockets6.RemoveAll(one => one.Socket == socket);
    }

    /// <summary>Whether somebody takes packets of a protocol that came by an interface.</summary>
    public bool Wants4(IpProtocolNumber protocol, int interfaceIndex)
    {
        foreach (RawSocket4 socket in _sockets4)
        {
            if (Matches(socket, protocol, interfaceIndex)) return true;
        }
        return false;
    }

    /// <summary>Hands out a packet, whole from its IP header on. Ownership moves.</summary>
    public void Deliver4(PacketBuffer packet, in ReceivedIp info)
    {
        packet.TransportOffset = info.HeaderLength;
        packet.TrimStart(info.HeaderLength);
        foreach (RawSocket4 socket in _sockets4)
        {
            if (Matches(socket, info.Protocol, info.InterfaceIndex)) socket.DeliverAny(packet, info);
        }
        packet.Release();
    }

    /// <summary>Hands out a packet with the option, from its IP header on: sockets see it as it came. The packet stays the caller's if nobody wants it.</summary>
    /// <returns>Whether somebody has taken it; ownership has moved then.</returns>
    public bool TryDeliver6(NetworkInterface device, PacketBuffer packet, Ipv6View ip)
    {
        if (!TryFindAlert(ip, out int value, out int end)) return false;
        var info = new ReceivedIp { Source = ip.Source, Destination = ip.Destination, Protocol = ip.NextHeader, Interface = device, DestinationKind = RouteKind.Unicast, HopLimit = ip.HopLimit, Tos = ip.TrafficClass, FlowLabel = ip.FlowLabel, HeaderLength = end };
        bool taken = false;
        foreach ((RawSocket6 socket, int wanted) in _sockets6)
        {
            if (wanted != value || socket.BoundInterface != 0 && socket.BoundInterface != device.Index) continue;
            packet.TransportOffset = end;
            taken = true;
            socket.Deliver(packet, info);
        }
        if (taken) packet.Release();
        return taken;
    }

    private static bool Matches(RawSocket4 socket, IpProtocolNumber protocol, int interfaceIndex)
        => socket.Protocol == (int)protocol && (socket.BoundInterface == 0 || socket.BoundInterface == interfaceIndex);

    /// <summary>The value of the option among the hop-by-hop options, which have been checked; of several the last.</summary>
    private static bool TryFindAlert(Ipv6View ip, out int value, out int end)
    {
        value = end = 0;
        if (ip.NextHeader != IpProtocolNumber.HopByHop) return false;
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        if (!walker.MoveNext() || !Ipv6OptionsView.TryParse(walker.Header, out Ipv6OptionsView options, out _)) return false;
        end = Ipv6Header.Length + walker.NextOffset;
        bool found = false;
        foreach (Ipv6Option option in options)
        {
            if (option.Kind != Ipv6OptionKind.RouterAlert || option.Data.Length != sizeof(ushort)) continue;
            value = BinaryPrimitives.ReadUInt16BigEndian(option.Data);
            found = true;
        }
        return found;
    }
}
