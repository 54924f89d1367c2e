using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of what the network says and does not say: ICMP errors (RFC 5927, RFC 6069), path MTUs told (RFC 1191) and found out (RFC 4821), TCP_MAXSEG.</summary>
public sealed class PathScripts
{
    private const byte Unreachable = 3, SourceQuench = 4, TimeExceeded = 11, ParameterProblem = 12;

    [Theory]
    [InlineData(Unreachable, 0)]
    [InlineData(Unreachable, 1)]
    [InlineData(Unreachable, 2)]
    [InlineData(Unreachable, 3)]
    [InlineData(Unreachable, 5)]
    [InlineData(TimeExceeded, 0)]
    [InlineData(ParameterProblem, 0)]
    [InlineData(SourceQuench, 0)]
    public void No_ICMP_error_ends_an_established_connection(byte type, byte code)
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        uint window = s.Connection!.Sender.Window.Window;
        s.Icmp(type, code, 1);
        s.Nothing();
        s.State.ShouldBe(TcpState.Established);
        s.Connection.Sender.Window.Window.ShouldBe(window);
        s.In(". 1:1 ack 101 win 512");
        SegmentScript.Write(socket, 101, 10);
        s.Out("P. 101:111 ack 1");
    }

    [Fact]
    public void An_error_about_a_number_that_is_not_under_way_is_counted_and_dropped()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0");
        s.Icmp(Unreachable, 3, 5);
        s.Icmp(Unreachable, 3, unchecked((uint)-5));
        s.Ext[TcpExtCounter.OutOfWindowIcmps].ShouldBe(2);
        s.State.ShouldBe(TcpState.SynSent);
        s.Icmp(Unreachable, 3, 0);
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.ECONNREFUSED);
    }

    [Fact]
    public void What_an_error_said_is_what_the_program_learns_when_the_connection_times_out()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_retries2", "2"));
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        s.Icmp(Unreachable, 1, 1);
        while (s.State == TcpState.Established && s.Loop.NextDeadline is { } next)
        {
            s.Clock.AdvanceTo(next);
            s.Loop.RunDue();
            s.TakeAll();
        }
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[1])).ShouldBe(Errno.EHOSTUNREACH);
    }

    [Fact]
    public void An_unreachable_host_takes_a_back_off_back()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460");
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        double first = s.Await();
        s.Out("P. 1:101 ack 1");
        double second = s.Await();
        s.Out("P. 1:101 ack 1");
        second.ShouldBe(2 * first, 1);
        // The next would come after four times the first; the error says that it was not congestion (RFC 6069).
        s.Icmp(Unreachable, 1, 1);
        s.Connection!.Sender.Rtt.Backoff.ShouldBe((byte)1);
        s.Await().ShouldBe(2 * first, 1);
        s.Out("P. 1:101 ack 1");
    }

    [Fact]
    public void A_path_MTU_that_is_told_cuts_what_is_under_way_and_keeps_the_window()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 4380);
        s.Out(". 1:1461 ack 1", ". 1461:2921 ack 1", "P. 2921:4381 ack 1");
        uint window = s.Connection!.Sender.Window.Window;
        s.Icmp(Unreachable, 4, 1, info: 1000);
        s.Out(". 1:961 ack 1", ". 961:1921 ack 1", ". 1921:2881 ack 1", ". 2881:3841 ack 1", "P. 3841:4381 ack 1");
        s.Connection.Sender.Mss.ShouldBe(960);
        s.Connection.Sender.Window.Window.ShouldBe(window);
        s.In(". 1:1 ack 4381 win 512");
        SegmentScript.Write(socket, 4381, 1000);
        s.Out(". 4381:5341 ack 1", "P. 5341:5381 ack 1");
    }

    [Fact]
    public void A_path_MTU_told_about_a_number_that_is_not_under_way_changes_nothing()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        s.Icmp(Unreachable, 4, 5000, info: 576);
        s.Nothing();
        s.Connection!.Sender.Mss.ShouldBe(1460);
    }

    [Fact]
    public void TCP_MAXSEG_bounds_what_is_offered_and_sent()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect(static x => x.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_MAXSEG, 700));
        s.Take().Options!.ShouldContain("mss 700");
        s.In("S. 0:0 ack 1 win 65535 <mss 1460,sackOK>");
        s.Out(". 1:1 ack 1");
        SegmentScript.Write(socket, 1, 1000);
        s.Out(". 1:701 ack 1", "P. 701:1001 ack 1");
        s.In(". 1:1 ack 1001 win 60000");
    }

    [Fact]
    public void A_black_hole_is_met_by_shorter_segments_after_tcp_retries1_timeouts()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_mtu_probing", "1"));
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 1460);
        s.Out("P. 1:1461 ack 1");
        var ends = new List<uint>();
        for (int i = 0; i < 12; i++)
        {
            s.Await();
            ends.Add(s.TakeAll()[0].End);
        }
        ends[0].ShouldBe(1461u);
        ends.ShouldContain(1025u, "tcp_base_mss");
        ends[^1].ShouldBeLessThan(1025u, "halved when that does not pass either");
        ends.ShouldBeInOrder(SortDirection.Descending);
    }

    [Theory]
    [InlineData(1460)]
    [InlineData(1200)]
    public void Probes_find_the_greatest_segment_that_passes(int passes)
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_mtu_probing", "2"));
        using Socket socket = s.Accepted("mss 1460,nop,nop,sackOK,nop,wscale 10", window: 60000);
        s.Connection!.Sender.Mss.ShouldBe(1024);
        var got = new Dictionary<uint, uint>();
        uint next = 1, written = 1;
        for (int round = 0; round < 400; round++)
        {
            socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_SNDBUF, 1 << 20);
            while (written < 2_000_000)
            {
                int count;
                try { count = socket.Send(ScriptSegment.Pattern(written, written + 20_000), MessageFlags.MSG_DONTWAIT); }
                catch (SocketCallException e) when (e.Errno == Errno.EAGAIN) { break; }
                written += (uint)count;
            }
            List<ScriptSegment> sent = s.TakeAll();
            if (sent.Count == 0)
            {
                if (next == written) break;
                s.Await();
                continue;
            }
            foreach (ScriptSegment segment in sent)
            {
                // Longer segments vanish without a word.
                if (segment.Payload.Length > passes) continue;
                segment.Payload.ShouldBe(ScriptSegment.Pattern(segment.Sequence, segment.End));
                got[segment.Sequence] = segment.End;
                while (got.Remove(next, out uint end)) next = end;
                uint left = got.Count == 0 ? 0 : got.Keys.Max(), right = got.Count == 0 ? 0 : got[left];
                string sack = left == 0 ? "" : $" <nop,nop,sack {left}:{right}>";
                s.Pass(1);
                s.Inject(ScriptSegment.Parse($". 1:1 ack {next} win 60000{sack}"));
            }
        }
        next.ShouldBe(written);
        s.Connection.Sender.Mss.ShouldBeInRange(passes - 8, passes);
        s.Ext[TcpExtCounter.TCPMTUPSuccess].ShouldBeGreaterThan(0);
        if (passes < 1460) s.Ext[TcpExtCounter.TCPMTUPFail].ShouldBeGreaterThan(0);
        s.Ext[TcpExtCounter.TCPTimeouts].ShouldBe(0);
    }
}
