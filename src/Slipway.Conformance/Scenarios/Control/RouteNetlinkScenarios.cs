using System.Globalization;
using Slipway.Sockets;
using static Slipway.Sockets.NetlinkMessageType;

namespace Slipway.Conformance;

/// <summary>Links, addresses, routes and neighbours by rtnetlink(7): what is told, what is changed and who hears of it.</summary>
public static class RouteNetlinkScenarios
{
    private const int Permanent = 0x80;

    /// <summary>The dump of links: names, kinds, flags, MTU.</summary>
    [Scenario("RT-002")]
    public static void Links(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        List<RtLink> links = network.Links();
        Expect.Equal("lo eth0", string.Join(' ', links.Select(static link => link.Name)));
        RtLink loopback = links[0], wire = links[1];
        Expect.Equal((1, 772, 65536, 1000, 0, "noqueue"), (loopback.Index, loopback.HardwareType, loopback.Mtu, loopback.QueueLength, loopback.OperationalState, loopback.QueueingDiscipline));
        Expect.Equal(0x10049u, loopback.Flags);
        Expect.Equal((1, 1500, 1000, 6, 0), (wire.HardwareType, wire.Mtu, wire.QueueLength, wire.OperationalState, wire.Group));
        Expect.Equal(0x11043u, wire.Flags);
        Expect.Equal((6, 6, 25), (wire.Address.Length, loopback.Address.Length, wire.Statistics.Count));
        Expect.Bytes([255, 255, 255, 255, 255, 255], wire.Broadcast.Span);
        Expect.Equal(wire.Index, near.Sockets.InterfaceIndex("eth0"));
        Expect.Equal(wire.Name, network.Link("eth0").Name);
        Expect.Throws(Errno.ENODEV, () => network.Link("eth9"));
    }

    /// <summary>Each answer carries the kernel's attributes, in the kernel's order.</summary>
    [Scenario("RT-002")]
    public static void Attributes(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        network.AddRoute(new RtRoute(AddressFamily.Inet, Address("10.9.0.0"), 16) { Gateway = Address("10.0.0.2"), Metric = 50, Mtu = 1400 });
        network.AddRoute(new RtRoute(AddressFamily.Inet6, Address("fd09::"), 64) { Gateway = Address("fd00::2") });
        network.SetNeighbor(new RtNeighbor(near.Sockets.InterfaceIndex("eth0"), Address("10.0.0.77")) { State = Permanent, LinkAddress = new byte[] { 2, 0, 0, 0, 0, 0x77 } });
        Expect.Equal("20: 1 2 3 8 6 | 20: 1 2 4 3 8 6 | 20: 1 6 8 11 | 20: 1 6 8 | 20: 1 6 8 11", Types(network, RTM_GETADDR, 8));
        Expect.Equal(
            "24: 15 1 7 4 | 24: 15 1 6 8 5 4 | 24: 15 1 7 4 | 24: 15 1 7 4 | 24: 15 1 7 4 | 24: 15 1 7 4 | 24: 15 1 7 4"
            + " | 24: 15 1 6 4 12 20 | 24: 15 1 6 5 4 12 20 | 24: 15 1 6 4 12 20 | 24: 15 1 6 4 12 20 | 24: 15 1 6 4 12 20 | 24: 15 1 6 4 12 20 | 24: 15 1 6 4 12 20",
            Types(network, RTM_GETROUTE, 12));
        Expect.Equal("32: 15 14 21 | 32: 15 14 21 6 | 32: 15 14 21 6", Types(network, RTM_GETRULE, 12, AddressFamily.Inet));
        Expect.True(Types(network, RTM_GETNEIGH, 12, AddressFamily.Inet).Split(" | ").Contains("28: 1 2 4 3"));
    }

