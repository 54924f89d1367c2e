using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Requests of ioctl that change interfaces, addresses, neighbours and routes (section FC; netdevice(7), arp(7), route(8)).</summary>
public static class NetworkRequestScenarios
{
    private const int Complete = 2, Permanent = 4;
    private const ushort RouteUp = 1, RouteGateway = 2, RouteHost = 4, RouteReject = 0x200;

    /// <summary>MTU, queue length, Ethernet address, name, up and down: what is out of range is refused.</summary>
    [Scenario("FC-024")]
    public static void Interfaces(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp();
        Expect.Success(Call(near, socket, IoControl.SIOCSIFMTU, Number("eth0", 1400)));
        Expect.Equal(1400, Ask(near, socket, IoControl.SIOCGIFMTU));
        foreach (int mtu in new[] { 10, -1, 100_000 }) Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSIFMTU, Number("eth0", mtu)));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFTXQLEN, Number("eth0", 500)));
        Expect.Equal(500, Ask(near, socket, IoControl.SIOCGIFTXQLEN));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSIFTXQLEN, Number("eth0", -1)));
        Expect.Fails(Errno.EEXIST, Call(near, socket, IoControl.SIOCSIFNAME, Request("eth0", Encoding.ASCII.GetBytes("lo"))));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSIFNAME, Request("eth0", Encoding.ASCII.GetBytes("a/b"))));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFNAME, Request("eth0", Encoding.ASCII.GetBytes("eth0"))));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFHWADDR, Request("eth0", [1, 0, 2, 0, 0, 0, 0, 0x33])));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSIFHWADDR, Request("eth0", [2, 0, 2, 0, 0, 0, 0, 0x33])));
        Expect.Fails(Errno.EADDRNOTAVAIL, Call(near, socket, IoControl.SIOCSIFHWADDR, Request("eth0", [1, 0, 3, 0, 0, 0, 0, 0x33])));
        foreach (uint request in new[] { IoControl.SIOCSIFMETRIC, IoControl.SIOCSIFMAP }) Expect.Fails(Errno.EOPNOTSUPP, Call(near, socket, request, Number("eth0", 1)));
        foreach (uint request in new[] { IoControl.SIOCSIFMTU, IoControl.SIOCSIFFLAGS, IoControl.SIOCSIFTXQLEN }) Expect.Fails(Errno.ENODEV, Call(near, socket, request, Number("nope", 1)));
        int flags = Ask(near, socket, IoControl.SIOCGIFFLAGS) & 0xFFFF;
        Expect.Success(Call(near, socket, IoControl.SIOCSIFFLAGS, Number("eth0", flags & ~1)));
        Expect.Equal(0x1002, Ask(near, socket, IoControl.SIOCGIFFLAGS) & 0xFFFF);
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, new InetAddress("10.0.0.2", 9).ToSockAddr()));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFFLAGS, Number("eth0", flags)));
        Expect.Equal(1, Ask(near, socket, IoControl.SIOCGIFFLAGS) & 1);
        Expect.Success(near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, new InetAddress("10.0.0.2", 9).ToSockAddr()));
    }

    /// <summary>The address of an interface and what hangs on it; a label with a colon has an address of its own.</summary>
    [Scenario("FC-024")]
    public static void Addresses(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(), six = near.Udp(AddressFamily.Inet6);
        Expect.Success(Call(near, socket, IoControl.SIOCSIFADDR, Address("eth0", "10.5.0.1")));
        Expect.Equal("10.5.0.1 255.0.0.0 10.255.255.255 10.5.0.1", State("eth0"));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFNETMASK, Address("eth0", "255.255.0.0")));
        Expect.Equal("10.5.0.1 255.255.0.0 10.5.255.255 10.5.0.1", State("eth0"));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSIFNETMASK, Address("eth0", "255.0.255.0")));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFBRDADDR, Address("eth0", "10.5.9.9")));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFDSTADDR, Address("eth0", "10.5.9.1")));
        Expect.Equal("10.5.0.1 255.255.0.0 10.5.9.9 10.5.9.1", State("eth0"));
        Expect.Fails(Errno.EADDRNOTAVAIL, Call(near, socket, IoControl.SIOCGIFADDR, Number("eth0:7", 0)));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFADDR, Address("eth0:7", "10.6.0.1")));
        Expect.Equal("10.6.0.1 255.0.0.0 10.255.255.255 10.6.0.1", State("eth0:7"));
        Expect.Success(Call(near, socket, IoControl.SIOCSIFADDR, Address("eth0", "0.0.0.0")));
        Expect.Fails(Errno.EADDRNOTAVAIL, Call(near, socket, IoControl.SIOCGIFADDR, Number("eth0", 0)));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSIFADDR, Address("eth0", "224.0.0.1")));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSIFADDR, Number("eth0", 10)));
        Expect.Fails(Errno.ENODEV, Call(near, socket, IoControl.SIOCSIFADDR, Address("nope", "10.0.0.1")));
        Expect.Fails(Errno.EADDRNOTAVAIL, Call(near, socket, IoControl.SIOCSIFNETMASK, Address("eth0", "255.0.0.0")));
        Expect.Fails(Errno.ENOTTY, Call(near, six, IoControl.SIOCSIFNETMASK, Address("eth0", "255.0.0.0")));
        byte[] address = Address6("fd55::1", 64, near.Sockets.InterfaceIndex("eth0"));
        Expect.Success(Call(near, six, IoControl.SIOCSIFADDR, address));
        Expect.Fails(Errno.EEXIST, Call(near, six, IoControl.SIOCSIFADDR, address));
        Expect.Fails(Errno.ENODEV, Call(near, six, IoControl.SIOCSIFADDR, Address6("fd55::2", 64, 99)));
        Expect.Success(Call(near, six, IoControl.SIOCDIFADDR, address));
        Expect.Fails(Errno.EADDRNOTAVAIL, Call(near, six, IoControl.SIOCDIFADDR, address));
        Expect.Fails(Errno.ENOTTY, Call(near, socket, IoControl.SIOCDIFADDR, address));

        string State(string name) => string.Join(' ', new[] { IoControl.SIOCGIFADDR, IoControl.SIOCGIFNETMASK, IoControl.SIOCGIFBRDADDR, IoControl.SIOCGIFDSTADDR }.Select(request =>
        {
            byte[] asked = Number(name, 0);
            Expect.Success(Call(near, socket, request, asked));
            return InetText.Format(AddressFamily.Inet, asked.AsSpan(20, 4));
        }));
    }

    /// <summary>SIOCGARP tells of a neighbour, SIOCSARP sets one, SIOCDARP forgets it.</summary>
    [Scenario("FC-025", "FC-026")]
    public static void Neighbors(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(), six = near.Udp(AddressFamily.Inet6);
        Expect.Fails(Errno.ENXIO, Call(near, socket, IoControl.SIOCGARP, Arp("10.0.0.200")));
        Expect.Fails(Errno.ENODEV, Call(near, socket, IoControl.SIOCGARP, Arp("10.0.0.2", device: "")));
        Expect.Fails(Errno.ENODEV, Call(near, socket, IoControl.SIOCGARP, Arp("10.0.0.2", device: "nope")));
        Expect.Fails(Errno.ENOTTY, Call(near, six, IoControl.SIOCGARP, Arp("10.0.0.2")));
        foreach ((int flags, int told) in new[] { (Permanent, Permanent | Complete), (Complete, Complete) })
        {
            Expect.Success(Call(near, socket, IoControl.SIOCSARP, Arp("10.0.0.88", flags)));
            byte[] entry = Arp("10.0.0.88");
            Expect.Success(Call(near, socket, IoControl.SIOCGARP, entry));
            Expect.Bytes([1, 0, 2, 0, 0, 0, 0, 0x88], entry.AsSpan(16, 8));
            Expect.Equal(told, BinaryPrimitives.ReadInt32LittleEndian(entry.AsSpan(32)));
        }
        using (var network = new NetlinkRoute(near.Sockets)) Expect.Equal(4, network.Neighbors(AddressFamily.Inet).Single(static n => n.Address == new InetAddress("10.0.0.88", 0)).State);
        Expect.Success(Call(near, socket, IoControl.SIOCDARP, Arp("10.0.0.88")));
        Expect.Fails(Errno.ENXIO, Call(near, socket, IoControl.SIOCDARP, Arp("10.0.0.88")));
        Expect.Fails(Errno.ENXIO, Call(near, socket, IoControl.SIOCGARP, Arp("10.0.0.88")));
        Expect.Success(Call(near, socket, IoControl.SIOCSARP, Arp("10.0.0.91", Permanent, device: "")));
        Expect.Fails(Errno.ENETUNREACH, Call(near, socket, IoControl.SIOCSARP, Arp("99.0.0.91", Permanent, device: "")));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSARP, Arp("10.0.0.92", 0)));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCSARP, Arp("10.0.0.92", Permanent, hardware: 9)));
    }

    /// <summary>SIOCADDRT and SIOCDELRT change the routes, and what can be reached.</summary>
    [Scenario("FC-027", "RT-006")]
    public static void Routes(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(), six = near.Udp(AddressFamily.Inet6);
        byte[] there = new InetAddress("10.7.0.9", 9).ToSockAddr();
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there));
        byte[] route = Route("10.7.0.0", "10.0.0.2", "255.255.0.0", RouteUp | RouteGateway);
        Expect.Success(Call(near, socket, IoControl.SIOCADDRT, route));
        Expect.Success(near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there));
        Expect.Fails(Errno.EEXIST, Call(near, socket, IoControl.SIOCADDRT, route));
        Expect.Success(Call(near, socket, IoControl.SIOCDELRT, route));
        Expect.Fails(Errno.ESRCH, Call(near, socket, IoControl.SIOCDELRT, route));
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, there));
        Expect.Fails(Errno.ENETUNREACH, Call(near, socket, IoControl.SIOCADDRT, Route("10.6.0.0", "99.0.0.2", "255.255.0.0", RouteUp | RouteGateway)));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCADDRT, Route("10.6.0.0", "10.0.0.2", "255.0.255.0", RouteUp | RouteGateway)));
        Expect.Fails(Errno.EINVAL, Call(near, socket, IoControl.SIOCADDRT, Route("10.6.0.1", "10.0.0.2", "255.255.0.0", RouteUp | RouteGateway)));
        Expect.Fails(Errno.ENODEV, Call(near, socket, IoControl.SIOCADDRT, Route("10.3.0.0", "0.0.0.0", "255.255.0.0", RouteUp)));
        Expect.Success(Call(near, socket, IoControl.SIOCADDRT, Route("10.6.0.1", "10.0.0.2", "0.0.0.0", RouteUp | RouteGateway | RouteHost)));
        Expect.Success(Call(near, socket, IoControl.SIOCADDRT, Route("10.2.0.0", "0.0.0.0", "255.255.0.0", RouteUp | RouteReject)));
        Expect.Fails(Errno.EHOSTUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MessageFlags.None, new InetAddress("10.2.0.9", 9).ToSockAddr()));
        byte[] route6 = Route6("fd66::", "fd00::2", 64, near.Sockets.InterfaceIndex("eth0"));
        Expect.Success(Call(near, six, IoControl.SIOCADDRT, route6));
        Expect.Fails(Errno.EEXIST, Call(near, six, IoControl.SIOCADDRT, route6));
        Expect.Fails(Errno.EINVAL, Call(near, six, IoControl.SIOCADDRT, Route6("fd67::", "::", 64, 0)));
        Expect.Success(Call(near, six, IoControl.SIOCDELRT, route6));
        Expect.Fails(Errno.ESRCH, Call(near, six, IoControl.SIOCDELRT, route6));
    }

    /// <summary>Everybody may ask; who may not change the network is refused before anything is looked at.</summary>
    [Scenario("FC-029", "FC-024", "FC-026", "FC-027", "RT-003", OwnProcess = true)]
    public static void Privileges(HostProcess host)
    {
        using Socket socket = host.Udp(), six = host.Udp(AddressFamily.Inet6);
        host.RunAsUser(65534, () =>
        {
            foreach (uint request in new[] { IoControl.SIOCSIFMTU, IoControl.SIOCSIFFLAGS, IoControl.SIOCSIFTXQLEN, IoControl.SIOCSIFNAME, IoControl.SIOCSIFHWADDR, IoControl.SIOCSIFADDR, IoControl.SIOCSIFNETMASK })
            {
                Expect.Fails(Errno.EPERM, Call(host, socket, request, Number("lo", 1)));
                Expect.Fails(Errno.EPERM, Call(host, socket, request, Number("nope", 1)));
            }
            foreach (uint request in new[] { IoControl.SIOCSARP, IoControl.SIOCDARP }) Expect.Fails(Errno.EPERM, Call(host, socket, request, Arp("10.0.0.9")));
            foreach (uint request in new[] { IoControl.SIOCADDRT, IoControl.SIOCDELRT }) Expect.Fails(Errno.EPERM, Call(host, socket, request, Route("10.7.0.0", "10.0.0.2", "255.255.0.0", RouteUp)));
            Expect.Fails(Errno.EPERM, Call(host, six, IoControl.SIOCSIFADDR, Address6("fd55::1", 64, 1)));
            foreach (uint request in new[] { IoControl.SIOCGIFFLAGS, IoControl.SIOCGIFMTU, IoControl.SIOCGIFADDR }) Expect.Success(Call(host, socket, request, Number("lo", 0)));
            Expect.Fails(Errno.ENXIO, Call(host, socket, IoControl.SIOCGARP, Arp("10.0.0.9", device: "lo")));
            using var network = new NetlinkRoute(host.Sockets);
            Expect.Equal("lo", network.Links().Single().Name);
            Expect.Throws(Errno.EPERM, () => network.SetLink(1, mtu: 1400));
            Expect.Throws(Errno.EPERM, () => network.AddRoute(new RtRoute(AddressFamily.Inet, new InetAddress("10.7.0.0", 0), 16) { Index = 1 }));
            Expect.Throws(Errno.EPERM, () => network.AddAddress(new RtAddress(1, new InetAddress("127.0.0.9", 0), 8)));
            Expect.Throws(Errno.EPERM, () => network.SetNeighbor(new RtNeighbor(1, new InetAddress("127.0.0.9", 0)) { State = 128, LinkAddress = new byte[6] }));
        });
    }

    /// <summary>In C#: one call with Linux's numbers, and typed members for what is asked often.</summary>
    [Scenario("FC-028")]
    public static void TypedShape(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp();
        using var network = new NetlinkRoute(near.Sockets);
        socket.NonBlocking = true;
        Expect.True(socket.NonBlocking);
        Expect.Equal(0, socket.Available);
        Expect.Equal("lo eth0", string.Join(' ', near.Sockets.GetInterfaces().Select(static link => link.Name)));
        int index = near.Sockets.InterfaceIndex("eth0");
        var neighbor = new RtNeighbor(index, new InetAddress("10.0.0.9", 0)) { State = 128, LinkAddress = new byte[] { 2, 0, 0, 0, 0, 9 } };
        network.SetNeighbor(neighbor);
        byte[] entry = Arp("10.0.0.9");
        socket.Ioctl(IoControl.SIOCGARP, entry);
        Expect.Bytes(neighbor.LinkAddress.Span, entry.AsSpan(18, 6));
        network.RemoveNeighbor(neighbor);
        var route = new RtRoute(AddressFamily.Inet, new InetAddress("10.7.0.0", 0), 16) { Gateway = new InetAddress("10.0.0.2", 0) };
        network.AddRoute(route);
        socket.Ioctl(IoControl.SIOCDELRT, Route("10.7.0.0", "10.0.0.2", "255.255.0.0", RouteUp | RouteGateway));
        Expect.Throws(Errno.ESRCH, () => network.RemoveRoute(route));
    }

    private static CallResult Call(HostProcess host, Socket socket, uint request, byte[] argument) => host.Sockets.Ioctl(socket.Descriptor, request, argument);

    private static int Ask(HostProcess host, Socket socket, uint request)
    {
        byte[] asked = Number("eth0", 0);
        Expect.Success(Call(host, socket, request, asked));
        return BinaryPrimitives.ReadInt32LittleEndian(asked.AsSpan(16));
    }

    private static byte[] Request(string name, ReadOnlySpan<byte> value)
    {
        byte[] request = new byte[40];
        Encoding.ASCII.GetBytes(name, request);
        value.CopyTo(request.AsSpan(16));
        return request;
    }

    private static byte[] Number(string name, int value)
    {
        byte[] request = Request(name, []);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(16), value);
        return request;
    }

    private static byte[] Address(string name, string address) => Request(name, new InetAddress(address, 0).ToSockAddr());

    private static byte[] Address6(string address, int length, int index)
    {
        // As long as struct ifreq, which is read for the same number on sockets of IPv4.
        byte[] request = new byte[40];
        new InetAddress(address, 0).WriteAddress(request);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(16), length);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(20), index);
        return request;
    }

    private static byte[] Arp(string address, int flags = 0, string device = "eth0", byte hardware = 1)
    {
        byte[] request = new byte[68];
        new InetAddress(address, 0).ToSockAddr().CopyTo(request, 0);
        ReadOnlySpan<byte> link = [hardware, 0, 2, 0, 0, 0, 0, 0x88];
        link.CopyTo(request.AsSpan(16));
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(32), flags);
        Encoding.ASCII.GetBytes(device, request.AsSpan(52));
        return request;
    }

    private static byte[] Route(string destination, string gateway, string mask, ushort flags)
    {
        byte[] request = new byte[120];
        new InetAddress(destination, 0).ToSockAddr().CopyTo(request, 8);
        new InetAddress(gateway, 0).ToSockAddr().CopyTo(request, 24);
        new InetAddress(mask, 0).ToSockAddr().CopyTo(request, 40);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(56), flags);
        return request;
    }

    private static byte[] Route6(string destination, string gateway, ushort length, int index)
    {
        byte[] request = new byte[80];
        new InetAddress(destination, 0).WriteAddress(request);
        new InetAddress(gateway, 0).WriteAddress(request.AsSpan(32));
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(52), length);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(72), RouteUp | RouteGateway);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(76), index);
        return request;
    }
}
