using System.Text;
using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Packets that ask the routers on their way to look at them (RFC 2113, RFC 2711; section EXT).</summary>
public static class RouterAlertScenarios
{
    private static readonly InetAddress Far4 = new("10.0.2.1", 0), Far6 = new("fd02::1", 0);

    private static readonly byte[] Alert = [148, 4, 0, 0], OtherAlert = [148, 4, 0, 1];

    /// <summary>IP_ROUTER_ALERT is for raw sockets with a protocol, and each asks once.</summary>
    [Scenario("EXT-10")]
    public static void Values(HostProcess host)
    {
        using Socket raw = host.Raw(), numberless = host.Raw((int)IpProtocol.Raw), udp = host.Udp(), tcp = host.Tcp();
        foreach (Socket socket in new[] { numberless, udp, tcp })
        {
            foreach (int value in new[] { 0, 1 }) Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_ROUTER_ALERT, value));
            Expect.Equal(0, socket.GetOption(IPPROTO_IP, IP_ROUTER_ALERT));
        }
        Expect.Fails(Errno.ENOBUFS, raw.TrySet(IPPROTO_IP, IP_ROUTER_ALERT, 0));
        Expect.Success(raw.TrySet(IPPROTO_IP, IP_ROUTER_ALERT, [1]));
        Expect.Equal(1, raw.GetOption(IPPROTO_IP, IP_ROUTER_ALERT));
        Expect.Fails(Errno.EADDRINUSE, raw.TrySet(IPPROTO_IP, IP_ROUTER_ALERT, 1));
        Expect.Success(raw.TrySet(IPPROTO_IP, IP_ROUTER_ALERT, []));
        Expect.Equal(0, raw.GetOption(IPPROTO_IP, IP_ROUTER_ALERT));
    }

    /// <summary>IPV6_ROUTER_ALERT is for sockets of IPPROTO_RAW; what it reads is whether the number last set was one, and -1 is.</summary>
    [Scenario("EXT-11")]
    public static void Values6(HostProcess host)
    {
        using Socket raw = host.Raw((int)IpProtocol.Raw, AddressFamily.Inet6), numbered = host.Raw(Experiment, AddressFamily.Inet6), udp = host.Udp(AddressFamily.Inet6);
        foreach (Socket socket in new[] { numbered, udp })
        {
            foreach (int value in new[] { -1, 0, 1 }) Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IPV6, IPV6_ROUTER_ALERT, value));
            Expect.Equal(0, socket.GetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT));
        }
        Expect.Fails(Errno.ENOBUFS, raw.TrySet(IPPROTO_IPV6, IPV6_ROUTER_ALERT, -1));
        foreach ((int value, Errno expected, int read) in new[] { (0, Errno.None, 0), (5, Errno.EADDRINUSE, 0), (-1, Errno.None, 1), (-1, Errno.ENOBUFS, 1), (5, Errno.None, 1), (-2, Errno.None, 1), (0x10000, Errno.None, 1) })
        {
            Expect.Fails(expected, raw.TrySet(IPPROTO_IPV6, IPV6_ROUTER_ALERT, value));
            Expect.Equal(read, raw.GetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT));
        }
        Expect.Fails(Errno.EINVAL, raw.TrySet(IPPROTO_IPV6, IPV6_ROUTER_ALERT, [1]));
        foreach (Socket socket in new[] { raw, numbered, udp })
        {
            Expect.Equal(0, socket.GetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE));
            socket.SetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE, 7);
            Expect.Equal(1, socket.GetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE));
        }
    }

    /// <summary>A router gives such packets to the sockets that asked, by protocol and interface, and forwards them only where there are none. Their addresses do not matter.</summary>
    [Scenario("EXT-12")]
    public static void Diverted(RoutedHosts hosts)
    {
        using Socket sender = hosts.Near.Raw(), other = hosts.Near.Raw(OtherExperiment), far = hosts.Far.Raw(), farOther = hosts.Far.Raw(OtherExperiment);
        using Socket first = hosts.Router.Raw(), second = hosts.Router.Raw(), mere = hosts.Router.Raw();
        foreach (Socket socket in new[] { sender, other }) socket.SetOption(SocketOptions.IPv4Options, Alert);
        far.SetOption(SocketOptions.IPv4ReceiveTtl, true);

        first.SetOption(IPPROTO_IP, IP_ROUTER_ALERT, 1);
        first.SetOption(SocketOptions.IPv4PacketInfo, true);
        first.SetOption(SocketOptions.IPv4ReceiveOptions, true);
        sender.SetOption(SocketOptions.IPv4Ttl, 1);
        sender.SendTextTo("look", Far4);
        (byte[] packet, string messages) = first.ReceiveWithMessages(IPPROTO_IP);
        Expect.Equal((1, "look"), (packet[8], Encoding.ASCII.GetString(packet.AsSpan(24))));
        // Where an answer would come from is the router's address on that link.
        Expect.True(messages.StartsWith("8=", StringComparison.Ordinal) && messages.EndsWith("0A0001FE0A000201 6=94040000", StringComparison.Ordinal), messages);
        other.SendTextTo("else", Far4);
        Expect.Equal("else", Encoding.ASCII.GetString(farOther.ReceivePacket().AsSpan(24)));

        // An address of the socket's own does not matter, an interface does.
        sender.SetOption(SocketOptions.IPv4Ttl, 64);
        second.Bind(new InetAddress("10.0.2.254", 0));
        second.Connect(new InetAddress("10.0.2.1", 0));
        second.SetOption(IPPROTO_IP, IP_ROUTER_ALERT, 1);
        sender.SendTextTo("both", Far4);
        foreach (Socket socket in new[] { first, second }) Expect.Equal("both", Encoding.ASCII.GetString(socket.ReceivePacket().AsSpan(24)));
        first.Dispose();
        second.SetOption(SocketOptions.BindToInterfaceIndex, LinkOf(hosts.Router, toFar: true));
        sender.SendTextTo("past", Far4);
        Expect.Equal("past", Encoding.ASCII.GetString(far.ReceivePacket().AsSpan(24)));

        second.SetOption(SocketOptions.BindToInterfaceIndex, LinkOf(hosts.Router, toFar: false));
        sender.SendTextTo("held", Far4);
        Expect.Equal("held", Encoding.ASCII.GetString(second.ReceivePacket().AsSpan(24)));
        sender.SetOption(SocketOptions.IPv4Options, OtherAlert);
        sender.SendTextTo("of another value", Far4);
        Expect.Equal("of another value", Encoding.ASCII.GetString(far.ReceivePacket().AsSpan(24)));
        sender.SetOption(SocketOptions.IPv4Options, Alert);
        second.SetOption(IPPROTO_IP, IP_ROUTER_ALERT, 0);
        sender.SendTextTo("free", Far4);
        Expect.Equal("free", Encoding.ASCII.GetString(far.ReceivePacket().AsSpan(24)));
        foreach (Socket socket in new[] { mere, second, far }) Expect.Throws(Errno.EAGAIN, () => socket.ReceivePacket(MessageFlags.MSG_DONTWAIT));
    }

    /// <summary>What comes in fragments is put together first; a filter of the socket has its say.</summary>
    [Scenario("EXT-12")]
    public static void DivertedWhole(RoutedHosts hosts)
    {
        using Socket sender = hosts.Near.Raw(), far = hosts.Far.Raw(), router = hosts.Router.Raw();
        sender.SetOption(SocketOptions.IPv4Options, Alert);
        router.SetOption(IPPROTO_IP, IP_ROUTER_ALERT, 1);
        Expect.Equal(3000, sender.SendTo(new byte[3000], Far4));
        byte[] packet = router.ReceivePacket();
        Expect.Equal((3024, 3024), (packet.Length, packet[2] << 8 | packet[3]));
        Expect.Throws(Errno.EAGAIN, () => far.ReceivePacket(MessageFlags.MSG_DONTWAIT));
    }

    /// <summary>Of IPv6 by the value of the option: the socket gets the packet from its IP header on, and nobody behind it gets it.</summary>
    [Scenario("EXT-13")]
    public static void Diverted6(RoutedHosts hosts)
    {
        using Socket sender = hosts.Near.Raw(Experiment, AddressFamily.Inet6), far = hosts.Far.Raw(Experiment, AddressFamily.Inet6);
        using Socket five = hosts.Router.Raw((int)IpProtocol.Raw, AddressFamily.Inet6), six = hosts.Router.Raw((int)IpProtocol.Raw, AddressFamily.Inet6), mere = hosts.Router.Raw(Experiment, AddressFamily.Inet6);
        five.SetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT, 5);
        six.SetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT, 6);
        foreach (int option in new[] { IPV6_ROUTER_ALERT_ISOLATE, IPV6_RECVHOPOPTS, IPV6_RECVHOPLIMIT }) five.SetOption(IPPROTO_IPV6, option, 1);
        six.SetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE, 1);
        SendWithAlert(sender, 5, "look", hopLimit: 1);
        (byte[] packet, string messages) = five.ReceiveWithMessages(IPPROTO_IPV6);
        Expect.Equal((52, 0, 1), (packet.Length, packet[6], packet[7]));
        Expect.Equal(("look", "52=01000000 54=FD00050200050100"), (Encoding.ASCII.GetString(packet.AsSpan(48)), messages));
        SendWithAlert(sender, 7, "past", hopLimit: 64);
        Expect.Equal("past", Encoding.ASCII.GetString(far.ReceivePacket()));
        five.SetOption(SocketOptions.BindToInterfaceIndex, LinkOf(hosts.Router, toFar: true));
        SendWithAlert(sender, 5, "wide", hopLimit: 64);
        Expect.Equal("wide", Encoding.ASCII.GetString(far.ReceivePacket()));
        SendWithAlert(sender, 6, "held", hopLimit: 64);
        Expect.Equal("held", Encoding.ASCII.GetString(six.ReceivePacket().AsSpan(48)));
        six.SetOption(IPPROTO_IPV6, IPV6_ROUTER_ALERT, -1);
        SendWithAlert(sender, 6, "free", hopLimit: 64);
        Expect.Equal("free", Encoding.ASCII.GetString(far.ReceivePacket()));
        foreach (Socket socket in new[] { mere, five, six, far }) Expect.Throws(Errno.EAGAIN, () => socket.ReceivePacket(MessageFlags.MSG_DONTWAIT));
    }

    /// <summary>The router's interface on one of its two links; the one to the near host was made first.</summary>
    private static int LinkOf(HostProcess router, bool toFar)
    {
        int[] links = [.. router.Sockets.GetInterfaces().Where(static device => !device.IsLoopback && device.IsUp).Select(static device => device.Index).Order()];
        return links[toFar ? 1 : 0];
    }

    private static void SendWithAlert(Socket sender, byte value, string text, byte hopLimit)
        => Expect.Success(sender.TrySendWith(Far6, text, (IPV6_HOPOPTS, [0, 0, 5, 2, 0, value, 1, 0]), (IPV6_HOPLIMIT, [hopLimit, 0, 0, 0])));
}