    /// <summary>The dump of addresses: IPv4 before IPv6, with scope, broadcast address, label and flags.</summary>
    [Scenario("RT-002")]
    public static void Addresses(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        string[] told = [.. network.Addresses().Select(static a => Text($"{TextOf(a.Address)}/{a.PrefixLength} {a.Scope} {TextOf(a.Broadcast)} {a.Label} {a.Flags & ~2u:x} {a.Origin}"))];
        Expect.Equal("127.0.0.1/8 254 - lo 80 0", told[0]);
        Expect.Equal("10.0.0.1/24 0 10.0.0.255 eth0 80 0", told[1]);
        Expect.Equal("::1/128 254 -  80 1", told[2]);
        Expect.Equal("fd00::1/64 0 -  80 0", told[3]);
        Expect.True(told[4].StartsWith("fe80::", StringComparison.Ordinal) && told[4].EndsWith("/64 253 -  80 3", StringComparison.Ordinal));
        Expect.Equal((5, 2, 3), (told.Length, network.Addresses(AddressFamily.Inet).Count, network.Addresses(AddressFamily.Inet6).Count));
    }

    /// <summary>The dump of routes: the main table, then the local one.</summary>
    [Scenario("RT-002")]
    public static void Routes(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        network.AddRoute(new RtRoute(AddressFamily.Inet, null, 0) { Gateway = Address("10.0.0.2") });
        network.AddRoute(new RtRoute(AddressFamily.Inet6, null, 0) { Gateway = Address("fd00::2") });
        network.AddRoute(new RtRoute(AddressFamily.Inet, Address("10.8.0.0"), 16) { Type = 6 });
        string local = TextOf(network.Addresses(AddressFamily.Inet6)[^1].Address);
        string[] expected =
        [
            "-/0 via 10.0.0.2 eth0 - 0 254 4 0 1",
            "10.0.0.0/24 via - eth0 10.0.0.1 0 254 2 253 1",
            "10.8.0.0/16 via - - - 0 254 4 0 6",
            "10.0.0.1/32 via - eth0 10.0.0.1 0 255 2 254 2",
            "10.0.0.255/32 via - eth0 10.0.0.1 0 255 2 253 3",
            "127.0.0.0/8 via - lo 127.0.0.1 0 255 2 254 2",
            "127.0.0.1/32 via - lo 127.0.0.1 0 255 2 254 2",
            "127.255.255.255/32 via - lo 127.0.0.1 0 255 2 253 3",
            "fd00::/64 via - eth0 - 256 254 2 0 1",
            "fe80::/64 via - eth0 - 256 254 2 0 1",
            "-/0 via fd00::2 eth0 - 1024 254 4 0 1",
            "::1/128 via - lo - 0 255 2 0 2",
            "fd00::1/128 via - eth0 - 0 255 2 0 2",
            $"{local}/128 via - eth0 - 0 255 2 0 2",
            "ff00::/8 via - eth0 - 256 255 2 0 5",
        ];
        List<RtRoute> routes = network.Routes();
        for (int i = 0; i < expected.Length; i++) Expect.Equal(expected[i], i < routes.Count ? TextOf(near, routes[i]) : "");
        Expect.Equal(expected.Length, routes.Count);
    }

