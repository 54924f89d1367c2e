using System.Text;
using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Datagrams from host to host.</summary>
public class UdpExchangeTests
{
    private readonly TwoHosts _net = new(new LinkModel { Delay = TimeSpan.FromMilliseconds(300) });

    [Fact]
    public void A_datagram_arrives_after_the_links_delay_with_its_source()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Bound(_net.Near, InetAddress.AnyIPv4(5000));
        client.SendTo("hello"u8, TwoHosts.FarAddress(7)).ShouldBe(5);
        Span<byte> buffer = stackalloc byte[100];
        int count = server.ReceiveFrom(buffer, out InetAddress from);
        Encoding.ASCII.GetString(buffer[..count]).ShouldBe("hello");
        from.ShouldBe(TwoHosts.NearAddress(5000));
        _net.Clock.Now.ShouldBe(300 * StackClock.Millisecond);
    }

    [Fact]
    public void An_IPv6_datagram_arrives_too()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv6(7));
        using Socket client = TwoHosts.Udp6(_net.Near);
        client.SendTo("x"u8, new InetAddress("fd00::2", 7));
        server.ReceiveFrom(stackalloc byte[10], out InetAddress from).ShouldBe(1);
        from.ShouldBe(new InetAddress("fd00::1", client.LocalAddress.Port));
    }

    [Fact]
    public void A_dual_stack_socket_hears_IPv4_and_shows_it_mapped()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv6(7));
        using Socket client = TwoHosts.Bound(_net.Near, InetAddress.AnyIPv4(5000));
        client.SendTo("x"u8, TwoHosts.FarAddress(7));
        server.ReceiveFrom(stackalloc byte[10], out InetAddress from).ShouldBe(1);
        from.ShouldBe(new InetAddress("::ffff:10.0.0.1", 5000));
        server.SendTo("yz"u8, from);
        client.Receive(stackalloc byte[10]).ShouldBe(2);
    }

    [Fact]
    public void A_closed_port_answers_a_connected_socket_with_ECONNREFUSED_once()
    {
        using Socket client = TwoHosts.Udp(_net.Near);
        client.Connect(TwoHosts.FarAddress(9));
        client.Send("x"u8);
        TwoHosts.ErrnoOf(() => client.Receive(new byte[10])).ShouldBe(Errno.ECONNREFUSED);
        _net.Clock.Now.ShouldBe(600 * StackClock.Millisecond);
        client.Send("x"u8).ShouldBe(1);
    }

    [Fact]
    public void A_receive_with_a_timeout_ends_at_that_very_moment()
    {
        using Socket socket = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        socket.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromMilliseconds(200));
        TwoHosts.ErrnoOf(() => socket.Receive(new byte[10])).ShouldBe(Errno.EAGAIN);
        _net.Clock.Now.ShouldBe(200 * StackClock.Millisecond);
    }

    [Fact]
    public void A_large_datagram_crosses_in_fragments()
    {
        using Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7));
        using Socket client = TwoHosts.Udp(_net.Near);
        byte[] data = new byte[65507];
        new SeededRandom(3).Fill(data);
        client.SendTo(data, TwoHosts.FarAddress(7)).ShouldBe(data.Length);
        byte[] buffer = new byte[65536];
        server.Receive(buffer).ShouldBe(data.Length);
        buffer.AsSpan(0, data.Length).SequenceEqual(data).ShouldBeTrue();
        TwoHosts.ErrnoOf(() => client.SendTo(new byte[65508], TwoHosts.FarAddress(7))).ShouldBe(Errno.EMSGSIZE);
    }

    [Fact]
    public void No_packet_is_left_over_when_sockets_are_closed()
    {
        using (Socket server = TwoHosts.Bound(_net.Far, InetAddress.AnyIPv4(7)))
        using (Socket client = TwoHosts.Udp(_net.Near))
        {
            for (int i = 0; i < 10; i++) client.SendTo(new byte[i * 400], TwoHosts.FarAddress(7));
            client.SendTo("held"u8, TwoHosts.FarAddress(7), MessageFlags.MSG_MORE);
            _net.Run(TimeSpan.FromSeconds(1));
            server.Available.ShouldBe(0);
            server.Receive(new byte[10]);
        }
        _net.Run(TimeSpan.FromMinutes(2));
        _net.Loop.Packets.Outstanding.ShouldBe(0, _net.Loop.Packets.DescribeOutstanding());
    }
}
