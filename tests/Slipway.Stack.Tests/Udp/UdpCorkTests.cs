using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>One datagram out of several sends: MSG_MORE and UDP_CORK (udp(7)), seen on the wire.</summary>
public sealed class UdpCorkTests
{
    private static readonly InetAddress First = new("10.0.0.2", 7), Second = new("10.0.0.2", 8);

    private readonly PeerHost _net = new();

    [Fact]
    public void Pieces_wait_for_the_one_without_MSG_MORE_and_go_as_one_datagram()
    {
        using Socket socket = Bound();
        socket.SendTo("ab"u8, First, MessageFlags.MSG_MORE).ShouldBe(2);
        // Where it goes was decided by the first piece.
        socket.SendTo("cd"u8, Second, MessageFlags.MSG_MORE).ShouldBe(2);
        _net.Network.Pass(TimeSpan.FromMinutes(1));
        SentDatagrams().ShouldBeEmpty();
        socket.SendTo("ef"u8, Second).ShouldBe(2);
        SentDatagrams().ShouldHaveSingleItem().ShouldBe(PeerHost.Bytes("1388 0007 000E AE13 616263646566"));
        _net.Host.Counters.Udp(UdpCounter.OutDatagrams).ShouldBe(1);
    }

    [Fact]
    public void UDP_CORK_holds_every_send_back_until_it_is_switched_off()
    {
        using Socket socket = Bound();
        socket.SetOption(SocketOptions.UdpCork, true);
        socket.SendTo("hel"u8, new InetAddress("10.0.0.2", 9));
        socket.SendTo("lo"u8, new InetAddress("10.0.0.2", 9));
        SentDatagrams().ShouldBeEmpty();
        socket.SetOption(SocketOptions.UdpCork, false);
        SentDatagrams().ShouldHaveSingleItem().ShouldBe(PeerHost.Bytes("1388 0009 000D 946E 68656C6C6F"));
        // Nothing is left: the next send is a datagram of its own.
        socket.SendTo("xx"u8, First);
        SentDatagrams().ShouldHaveSingleItem().ShouldBe(PeerHost.Bytes("1388 0007 000A 5FD0 7878"));
    }

    [Fact]
    public void A_piece_too_many_loses_the_whole_datagram()
    {
        using Socket socket = Bound();
        socket.SendTo(new byte[65000], First, MessageFlags.MSG_MORE);
        TwoHosts.ErrnoOf(() => socket.SendTo(new byte[508], First)).ShouldBe(Errno.EMSGSIZE);
        SentDatagrams().ShouldBeEmpty();
        socket.SendTo("xx"u8, First);
        SentDatagrams().ShouldHaveSingleItem().ShouldBe(PeerHost.Bytes("1388 0007 000A 5FD0 7878"));
    }

    [Fact]
    public void Closing_drops_what_was_held_back()
    {
        using (Socket socket = Bound()) socket.SendTo("held"u8, First, MessageFlags.MSG_MORE);
        _net.Network.Pass(TimeSpan.FromMinutes(1));
        SentDatagrams().ShouldBeEmpty();
        _net.Network.Loop.Packets.Outstanding.ShouldBe(0, _net.Network.Loop.Packets.DescribeOutstanding());
    }

    private Socket Bound() => TwoHosts.Bound(_net.System, InetAddress.AnyIPv4(5000));

    /// <summary>The UDP datagrams since the last call, from their header on. What else a host sends in a minute, such as router solicitations, is not asked for.</summary>
    private byte[][] SentDatagrams()
    {
        byte[][] sent = [.. _net.Peer.Received.Where(static f => f[12] == 8 && f[13] == 0 && f[23] == (byte)IpProtocolNumber.Udp).Select(static f => f[PeerHost.Transport4..])];
        _net.Peer.Received.Clear();
        return sent;
    }
}