    /// <summary>Strict requests narrow a dump: by table, link, protocol and type of routes; by link of addresses and neighbours.</summary>
    [Scenario("RT-002")]
    public static void NarrowDumps(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        network.Client.IsStrict = true;
        network.AddRoute(new RtRoute(AddressFamily.Inet, Address("10.8.0.0"), 16) { Type = 7 });
        int index = near.Sockets.InterfaceIndex("eth0");
        Expect.Equal(2, Count(RTM_GETROUTE, 12, static (body, _) => body[0] = 2, writer => writer.Attribute(RouteAttribute.RTA_TABLE, 254u)));
        Expect.Equal(5, Count(RTM_GETROUTE, 12, static (body, _) => (body[0], body[4]) = (2, 255)));
        Expect.Equal(3, Count(RTM_GETROUTE, 12, static (body, _) => body[0] = 2, writer => writer.Attribute(RouteAttribute.RTA_OIF, (uint)index)));
        Expect.Equal(1, Count(RTM_GETROUTE, 12, static (body, _) => (body[0], body[7]) = (2, 7)));
        Expect.Equal(1, Count(RTM_GETROUTE, 12, static (body, _) => (body[0], body[5]) = (2, 4)));
        Expect.Equal(3, Count(RTM_GETADDR, 8, (body, _) => body[4] = (byte)index));
        Expect.Throws(Errno.ENOENT, () => Count(RTM_GETROUTE, 12, static (body, _) => body[0] = 2, static writer => writer.Attribute(RouteAttribute.RTA_TABLE, 77u)));
        Expect.Throws(Errno.ENODEV, () => Count(RTM_GETROUTE, 12, static (body, _) => body[0] = 2, static writer => writer.Attribute(RouteAttribute.RTA_OIF, 99u)));
        Expect.Throws(Errno.ENODEV, () => Count(RTM_GETADDR, 8, static (body, _) => body[4] = 99));

        int Count(ushort type, int length, Action<byte[], int> fill, Action<NetlinkWriter>? describe = null)
        {
            byte[] body = new byte[length];
            fill(body, length);
            var request = new NetlinkWriter();
            request.BeginMessage(type, 0);
            body.CopyTo(request.Fixed(length));
            request.EndMessage();
            describe?.Invoke(request);
            return network.Client.Dump(request, "dump", static _ => 0).Count;
        }
    }

    /// <summary>The way to one destination: the route's own, or an answer for it alone.</summary>
    [Scenario("RT-006")]
    public static void Ways(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        network.AddRoute(new RtRoute(AddressFamily.Inet, Address("10.9.0.0"), 16) { Gateway = Address("10.0.0.2"), Mtu = 1400 });
        network.AddRoute(new RtRoute(AddressFamily.Inet6, Address("fd09::"), 64) { Gateway = Address("fd00::2") });
        Expect.Equal("10.0.0.9/32 via - eth0 10.0.0.1 0 254 0 0 1", TextOf(near, network.RouteTo(Address("10.0.0.9"))));
        Expect.Equal("10.9.1.2/32 via 10.0.0.2 eth0 10.0.0.1 0 254 0 0 1", TextOf(near, network.RouteTo(Address("10.9.1.2"))));
        Expect.Equal(1400, network.RouteTo(Address("10.9.1.2")).Mtu);
        Expect.Equal("10.0.0.1/32 via - lo 10.0.0.1 0 254 0 0 2", TextOf(near, network.RouteTo(Address("10.0.0.1"))));
        Expect.Equal("10.0.0.255/32 via - eth0 10.0.0.1 0 254 0 0 3", TextOf(near, network.RouteTo(Address("10.0.0.255"))));
        Expect.Equal("10.0.0.9/32 via - eth0 - 0 254 0 0 1", TextOf(near, network.RouteTo(Address("10.0.0.9"), Address("10.0.0.1"))));
        Expect.Equal("fd00::9/128 via - eth0 fd00::1 256 254 2 0 1", TextOf(near, network.RouteTo(Address("fd00::9"))));
        Expect.Equal("fd09::9/128 via fd00::2 eth0 fd00::1 1024 254 4 0 1", TextOf(near, network.RouteTo(Address("fd09::9"))));
        Expect.Throws(Errno.ENETUNREACH, () => network.RouteTo(Address("11.0.0.1")));
        Expect.Throws(Errno.ENETUNREACH, () => network.RouteTo(Address("2001:db8::1")));
    }

