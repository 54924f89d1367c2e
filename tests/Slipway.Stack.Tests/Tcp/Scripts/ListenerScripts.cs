using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of listeners under load: full queues, SYN cookies, floods (RFC 4987).</summary>
public sealed class ListenerScripts
{
    private const string Offer = "mss 1460,nop,nop,sackOK,nop,wscale 7";

    [Fact]
    public void With_a_full_queue_SYNs_are_dropped_until_somebody_accepts()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen(backlog: 0);
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.In(". 1:1 ack 1 win 512");
        s.PeerPort++;
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Nothing();
        s.Ext[TcpExtCounter.ListenOverflows].ShouldBe(1);
        listener.Accept().Dispose();
        s.TakeAll();
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void The_last_segment_of_a_handshake_into_a_full_queue_is_ignored_or_by_sysctl_reset(string abort)
    {
        var s = new SegmentScript(ownNumber: 7000, settings: ("net.ipv4.tcp_abort_on_overflow", abort));
        using Socket listener = s.Listen(backlog: 1);
        ushort a = s.PeerPort, b = (ushort)(a + 1), c = (ushort)(a + 2);
        void From(ushort port, string line)
        {
            s.PeerPort = port;
            s.In(line);
        }
        From(a, $"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        From(b, $"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        From(a, ". 1:1 ack 1 win 512");
        From(c, $"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        From(b, ". 1:1 ack 1 win 512");
        s.Nothing();
        From(c, ". 1:1 ack 1 win 512");
        s.Ext[TcpExtCounter.ListenOverflows].ShouldBe(1);
        if (abort == "1")
        {
            s.Out("R 1:1 win 0");
            s.State.ShouldBe(TcpState.Closed);
            return;
        }
        // The peer believes itself connected; the answer comes again until there is room.
        s.OutAfter(1000, "S. 0:0 ack 1");
        listener.Accept().Detach();
        From(c, ". 1:1 ack 1 win 512");
        s.Nothing();
        s.State.ShouldBe(TcpState.Established);
    }

    [Fact]
    public void A_cookie_stands_for_the_request_and_keeps_scale_and_SACK_in_the_timestamp()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_syncookies", "2"));
        using Socket listener = s.Listen();
        s.In("S 0:0 win 65535 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 9>");
        ScriptSegment answer = s.Take();
        ScriptSegment.Name(answer.Flags).ShouldBe("S.");
        string stamp = answer.Options!.Split(',').Single(static o => o.StartsWith("TS", StringComparison.Ordinal)).Split(' ')[2];
        s.Host.Tcp.Connections.Count.ShouldBe(0);
        // A guess is reset.
        s.In(". 1:1 ack 2 win 512");
        s.Out("R 2:2 win 0");
        s.Ext[TcpExtCounter.SyncookiesFailed].ShouldBe(1);
        s.In($". 1:1 ack 1 win 512 <nop,nop,TS val 101 ecr {stamp}>");
        s.Nothing();
        s.Ext[TcpExtCounter.SyncookiesRecv].ShouldBe(1);
        TcpConnection connection = s.Connection!;
        connection.SndScale.ShouldBe((byte)9);
        connection.SackOk.ShouldBeTrue();
        connection.TimestampsOk.ShouldBeTrue();
        connection.MssClamp.ShouldBe(1460);
        using Socket socket = listener.Accept();
        s.In($"P. 1:11 ack 1 win 512 <nop,nop,TS val 102 ecr {stamp}>");
        s.Out(". 1:1 ack 11");
        SegmentScript.Read(socket, 1, 11);
    }

    [Fact]
    public void A_cookie_without_timestamps_gives_up_scale_and_SACK_and_grows_old_in_two_minutes()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_syncookies", "2"));
        using Socket listener = s.Listen();
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1 win 64240 <mss 1460>");
        s.After(300_000);
        s.In(". 1:1 ack 1 win 512");
        s.Out("R 1:1 win 0");
        s.In($"S 0:0 win 65535 <{Offer}>");
        ScriptSegment.Name(s.Take().Flags).ShouldBe("S.");
        s.After(60_000);
        s.In(". 1:1 ack 1 win 512");
        s.State.ShouldBe(TcpState.Established);
        s.Connection!.SndScale.ShouldBe((byte)0);
        s.Connection.SackOk.ShouldBeFalse();
    }

