using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Linux;

/// <summary>The requests of rtnetlink(7) that make networks: links, addresses, routes. Numbers from linux/rtnetlink.h, if_link.h, if_addr.h, veth.h.</summary>
internal static class RouteControl
{
    private const int RoomLength = 512;
    private const int NewLink = 16, DeleteLink = 17, NewAddress = 20, DeleteAddress = 21, NewRoute = 24, DeleteRoute = 25;
    private const int LinkMessageLength = 16, AddressMessageLength = 8, RouteMessageLength = 12;
    private const int LinkAddress = 1, LinkName = 3, LinkMtu = 4, LinkQueueLength = 13, LinkInfo = 18, LinkNamespace = 28, InfoKind = 1, InfoData = 2, VethPeer = 1;
    private const int AddressPeer = 1, AddressLocal = 2, AddressBroadcast = 4, NoDuplicateDetection = 2;
    private const int RouteDestination = 1, RouteDevice = 4, RouteGateway = 5, RoutePriority = 6;
    private const byte MainTable = 254, ProtocolStatic = 4, ScopeLink = 253, TypeUnicast = 1;
    private const int Up = 1;

    public static Errno AddVeth(RouteSocket socket, in VethEnd near, in VethEnd far, int farNamespace, int mtu)
    {
        Span<byte> room = stackalloc byte[RoomLength];
        room.Clear();
        var message = new NetlinkMessage(room, NewLink, NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Exclusive);
        message.Fixed(LinkMessageLength);
        Describe(ref message, near, mtu);
        int info = message.Begin(LinkInfo);
        message.Attribute(InfoKind, "veth");
        int data = message.Begin(InfoData);
        int peer = message.Begin(VethPeer);
        message.Fixed(LinkMessageLength);
        Describe(ref message, far, mtu);
        message.Attribute(LinkNamespace, farNamespace);
        message.End(peer);
        message.End(data);
        message.End(info);
        return socket.Execute(message);
    }

    public static Errno RemoveLink(RouteSocket socket, int index) => Link(socket, DeleteLink, index, flags: null, mtu: null);

    public static Errno SetUp(RouteSocket socket, int index, bool up) => Link(socket, NewLink, index, up ? Up : 0, mtu: null);

    public static Errno SetMtu(RouteSocket socket, int index, int mtu) => Link(socket, NewLink, index, flags: null, mtu);

    public static Errno SetQueueLength(RouteSocket socket, int index, int packets) => Link(socket, NewLink, index, flags: null, mtu: null, packets);

    public static Errno AddAddress(RouteSocket socket, int index, IpPrefix address, IpAddress? peer)
        => Address(socket, NewAddress, NetlinkMessage.Create | NetlinkMessage.Exclusive, index, address, peer);

    public static Errno RemoveAddress(RouteSocket socket, int index, IpPrefix address)
        => Address(socket, DeleteAddress, 0, index, address, peer: null);

    public static Errno AddRoute(RouteSocket socket, IpPrefix destination, IpAddress? gateway, int index, int metric)
        => Route(socket, NewRoute, NetlinkMessage.Create | NetlinkMessage.Exclusive, destination, gateway, index, metric);

    public static Errno RemoveRoute(RouteSocket socket, IpPrefix destination, IpAddress? gateway, int index, int metric)
        => Route(socket, DeleteRoute, 0, destination, gateway, index, metric);

    private static void Describe(ref NetlinkMessage message, in VethEnd end, int mtu)
    {
        message.Attribute(LinkName, end.Name);
        message.Attribute(LinkMtu, mtu);
        if (end.Mac is not { } mac) return;
        Span<byte> bytes = stackalloc byte[MacAddress.Length];
        mac.Write(bytes);
        message.Attribute(LinkAddress, bytes);
    }

    // struct ifinfomsg: family, pad, type (2), index (4), flags (4), mask of flags to change (4).
    private static Errno Link(RouteSocket socket, ushort type, int index, int? flags, int? mtu, int? queueLength = null)
    {
        Span<byte> room = stackalloc byte[64];
        room.Clear();
        var message = new NetlinkMessage(room, type, NetlinkMessage.Acknowledge);
        Span<byte> link = message.Fixed(LinkMessageLength);
        BitConverter.TryWriteBytes(link[4..], index);
        if (flags is { } value)
        {
            BitConverter.TryWriteBytes(link[8..], value);
            BitConverter.TryWriteBytes(link[12..], Up);
        }
        if (mtu is { } size) message.Attribute(LinkMtu, size);
        if (queueLength is { } packets) message.Attribute(LinkQueueLength, packets);
        return socket.Execute(message);
    }

    // struct ifaddrmsg: family, prefix length, flags, scope, index (4).
    private static Errno Address(RouteSocket socket, ushort type, int flags, int index, IpPrefix address, IpAddress? peer)
    {
        Span<byte> room = stackalloc byte[128];
        room.Clear();
        var message = new NetlinkMessage(room, type, NetlinkMessage.Acknowledge | flags);
        Span<byte> fixedPart = message.Fixed(AddressMessageLength);
        fixedPart[0] = Family(address.Address);
        fixedPart[1] = (byte)address.Length;
        // The address is ours alone by construction: usable at once, not after duplicate address detection.
        fixedPart[2] = address.Address.IsIPv4 ? (byte)0 : (byte)NoDuplicateDetection;
        BitConverter.TryWriteBytes(fixedPart[4..], index);
        Attribute(ref message, AddressLocal, address.Address);
        Attribute(ref message, AddressPeer, peer ?? address.Address);
        if (address.Address.IsIPv4 && address.Length < 31 && peer is null) Attribute(ref message, AddressBroadcast, address.DirectedBroadcast);
        return socket.Execute(message);
    }

    // struct rtmsg: family, lengths of destination and source, tos, table, protocol, scope, type, flags (4).
    private static Errno Route(RouteSocket socket, ushort type, int flags, IpPrefix destination, IpAddress? gateway, int index, int metric)
    {
        Span<byte> room = stackalloc byte[128];
        room.Clear();
        var message = new NetlinkMessage(room, type, NetlinkMessage.Acknowledge | flags);
        Span<byte> route = message.Fixed(RouteMessageLength);
        route[0] = Family(destination.Address);
        route[1] = (byte)destination.Length;
        route[4] = MainTable;
        route[5] = ProtocolStatic;
        route[6] = gateway is null && destination.Address.IsIPv4 ? ScopeLink : (byte)0;
        route[7] = TypeUnicast;
        if (destination.Length > 0) Attribute(ref message, RouteDestination, destination.Network.Address);
        if (gateway is { } via) Attribute(ref message, RouteGateway, via);
        if (index != 0) message.Attribute(RouteDevice, index);
        if (metric != 0) message.Attribute(RoutePriority, metric);
        return socket.Execute(message);
    }

    private static void Attribute(ref NetlinkMessage message, int type, IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4) address.WriteIPv4(bytes);
        else address.WriteIPv6(bytes);
        message.Attribute(type, bytes[..address.Length]);
    }

    private static byte Family(IpAddress address) => (byte)(address.IsIPv4 ? AddressFamily.Inet : AddressFamily.Inet6);
}
