using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Ping sockets on the wire: what a request is made of, and which packets are a reply to it (icmp(7), RFC 792, RFC 4443 §4).</summary>
public sealed class PingSocketTests
{
    private static readonly InetAddress To4 = new("10.0.0.2", 33), To6 = new("fd00::2", 33);

    private readonly PeerHost _net = new();
    private readonly byte[] _buffer = new byte[100];

    [Fact] // PING-05
    public void A_request_carries_the_identifier_and_a_checksum_over_it()
    {
        using Socket ping = Bound(AddressFamily.Inet);
        ping.SendTo(PeerHost.Bytes("0800 FFFF DEAD 0304 6869"), To4).ShouldBe(10);
        _net.Peer.Received.Single().AsSpan(14, 2).ToArray().ShouldBe(PeerHost.Bytes("4500"));
        _net.TakeSent(PeerHost.Transport4).ShouldBe(PeerHost.Bytes("0800 8B90 0102 0304 6869"));
        _net.Host.Counters.Icmp(IcmpCounter.OutMsgs).ShouldBe(1);
        _net.Host.Counters.IcmpOut(8).ShouldBe(1);
    }

    [Fact] // PING-06
    public void An_IPv6_request_has_the_addresses_in_its_checksum()
    {
        using Socket ping = Bound(AddressFamily.Inet6);
        ping.SendTo(PeerHost.Bytes("8000 FFFF DEAD 0304 6869"), To6).ShouldBe(10);
        _net.TakeSent(PeerHost.Transport6).ShouldBe(PeerHost.Bytes("8000 1947 0102 0304 6869"));
    }

    [Fact] // PING-05, PING-12
    public void A_reply_is_given_as_it_came_and_stamped_when_it_came()
    {
        using Socket ping = Bound(AddressFamily.Inet);
        ping.SendTo(PeerHost.Bytes("0800 0000 0000 0304 6869"), To4);
        _net.Network.Pass(TimeSpan.FromMilliseconds(25));
        long arrival = _net.Network.Clock.UnixNanoseconds;
        Reply("0000 9390 0102 0304 6869");
        _net.Network.Pass(TimeSpan.FromSeconds(1));
        ping.ReceiveFrom(_buffer, out InetAddress from).ShouldBe(10);
        from.ShouldBe(new InetAddress("10.0.0.2", 0));
        _buffer[..10].ShouldBe(PeerHost.Bytes("0000 9390 0102 0304 6869"));
        byte[] stamp = new byte[16];
        ping.Ioctl(IoControl.SIOCGSTAMPNS, stamp);
        (BinaryPrimitives.ReadInt64LittleEndian(stamp) * 1_000_000_000 + BinaryPrimitives.ReadInt64LittleEndian(stamp.AsSpan(8))).ShouldBe(arrival);
    }

    [Theory] // PING-10
    [InlineData("0000 9390 0103 0304 6869")] // the checksum is wrong
    [InlineData("0000 9290 0202 0304 6869")] // another identifier
    [InlineData("0800 8B90 0102 0304 6869")] // a request, which the host answers
    [InlineData("0E00 8590 0102 0304 6869")] // a timestamp reply
    public void What_is_no_reply_to_it_is_not_delivered(string message)
    {
        using Socket ping = Bound(AddressFamily.Inet);
        Reply(message);
        TwoHosts.ErrnoOf(() => ping.Receive(_buffer, MessageFlags.MSG_DONTWAIT)).ShouldBe(Errno.EAGAIN);
        _net.Network.Pass(TimeSpan.FromSeconds(1));
        _net.Network.Loop.Packets.Outstanding.ShouldBe(0, _net.Network.Loop.Packets.DescribeOutstanding());
    }

    [Fact] // PING-07
    public void An_extended_request_and_its_reply_pass()
    {
        using Socket ping = Bound(AddressFamily.Inet);
        ping.SendTo(PeerHost.Bytes("2A00 0000 0000 0501"), To4);
        _net.TakeSent(PeerHost.Transport4).ShouldBe(PeerHost.Bytes("2A00 CFFC 0102 0501"));
        Reply("2B00 CEF8 0102 0505");
        ping.Receive(_buffer).ShouldBe(8);
        _buffer[..8].ShouldBe(PeerHost.Bytes("2B00 CEF8 0102 0505"));
        _net.Host.Counters.Icmp(IcmpCounter.InErrors).ShouldBe(0);
    }

    [Fact] // PING-14
    public void An_error_about_a_request_is_queued_from_its_header_on()
    {
        using Socket ping = Bound(AddressFamily.Inet);
        ping.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR, 1);
        ping.SendTo(PeerHost.Bytes("0800 0000 0000 0304 6869"), To4);
        _net.SendError(type: 3, code: 1);
        var message = new ReceiveMessage { Buffer = _buffer, Control = new byte[64] };
        ping.ReceiveMessage(ref message, MessageFlags.MSG_ERRQUEUE).ShouldBe(10);
        _buffer[..10].ShouldBe(PeerHost.Bytes("0800 8B90 0102 0304 6869"));
        message.Control[..message.ControlLength].ToArray().ShouldBe(PeerHost.Bytes(
            "3000000000000000 00000000 0B000000" + // cmsg_len 48, IPPROTO_IP, IP_RECVERR
            "71000000 02 03 01 00 00000000 00000000" + // EHOSTUNREACH from ICMP, host unreachable
            "0200 0000 0A000002 0000000000000000")); // the offender
        ping.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR).ShouldBe(0);
    }

    [Fact] // PING-01
    public void The_group_of_the_process_counts()
    {
        _net.Network.Do(() => _net.Host.Sysctl.Set("net.ipv4.ping_group_range", "100 200").ShouldBe(Errno.None));
        OpenAs(99).ShouldBe(Errno.EACCES);
        OpenAs(100).ShouldBe(Errno.None);
        OpenAs(200).ShouldBe(Errno.None);
        OpenAs(201).ShouldBe(Errno.EACCES);
    }

    private Errno OpenAs(int user)
    {
        var system = new StackSocketSystem(_net.Host, new TestProcess(_net.Network.Loop, _net.Network.Clock, user));
        CallResult opened = system.Socket(AddressFamily.Inet, SocketType.Datagram, (int)IpProtocol.Icmp);
        return opened.Succeeded ? system.Close(opened.Value) : opened.Error;
    }

    private Socket Bound(AddressFamily family)
    {
        Socket ping = _net.Ping(family);
        ping.Bind(family == AddressFamily.Inet ? InetAddress.AnyIPv4(0x0102) : InetAddress.AnyIPv6(0x0102));
        return ping;
    }

    private void Reply(string message) => _net.Peer.Send(new Ipv4Header(PeerHost.Peer4, PeerHost.Own4, IpProtocolNumber.Icmpv4), PeerHost.Bytes(message));
}