    [Fact]
    public void Without_cookies_a_flood_meets_a_full_table_and_silence()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_syncookies", "0"));
        using Socket listener = s.Listen(backlog: 8);
        s.IsDeaf = true;
        for (int i = 0; i < 1000; i++)
        {
            s.PeerPort = (ushort)(10_000 + i);
            s.Inject(ScriptSegment.Parse($"S 0:0 win 65535 <{Offer}>"));
        }
        s.Host.Tcp.Connections.Count.ShouldBe(9);
        s.Ext[TcpExtCounter.TCPReqQFullDrop].ShouldBe(991);
    }

    [Fact]
    public void A_flood_of_a_million_SYNs_keeps_memory_bounded_and_an_honest_client_gets_in()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen(backlog: 128);
        s.IsDeaf = true;
        byte[] syn = new byte[40];
        BinaryPrimitives.WriteUInt16BigEndian(syn.AsSpan(2), 80);
        Convert.FromHexString("020405B40402080A000003E8000000000103030A").CopyTo(syn, 20);
        syn[12] = 10 << 4;
        syn[13] = (byte)TcpFlags.Syn;
        BinaryPrimitives.WriteUInt16BigEndian(syn.AsSpan(14), 65535);
        var random = new SeededRandom(3);
        for (int i = 0; i < 1_000_000; i++)
        {
            IpAddress source = IpAddress.FromIPv4(0x0A00_0000u | 3 + random.NextUInt32() % 250);
            BinaryPrimitives.WriteUInt16BigEndian(syn, (ushort)(1024 + random.NextUInt32() % 64000));
            BinaryPrimitives.WriteUInt32BigEndian(syn.AsSpan(4), random.NextUInt32());
            SegmentScript.Checksum(syn, source, SegmentScript.Own);
            s.SendPacket(IpProtocolNumber.Tcp, syn, source);
        }
        s.Host.Tcp.Connections.Count.ShouldBeLessThanOrEqualTo(130);
        s.Ext[TcpExtCounter.SyncookiesSent].ShouldBeGreaterThan(990_000);
        s.Loop.Packets.Outstanding.ShouldBe(0);
        s.IsDeaf = false;
        s.In("S 0:0 win 65535 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>");
        ScriptSegment answer = s.Take();
        string stamp = answer.Options!.Split(',').Single(static o => o.StartsWith("TS", StringComparison.Ordinal)).Split(' ')[2];
        s.In($". 1:1 ack 1 win 512 <nop,nop,TS val 101 ecr {stamp}>");
        using Socket socket = listener.Accept();
        socket.RemoteAddress.Port.ShouldBe(s.PeerPort);
    }

    [Fact]
    public void Closing_a_listener_forgets_its_requests_and_resets_whom_nobody_accepted()
    {
        var s = new SegmentScript();
        Socket listener = s.Listen();
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.In(". 1:1 ack 1 win 512");
        s.PeerPort++;
        uint first = s.OwnNumber;
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        listener.Dispose();
        List<ScriptSegment> sent = s.TakeAll();
        sent.Select(static x => ScriptSegment.Name(x.Flags)).ShouldBe(["R."]);
        (sent[0].Sequence + s.OwnNumber).ShouldBe(first + 1);
        s.Host.Tcp.Connections.Count.ShouldBe(0);
        s.In(". 1:1 ack 1 win 512");
        s.Out("R 1:1 win 0");
    }

    [Fact]
    public void TCP_DEFER_ACCEPT_wakes_nobody_for_a_bare_acknowledgment()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen(configure: static x => x.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_DEFER_ACCEPT, 3));
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.In(". 1:1 ack 1 win 512");
        s.Nothing();
        SegmentScript.ErrnoOf(() => listener.Accept()).ShouldBe(Errno.EAGAIN);
        s.In("P. 1:11 ack 1 win 512");
        s.Out(". 1:1 ack 11");
        using Socket socket = listener.Accept();
        SegmentScript.Read(socket, 1, 11);
    }
}
