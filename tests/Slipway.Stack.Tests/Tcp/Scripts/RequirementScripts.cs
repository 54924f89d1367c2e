using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of single requirements of RFC 9293 that belong to no state: addresses, the IP header, checksums, acknowledgments, congestion marks.</summary>
public sealed class RequirementScripts
{
    [Fact]
    public void TTL_and_TOS_are_the_programs_and_may_change_on_the_way()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TTL, 7);
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TOS, 0xB8);
        SegmentScript.Write(socket, 1, 10);
        s.Out("P. 1:11 ack 1");
        s.LastHeader.Ttl.ShouldBe((byte)7);
        s.LastHeader.Tos.ShouldBe((byte)0xB8);
        s.LastHeader.DontFragment.ShouldBeTrue();
        s.In(". 1:1 ack 11 win 512");
        socket.SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TOS, 0x20);
        SegmentScript.Write(socket, 11, 10);
        s.Out("P. 11:21 ack 1");
        s.LastHeader.Tos.ShouldBe((byte)0x20);
    }

    [Fact]
    public void A_segment_with_a_wrong_checksum_is_counted_and_dropped()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        byte[] syn = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(syn, 5000);
        BinaryPrimitives.WriteUInt16BigEndian(syn.AsSpan(2), 80);
        syn[12] = 5 << 4;
        syn[13] = (byte)TcpFlags.Syn;
        SegmentScript.Checksum(syn, SegmentScript.Peer, SegmentScript.Own);
        syn[17] ^= 1;
        s.SendPacket(IpProtocolNumber.Tcp, syn);
        s.Nothing();
        s.Host.Counters[TcpCounter.InCsumErrors].ShouldBe(1);
        syn[17] ^= 1;
        s.SendPacket(IpProtocolNumber.Tcp, syn);
        s.TakeAll().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("10.0.0.2", "10.0.0.255")]
    [InlineData("10.0.0.2", "255.255.255.255")]
    [InlineData("10.0.0.2", "224.0.0.1")]
    [InlineData("224.0.0.1", "10.0.0.1")]
    [InlineData("255.255.255.255", "10.0.0.1")]
    public void A_SYN_to_or_from_many_is_dropped_without_a_word(string source, string destination)
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        byte[] syn = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(syn, 5000);
        BinaryPrimitives.WriteUInt16BigEndian(syn.AsSpan(2), 80);
        syn[12] = 5 << 4;
        syn[13] = (byte)TcpFlags.Syn;
        IpAddress from = IpAddress.Parse(source), to = IpAddress.Parse(destination);
        SegmentScript.Checksum(syn, from, to);
        s.SendPacket(IpProtocolNumber.Tcp, syn, from, to);
        s.Nothing();
        s.Host.Tcp.Connections.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    public void Opening_to_many_is_refused(string address)
    {
        var s = new SegmentScript();
        using Socket socket = s.Open();
        SegmentScript.ErrnoOf(() => socket.Connect(new InetAddress(address, 80))).ShouldBe(Errno.ENETUNREACH);
        s.Nothing();
    }

    [Fact]
    public void The_source_of_a_connection_is_what_bind_named_else_what_routing_chooses()
    {
        var s = new SegmentScript();
        using (s.Loop.Enter()) s.Interface.AddAddress(IpPrefix.Parse("10.0.0.9/24")).ShouldBe(Errno.None);
        using Socket chosen = s.Open();
        SegmentScript.ErrnoOf(() => chosen.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.EINPROGRESS);
        s.Take();
        s.LastHeader.Source.ShouldBe(SegmentScript.Own);
        using Socket named = s.Open();
        named.Bind(new InetAddress("10.0.0.9", 0));
        SegmentScript.ErrnoOf(() => named.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.EINPROGRESS);
        s.Take();
        s.LastHeader.Source.ShouldBe(IpAddress.Parse("10.0.0.9"));
    }

    [Fact]
    public void Several_listen_at_one_port_by_address_and_take_many_connections()
    {
        var s = new SegmentScript();
        using (s.Loop.Enter()) s.Interface.AddAddress(IpPrefix.Parse("10.0.0.9/24")).ShouldBe(Errno.None);
        using Socket first = s.Open(), second = s.Open();
        first.Bind(new InetAddress("10.0.0.1", 80));
        first.Listen();
        second.Bind(new InetAddress("10.0.0.9", 80));
        second.Listen();
        for (int i = 0; i < 3; i++)
        {
            s.PeerPort = (ushort)(41_000 + i);
            s.In("S 0:0 win 65535 <mss 1460>");
            s.Out("S. 0:0 ack 1");
            s.In(". 1:1 ack 1 win 65535");
            first.Accept().Detach();
        }
        SegmentScript.ErrnoOf(() => second.Accept()).ShouldBe(Errno.EAGAIN);
    }

    [Fact]
    public void An_acknowledgment_waits_40_ms_for_company_but_not_for_a_second_full_segment()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In("P. 1:11 ack 1 win 512");
        s.Out(". 1:1 ack 11");
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_QUICKACK, 0);
        s.After(30);
        s.In("P. 11:21 ack 1 win 512");
        ScriptSegment.Name(TakeAfter(s, out double wait).Flags).ShouldBe(".");
        wait.ShouldBeInRange(1, 200);
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_QUICKACK, 0);
        s.In(". 21:1481 ack 1 win 512");
        s.Nothing();
        s.In(". 1481:2941 ack 1 win 512");
        s.Out(". 1:1 ack 2941");
    }

    [Fact]
    public void A_gap_is_reported_at_once_and_its_end_acknowledged_at_once()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In(". 1461:2921 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 1461:2921>");
        s.In(". 2921:4381 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 1461:4381>");
        s.In(". 5841:7301 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 5841:7301,sack 1461:4381>");
        s.In(". 1:1461 ack 1 win 512");
        s.Out(". 1:1 ack 4381 <sack 5841:7301>");
    }

    [Fact]
    public void Congestion_marks_are_agreed_on_echoed_and_answered()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_ecn", "1"));
        using Socket socket = s.Connect();
        s.Out("SEW 0:0");
        s.In("S.E 0:0 ack 1 win 65535 <mss 1460,sackOK,nop,wscale 7>");
        s.Out(". 1:1 ack 1");
        SegmentScript.Write(socket, 1, 10);
        s.Out("P. 1:11 ack 1");
        (s.LastHeader.Tos & 3).ShouldBe(2, "ECT(0)");
        uint window = s.Connection!.Sender.Window.Window;
        s.In(".E 1:1 ack 11 win 512");
        s.Connection.Sender.Window.Window.ShouldBeLessThan(window);
        SegmentScript.Write(socket, 11, 10);
        s.Out("P.W 11:21 ack 1");
        s.In(". 1:1 ack 21 win 512");
        // A mark on what the peer sends is echoed until it says that it has heard.
        s.PeerTos = 3;
        s.In("P. 1:11 ack 21 win 512");
        s.Out(".E 21:21 ack 11");
        s.PeerTos = 2;
        s.In("P. 11:21 ack 21 win 512");
        s.Out(".E 21:21 ack 21");
        s.In("P.W 21:31 ack 21 win 512");
        s.Out(". 21:21 ack 31");
    }

    [Fact]
    public void Initial_numbers_follow_a_clock_and_the_ends()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In("S 0:0 win 65535 <mss 1460>");
        s.Out("S. 0:0 ack 1");
        uint first = s.OwnNumber;
        s.In("R 1:1 win 0");
        s.After(1000);
        s.In("S 0:0 win 65535 <mss 1460>");
        s.Out("S. 0:0 ack 1");
        // 64 ns a step.
        (s.OwnNumber - first).ShouldBe(1_000_000_000u / 64);
        s.In("R 1:1 win 0");
        s.PeerPort++;
        uint same = s.OwnNumber;
        s.In("S 0:0 win 65535 <mss 1460>");
        s.Out("S. 0:0 ack 1");
        s.OwnNumber.ShouldNotBe(same);
    }

    [Fact]
    public void Options_of_the_IP_header_are_passed_over()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        byte[] syn = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(syn, s.PeerPort);
        BinaryPrimitives.WriteUInt16BigEndian(syn.AsSpan(2), 80);
        BinaryPrimitives.WriteUInt32BigEndian(syn.AsSpan(4), s.PeerNumber);
        syn[12] = 5 << 4;
        syn[13] = (byte)TcpFlags.Syn;
        SegmentScript.Checksum(syn, SegmentScript.Peer, SegmentScript.Own);
        // Stream identifier, long obsolete, then padding.
        s.SendPacket(IpProtocolNumber.Tcp, syn, options: [0x88, 4, 0, 1]);
        s.Out("S. 0:0 ack 1");
    }

    private static ScriptSegment TakeAfter(SegmentScript s, out double wait)
    {
        wait = s.Await();
        return s.Take();
    }
}
