using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Who has a port, and who gets a datagram.</summary>
public class UdpPortTests
{
    private readonly TwoHosts _net = new();

    /// <summary>BIND-07, BIND-09, V6-002.</summary>
    [Theory]
    [InlineData("0.0.0.0", "10.0.0.2", true)]
    [InlineData("10.0.0.2", "127.0.0.1", false)]
    [InlineData("10.0.0.2", "10.0.0.2", true)]
    [InlineData("::", "0.0.0.0", true)]
    [InlineData("::", "10.0.0.2", true)]
    [InlineData("fd00::2", "0.0.0.0", false)]
    [InlineData("fd00::2", "::", true)]
    [InlineData("::ffff:10.0.0.2", "10.0.0.2", true)]
    public void Two_sockets_cannot_have_one_address_and_port(string first, string second, bool conflict)
    {
        using Socket one = TwoHosts.Bound(_net.Far, new InetAddress(first, 7));
        TwoHosts.ErrnoOf(() => TwoHosts.Bound(_net.Far, new InetAddress(second, 7)).Dispose()).ShouldBe(conflict ? Errno.EADDRINUSE : Errno.None);
        TwoHosts.ErrnoOf(() => TwoHosts.Bound(_net.Far, new InetAddress(second, 8)).Dispose()).ShouldBe(Errno.None);
    }

    [Fact]
    public void V6only_leaves_the_IPv4_port_free()
    {
        using Socket six = TwoHosts.Udp6(_net.Far);
        six.SetOption(SocketOptions.IPv6Only, true);
        six.Bind(InetAddress.AnyIPv6(7));
        using Socket four = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Udp(_net.Near);
        client.SendTo("x"u8, TwoHosts.FarAddress(7));
        four.Receive(new byte[1]).ShouldBe(1);
        six.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.None);
    }

    /// <summary>RFC 6056, and net.ipv4.ip_local_reserved_ports.</summary>
    [Fact]
    public void Free_ports_come_from_the_range_without_the_reserved_and_run_out()
    {
        _net.Server.Sysctl.Set("net/ipv4/ip_local_port_range", "40000 40009").ShouldBe(Errno.None);
        _net.Server.Sysctl.Set("net/ipv4/ip_local_reserved_ports", "40003").ShouldBe(Errno.None);
        var ports = new SortedSet<int>();
        for (int i = 0; i < 9; i++) ports.Add(TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4()).LocalAddress.Port);
        ports.ShouldBe([40000, 40001, 40002, 40004, 40005, 40006, 40007, 40008, 40009]);
        TwoHosts.ErrnoOf(() => TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4())).ShouldBe(Errno.EADDRINUSE);
        TwoHosts.ErrnoOf(() => TwoHosts.Udp(_net.Far).SendTo("x"u8, TwoHosts.NearAddress(9))).ShouldBe(Errno.EAGAIN);
        TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(40003)).LocalAddress.Port.ShouldBe((ushort)40003);
    }

    /// <summary>BIND-20, RU-014: unicast goes to the last bound, broadcast to all.</summary>
    [Fact]
    public void With_SO_REUSEADDR_the_last_bound_gets_unicast_and_all_get_broadcast()
    {
        Socket[] servers = [.. Enumerable.Range(0, 3).Select(_ => Sharing(SocketOptions.ReuseAddress))];
        using Socket client = TwoHosts.Udp(_net.Near);
        client.SendTo("u"u8, TwoHosts.FarAddress(7));
        servers.Select(Drain).ShouldBe([0, 0, 1]);
        using Socket local = TwoHosts.Udp(_net.Far);
        local.SetOption(SocketOptions.Broadcast, true);
        local.SendTo("b"u8, new InetAddress("127.255.255.255", 7));
        servers.Select(Drain).ShouldBe([1, 1, 1]);
    }

    /// <summary>BIND-22, RU-014: a flow stays with its socket, flows spread.</summary>
    [Fact]
    public void With_SO_REUSEPORT_flows_spread_and_each_stays_where_it_is()
    {
        Socket[] servers = [.. Enumerable.Range(0, 4).Select(_ => Sharing(SocketOptions.ReusePort))];
        int[] share = new int[4];
        for (int flow = 0; flow < 60; flow++)
        {
            using Socket client = TwoHosts.Udp(_net.Near);
            for (int i = 0; i < 3; i++) client.SendTo("x"u8, TwoHosts.FarAddress(7));
            int[] got = [.. servers.Select(Drain)];
            got.Sum().ShouldBe(3);
            got.Max().ShouldBe(3);
            share[Array.IndexOf(got, 3)]++;
        }
        share.ShouldAllBe(static flows => flows > 5);
    }

    /// <summary>BIND-21: only sockets of one user share.</summary>
    [Fact]
    public void Another_user_cannotshare_a_port()
    {
        using Socket first = Sharing(SocketOptions.ReusePort);
        var other = new StackSocketSystem(_net.Server, new TestProcess(_net.Loop, _net.Clock, userId: 1234));
        using Socket second = TwoHosts.Udp(other);
        second.SetOption(SocketOptions.ReusePort, true);
        TwoHosts.ErrnoOf(() => second.Bind(InetAddress.AnyIPv4(7000))).ShouldBe(Errno.None);
        TwoHosts.ErrnoOf(() => TwoHosts.Bound(other, InetAddress.AnyIPv4(80))).ShouldBe(Errno.EACCES);
        using Socket third = TwoHosts.Udp(_net.Far);
        third.SetOption(SocketOptions.ReusePort, true);
        TwoHosts.ErrnoOf(() => third.Bind(InetAddress.AnyIPv4(7000))).ShouldBe(Errno.EADDRINUSE);
    }

    /// <summary>CONN-16, CONN-17: the peer alone is heard; what waited stays.</summary>
    [Fact]
    public void A_connected_socket_hears_its_peer_alone()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket friend = TwoHosts.Bound(_net.Near, InetAddress.AnyIPv4(1000)), stranger = TwoHosts.Bound(_net.Near, InetAddress.AnyIPv4(2000));
        stranger.SendTo("early"u8, TwoHosts.FarAddress(7));
        server.Connect(TwoHosts.NearAddress(1000));
        stranger.SendTo("late"u8, TwoHosts.FarAddress(7));
        friend.SendTo("hi"u8, TwoHosts.FarAddress(7));
        server.Receive(new byte[10]).ShouldBe(5);
        server.Receive(new byte[10]).ShouldBe(2);
        server.Poll(PollEvents.POLLIN, TimeSpan.Zero).ShouldBe(PollEvents.None);
        server.Disconnect();
        server.LocalAddress.ShouldBe(InetAddress.AnyIPv4(7));
        stranger.SendTo("again"u8, TwoHosts.FarAddress(7));
        server.Receive(new byte[10]).ShouldBe(5);
    }

    private Socket Sharing(SocketOption<bool> how)
    {
        Socket socket = TwoHosts.Udp(_net.Far);
        socket.SetOption(how, true);
        socket.Bind(InetAddress.AnyIPv4(7));
        return socket;
    }

    private static int Drain(Socket socket)
    {
        int count = 0;
        while (socket.Poll(PollEvents.POLLIN, TimeSpan.Zero) != PollEvents.None)
        {
            socket.Receive(new byte[10]);
            count++;
        }
        return count;
    }
}