    /// <summary>Changes take effect on the next packet: an address and a route come and go, and so does what can be reached.</summary>
    [Scenario("RT-003", "RT-006")]
    public static void Changes(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        using Socket socket = near.Udp();
        int index = near.Sockets.InterfaceIndex("eth0");
        var there = new InetAddress("10.7.0.9", 9);
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there.ToSockAddr()));
        var route = new RtRoute(AddressFamily.Inet, Address("10.7.0.0"), 16) { Gateway = Address("10.0.0.2") };
        network.AddRoute(route);
        Expect.Success(near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there.ToSockAddr()));
        Expect.Throws(Errno.EEXIST, () => network.AddRoute(route));
        network.RemoveRoute(route);
        Expect.Throws(Errno.ESRCH, () => network.RemoveRoute(route));
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there.ToSockAddr()));
        var address = new RtAddress(index, Address("10.7.0.1"), 16);
        network.AddAddress(address);
        Expect.Success(near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there.ToSockAddr()));
        Expect.Throws(Errno.EEXIST, () => network.AddAddress(address));
        network.RemoveAddress(address);
        Expect.Throws(Errno.EADDRNOTAVAIL, () => network.RemoveAddress(address));
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there.ToSockAddr()));
        Expect.Throws(Errno.EADDRNOTAVAIL, () => network.RemoveAddress(address with { Address = Address("10.0.0.1") }));
        network.SetLink(index, mtu: 1400);
        Expect.Equal(1400, network.Link("eth0").Mtu);
        Expect.Throws(Errno.EINVAL, () => network.SetLink(index, mtu: 10));
        network.SetLink(index, up: false);
        Expect.Equal(0u, network.Link("eth0").Flags & 1);
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, new InetAddress("10.0.0.2", 9).ToSockAddr()));
        Expect.Throws(Errno.ENETUNREACH, () => network.AddRoute(route with { Index = index }));
        Expect.Throws(Errno.ENETDOWN, () => network.AddRoute(route with { Index = index, Gateway = null, Scope = 253 }));
        network.SetLink(index, up: true);
        Expect.Success(near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, new InetAddress("10.0.0.2", 9).ToSockAddr()));
    }

    /// <summary>Requests that cannot be: the errno, whoever asks.</summary>
    [Scenario("RT-003")]
    public static void Refusals(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        int index = near.Sockets.InterfaceIndex("eth0");
        var route = new RtRoute(AddressFamily.Inet, Address("10.7.0.0"), 16);
        Expect.Throws(Errno.ENODEV, () => network.AddRoute(route));
        Expect.Throws(Errno.ENODEV, () => network.AddRoute(route with { Index = 99 }));
        Expect.Throws(Errno.ENETUNREACH, () => network.AddRoute(route with { Gateway = Address("11.1.1.1") }));
        Expect.Throws(Errno.EINVAL, () => network.AddRoute(route with { PrefixLength = 8, Destination = Address("10.7.0.0"), Gateway = Address("10.0.0.2") }));
        Expect.Throws(Errno.EINVAL, () => network.AddRoute(route with { PrefixLength = 33, Gateway = Address("10.0.0.2") }));
        Expect.Throws(Errno.EHOSTUNREACH, () => network.AddRoute(new RtRoute(AddressFamily.Inet6, Address("fd09::"), 64) { Gateway = Address("fd77::1") }));
        var address = new RtAddress(99, Address("10.7.0.1"), 24);
        Expect.Throws(Errno.ENODEV, () => network.AddAddress(address));
        Expect.Throws(Errno.EINVAL, () => network.AddAddress(address with { Index = index, PrefixLength = 33 }));
        Expect.Throws(Errno.EEXIST, () => network.AddAddress(address with { Index = index, Address = Address("fd00::1"), PrefixLength = 64 }));
        var neighbor = new RtNeighbor(index, Address("10.0.0.9")) { State = Permanent };
        Expect.Throws(Errno.EINVAL, () => network.SetNeighbor(neighbor));
        Expect.Throws(Errno.ENOENT, () => network.RemoveNeighbor(neighbor with { Address = Address("10.0.0.10") }));
        Expect.Throws(Errno.ENODEV, () => network.SetNeighbor(neighbor with { Index = 99, LinkAddress = new byte[6] }));
        Expect.Throws(Errno.ENODEV, () => network.SetLink(99, up: true));
    }

    /// <summary>A neighbour is set, seen and forgotten.</summary>
    [Scenario("RT-003", "RT-006")]
    public static void Neighbors(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        using NetlinkWatch watch = network.Watch(RouteGroup.RTNLGRP_NEIGH);
        int index = near.Sockets.InterfaceIndex("eth0");
        var neighbor = new RtNeighbor(index, Address("10.0.0.9")) { State = Permanent, LinkAddress = new byte[] { 2, 0, 0, 0, 0, 9 } };
        network.SetNeighbor(neighbor);
        RtNeighbor seen = network.Neighbors(AddressFamily.Inet).Single(static n => TextOf(n.Address) == "10.0.0.9");
        Expect.Equal((Permanent, 0, 1), (seen.State, seen.Flags, seen.Type));
        Expect.Bytes(neighbor.LinkAddress.Span, seen.LinkAddress.Span);
        RtEvent told = NextOf(watch, "10.0.0.9");
        Expect.Equal((RTM_NEWNEIGH, Permanent), (told.Type, told.Neighbor!.State));
        network.RemoveNeighbor(neighbor);
        while (!told.IsDeletion) told = NextOf(watch, "10.0.0.9");
        Expect.True(network.Neighbors(AddressFamily.Inet).All(static n => TextOf(n.Address) != "10.0.0.9" || n.State == 32));
    }

    /// <summary>Whoever is in the group hears of a route, an address, a link; a request's news carry its number, and who asks for an echo hears it without a group.</summary>
    [Scenario("RT-004", "RT-010")]
    public static void Notifications(HostProcess near, HostProcess far)
    {
        using var network = new NetlinkRoute(near.Sockets);
        using NetlinkWatch first = network.Watch(RouteGroup.RTNLGRP_IPV4_ROUTE), second = network.Watch(RouteGroup.RTNLGRP_IPV4_ROUTE), addresses = network.Watch(RouteGroup.RTNLGRP_IPV4_IFADDR), links = network.Watch(RouteGroup.RTNLGRP_LINK);
        int index = near.Sockets.InterfaceIndex("eth0");
        var route = new RtRoute(AddressFamily.Inet, Address("10.7.0.0"), 16) { Gateway = Address("10.0.0.2") };
        network.AddRoute(route);
        network.RemoveRoute(route);
        foreach (NetlinkWatch watch in new[] { first, second })
        {
            Expect.Equal("24 10.7.0.0/16 via 10.0.0.2 eth0 - 0 254 4 0 1", Told(watch));
            Expect.Equal("25 10.7.0.0/16 via 10.0.0.2 eth0 - 0 254 4 0 1", Told(watch));
            Expect.Equal("nothing", Told(watch));
        }
        var address = new RtAddress(index, Address("10.7.0.1"), 16);
        network.AddAddress(address);
        network.RemoveAddress(address);
        Expect.Equal("20 10.7.0.1", Told(addresses));
        Expect.Equal("21 10.7.0.1", Told(addresses));
        Expect.Equal("nothing", Told(addresses));
        Expect.Equal("24 10.7.0.1/32 via - eth0 10.7.0.1 0 255 2 254 2", Told(first));
        Expect.Equal("24 10.7.0.0/16 via - eth0 10.7.0.1 0 254 2 253 1", Told(first));
        Expect.Equal("24 10.7.255.255/32 via - eth0 10.7.0.1 0 255 2 253 3", Told(first));
        Expect.Equal("25 10.7.0.0/16 via - eth0 10.7.0.1 0 254 2 253 1", Told(first));
        Expect.Equal("25 10.7.255.255/32 via - eth0 10.7.0.1 0 255 2 253 3", Told(first));
        Expect.Equal("25 10.7.0.1/32 via - eth0 10.7.0.1 0 255 2 254 2", Told(first));
        Expect.Equal("nothing", Told(first));
        network.SetLink(index, mtu: 1400);
        Expect.Equal("16 eth0 1400", Told(links));
        // A listener that asks for a change and for no echo hears of it as the others do.
        using var listener = new NetlinkClient(near.Sockets, NetlinkProtocol.NETLINK_ROUTE);
        listener.Join(RouteGroup.RTNLGRP_IPV4_ROUTE);
        listener.Leave(RouteGroup.RTNLGRP_IPV4_ROUTE);
        Expect.Equal("nothing", Told(first));

        string Told(NetlinkWatch watch) => watch.TryNext() switch
        {
            null => "nothing",
            { Route: { } told } news => Text($"{news.Type} {TextOf(near, told)}"),
            { Address: { } told } news => Text($"{news.Type} {TextOf(told.Address)}"),
            { Link: { } told } news => Text($"{news.Type} {told.Name} {told.Mtu}"),
            var news => Text($"{news.Type}"),
        };
    }

    /// <summary>NLM_F_ECHO: who asks for a change is told of it as the listeners are, before the acknowledgement, and the news carries the request's number.</summary>
    [Scenario("RT-010")]
    public static void Echo(HostProcess near, HostProcess far)
    {
        using Socket socket = new(near.Sockets, Expect.Success(near.Sockets.Socket(AddressFamily.Netlink, SocketType.Raw, NetlinkProtocol.NETLINK_ROUTE)));
        foreach (bool isWanted in new[] { false, true })
        {
            byte octet = isWanted ? (byte)71 : (byte)72;
            var request = new NetlinkWriter();
            request.BeginMessage(RTM_NEWROUTE, (ushort)(NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_ACK | NetlinkFlags.NLM_F_CREATE | (isWanted ? NetlinkFlags.NLM_F_ECHO : 0)), 4711);
            byte[] route = [2, 24, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0];
            route.CopyTo(request.Fixed(12));
            request.EndMessage();
            request.Attribute(RouteAttribute.RTA_DST, InetAddress.IPv4((uint)(octet << 24), 0));
            request.Attribute(RouteAttribute.RTA_GATEWAY, Address("10.0.0.2"));
            socket.Send(request.Written);
            byte[] room = new byte[4096];
            if (isWanted)
            {
                var echo = new NetlinkReader(room.AsSpan(0, socket.Receive(room, MessageFlags.MSG_DONTWAIT)));
                Expect.True(echo.MoveNext());
                Expect.Equal((RTM_NEWROUTE, 4711u), (echo.Type, echo.Sequence));
                Expect.Equal("71.0.0.0", TextOf(RtRoute.Read(echo).Destination));
            }
            var answer = new NetlinkReader(room.AsSpan(0, socket.Receive(room, MessageFlags.MSG_DONTWAIT)));
            Expect.True(answer.MoveNext());
            Expect.Equal((NLMSG_ERROR, 4711u, Errno.None), (answer.Type, answer.Sequence, answer.Error));
        }
    }

    private static string Types(NetlinkRoute network, ushort type, int fixedLength, AddressFamily family = AddressFamily.Unspecified)
    {
        var request = new NetlinkWriter();
        request.BeginMessage(type, 0);
        request.Fixed(fixedLength)[0] = (byte)family;
        request.EndMessage();
        return string.Join(" | ", network.Client.Dump(request, "dump", message =>
        {
            var types = new List<int>();
            NetlinkAttributeReader attributes = message.Attributes(fixedLength);
            while (attributes.MoveNext()) types.Add(attributes.Type);
            return Text($"{message.Type}: {string.Join(' ', types)}");
        }));
    }

    private static RtEvent NextOf(NetlinkWatch watch, string address)
    {
        while (true)
        {
            RtEvent told = watch.Next();
            if (told.Neighbor is { } neighbor && TextOf(neighbor.Address) == address) return told;
        }
    }

    private static string TextOf(HostProcess host, RtRoute route)
        => Text($"{TextOf(route.Destination)}/{route.PrefixLength} via {TextOf(route.Gateway)} {(route.Index == 0 ? "-" : host.Sockets.InterfaceName(route.Index))} {TextOf(route.PreferredSource)} {route.Metric} {route.Table} {route.Protocol} {route.Scope} {route.Type}");

    private static string TextOf(InetAddress? address)
    {
        if (address is not { } known) return "-";
        Span<byte> bytes = stackalloc byte[16];
        return InetText.Format(known.Family, bytes[..known.WriteAddress(bytes)]);
    }

    private static InetAddress Address(string text) => new(text, 0);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
