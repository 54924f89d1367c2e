using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of the end of a connection (RFC 9293 §3.6, §3.10.4 to §3.10.7): half-close, simultaneous close, orphans, TIME_WAIT and who may take its place.</summary>
public sealed class ClosingScripts
{
    private const string Stamped = "mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7";

    [Fact]
    public void A_half_close_lets_the_peer_go_on_sending()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        socket.Shutdown(ShutdownHow.Send);
        s.Out("F. 1:1 ack 1");
        s.State.ShouldBe(TcpState.FinWait1);
        s.In(". 1:1 ack 2 win 512");
        s.State.ShouldBe(TcpState.FinWait2);
        s.In("P. 1:501 ack 2 win 512");
        s.Out(". 2:2 ack 501");
        SegmentScript.Read(socket, 1, 501);
        // For as long as it likes: no timer ends FIN_WAIT_2 while the program holds the socket.
        s.After(TimeSpan.FromHours(24));
        s.In("FP. 501:601 ack 2 win 512");
        s.Out(". 2:2 ack 602");
        s.State.ShouldBe(TcpState.TimeWait);
        SegmentScript.Read(socket, 501, 601);
        socket.Receive(new byte[1]).ShouldBe(0);
        SegmentScript.ErrnoOf(() => socket.Send("x"u8, MessageFlags.MSG_NOSIGNAL)).ShouldBe(Errno.EPIPE);
    }

    [Fact]
    public void CLOSE_WAIT_sends_what_is_left_and_LAST_ACK_ends()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        s.In("F. 1:1 ack 1 win 512");
        // No data have told how long to wait, so it is a tick of the kernel's.
        s.Nothing();
        s.After(4);
        s.Out(". 1:1 ack 2");
        s.State.ShouldBe(TcpState.CloseWait);
        socket.Receive(new byte[1]).ShouldBe(0);
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 2");
        s.In(". 2:2 ack 101 win 512");
        socket.Dispose();
        s.Out("F. 101:101 ack 2");
        s.State.ShouldBe(TcpState.LastAck);
        // An acknowledgment that is not of the FIN changes nothing; data behind the peer's FIN neither.
        s.In(". 2:2 ack 101 win 512");
        s.Nothing();
        s.State.ShouldBe(TcpState.LastAck);
        s.In(". 2:2 ack 102 win 512");
        s.State.ShouldBe(TcpState.Closed);
        s.Host.Tcp.OrphanCount.ShouldBe(0);
        s.In(". 2:2 ack 102 win 512");
        s.Out("R 102:102 win 0");
    }

    [Fact]
    public void Both_ends_close_at_once()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In("F. 1:1 ack 1 win 512");
        s.Out(". 2:2 ack 2");
        s.State.ShouldBe(TcpState.Closing);
        s.In(". 2:2 ack 2 win 512");
        s.State.ShouldBe(TcpState.TimeWait);
        s.After(59_999);
        s.State.ShouldBe(TcpState.TimeWait);
        s.After(1);
        s.State.ShouldBe(TcpState.Closed);
        s.Host.Tcp.TimeWaitCount.ShouldBe(0);
    }

    [Fact]
    public void A_FIN_with_the_acknowledgment_of_ours_goes_straight_to_TIME_WAIT()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        OpeningScripts.End(s, socket, 1, 1);
    }

    [Fact]
    public void The_FIN_is_repeated_until_it_is_acknowledged_and_an_orphan_given_up_after_eight_times()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        int repeats = 0;
        while (s.State == TcpState.FinWait1)
        {
            if (s.Loop.NextDeadline is not { } next) break;
            s.Clock.AdvanceTo(next);
            s.Loop.RunDue();
            foreach (ScriptSegment segment in s.TakeAll())
            {
                ScriptSegment.Name(segment.Flags).ShouldBe("F.");
                repeats++;
            }
        }
        repeats.ShouldBeInRange(8, 10);
        s.Host.Tcp.OrphanCount.ShouldBe(0);
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void Data_for_a_program_that_has_closed_is_answered_by_a_reset()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In("P. 1:11 ack 1 win 512");
        s.Out("R 1:1 win 0");
        s.State.ShouldBe(TcpState.Closed);
        s.Ext[TcpExtCounter.TCPAbortOnData].ShouldBe(1);
    }

    [Fact]
    public void Unread_data_make_close_a_reset()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        s.In("P. 1:11 ack 1 win 512");
        s.Out(". 1:1 ack 11");
        socket.Dispose();
        s.Out("R. 1:1 ack 11");
        s.State.ShouldBe(TcpState.Closed);
        s.Ext[TcpExtCounter.TCPAbortOnClose].ShouldBe(1);
    }

    [Fact]
    public void FIN_WAIT_2_without_a_program_ends_after_tcp_fin_timeout()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In(". 1:1 ack 2 win 512");
        s.Endpoint.ShouldBeOfType<TcpTimeWait>();
        s.State.ShouldBe(TcpState.FinWait2);
        s.After(59_999);
        s.State.ShouldBe(TcpState.FinWait2);
        s.After(1);
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void FIN_WAIT_2_without_a_program_takes_the_FIN_and_resets_data()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In(". 1:1 ack 2 win 512");
        s.State.ShouldBe(TcpState.FinWait2);
        s.In("R 70000:70000 win 0");
        s.In(". 1:1 ack 2 win 512");
        s.Nothing();
        s.After(50_000);
        s.In("F. 1:1 ack 2 win 512");
        s.Out(". 2:2 ack 2");
        s.State.ShouldBe(TcpState.TimeWait);
        s.After(59_999);
        s.State.ShouldBe(TcpState.TimeWait);

        var t = new SegmentScript();
        t.Accepted().Dispose();
        t.Out("F. 1:1 ack 1");
        t.In(". 1:1 ack 2 win 512");
        t.In("P. 1:11 ack 2 win 512");
        t.Out("R 2:2 win 0");
        t.State.ShouldBe(TcpState.Closed);
        t.Host.Tcp.TimeWaitCount.ShouldBe(0);
    }

    [Fact]
    public void A_long_TCP_LINGER2_keeps_the_connection_for_the_time_beyond_a_minute()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_LINGER2, 100);
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In(". 1:1 ack 2 win 512");
        s.Endpoint.ShouldBeOfType<TcpConnection>();
        s.After(39_999);
        s.Endpoint.ShouldBeOfType<TcpConnection>();
        s.After(1);
        s.Endpoint.ShouldBeOfType<TcpTimeWait>();
        s.After(60_000);
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void A_negative_TCP_LINGER2_resets_the_peer_as_soon_as_the_FIN_is_acknowledged()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_LINGER2, -1);
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        // As the kernel answers here.
        s.In(". 1:1 ack 2 win 512");
        s.Out("R 2:2 win 0");
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void Orphans_beyond_tcp_max_orphans_are_reset()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_max_orphans", "0"));
        Socket socket = s.Accepted();
        socket.Dispose();
        s.Out("F. 1:1 ack 1", "R. 2:2 ack 1");
        s.State.ShouldBe(TcpState.Closed);
        s.Host.Tcp.OrphanCount.ShouldBe(0);
        s.Ext[TcpExtCounter.TCPAbortOnMemory].ShouldBe(1);
    }

    [Fact]
    public void TIME_WAIT_beyond_tcp_max_tw_buckets_is_left_out()
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_max_tw_buckets", "0"));
        Socket socket = s.Accepted();
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In("F. 1:1 ack 2 win 512");
        s.Out(". 2:2 ack 2");
        s.State.ShouldBe(TcpState.Closed);
        s.Ext[TcpExtCounter.TCPTimeWaitOverflow].ShouldBe(1);
    }

    [Fact]
    public void TIME_WAIT_answers_the_FIN_again_and_starts_its_minute_anew()
    {
        var s = new SegmentScript();
        OpeningScripts.End(s, s.Accepted(), 1, 1);
        s.After(50_000);
        s.In("F. 1:1 ack 2 win 512");
        s.Out(". 2:2 ack 2");
        // Every copy that carries something is answered; bare acknowledgments out of place at most twice a second.
        s.In("F. 1:1 ack 2 win 512");
        s.Out(". 2:2 ack 2");
        s.In(". 1:1 ack 2 win 512");
        s.Out(". 2:2 ack 2");
        s.In(". 1:1 ack 2 win 512");
        s.Nothing();
        // What is in place is not.
        s.In(". 2:2 ack 2 win 512");
        s.Nothing();
        s.After(59_999);
        s.State.ShouldBe(TcpState.TimeWait);
        s.After(1);
        s.State.ShouldBe(TcpState.Closed);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void A_reset_ends_TIME_WAIT_unless_tcp_rfc1337_is_set(string setting)
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_rfc1337", setting));
        OpeningScripts.End(s, s.Accepted(), 1, 1);
        // Out of place: never.
        s.In("R 100:100 win 0");
        s.State.ShouldBe(TcpState.TimeWait);
        s.In("R 2:2 win 0");
        s.State.ShouldBe(setting == "0" ? TcpState.Closed : TcpState.TimeWait);
        s.Nothing();
    }

    [Fact]
    public void A_SYN_with_a_higher_number_takes_the_place_of_TIME_WAIT_and_an_old_one_is_answered()
    {
        var s = new SegmentScript();
        OpeningScripts.End(s, s.Accepted(), 1, 1);
        using Socket listener = s.Listen();
        // Numbers of the old connection: RFC 9293 §3.10.7.4, answered as a segment out of place.
        s.In("S 1:1 win 65535 <mss 1460>");
        s.Out(". 2:2 ack 2");
        uint old = s.OwnNumber;
        s.In("S 100000:100000 win 65535 <mss 1460>");
        ScriptSegment answer = s.Take();
        ScriptSegment.Name(answer.Flags).ShouldBe("S.");
        answer.Acknowledgment.ShouldBe(100_001u);
        // Our numbers go on behind the old ones too (RFC 6191 §2, Linux: 65537 further).
        (s.OwnNumber - old).ShouldBe(2u + 65535 + 2);
        s.In(". 100001:100001 ack 1 win 65535");
        listener.Accept().Dispose();
        s.Out("F. 1:1 ack 100001");
    }

    [Fact]
    public void A_later_timestamp_does_what_a_higher_number_does_and_an_earlier_one_bars_it()
    {
        var s = new SegmentScript();
        Socket first = s.Accepted(Stamped);
        first.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In("F. 1:1 ack 2 win 512 <nop,nop,TS val 2000 ecr 0>");
        s.Out(". 2:2 ack 2");
        using Socket listener = s.Listen();
        s.In("S 200000:200000 win 65535 <mss 1460,sackOK,TS val 1999 ecr 0>");
        s.Out(". 2:2 ack 2");
        s.State.ShouldBe(TcpState.TimeWait);
        s.In("S -500:-500 win 65535 <mss 1460,sackOK,TS val 2001 ecr 0>");
        ScriptSegment.Name(s.Take().Flags).ShouldBe("S.");
        s.State.ShouldBe(TcpState.SynReceived);
    }

    [Fact]
    public void Without_a_listener_a_SYN_does_not_end_TIME_WAIT()
    {
        var s = new SegmentScript();
        OpeningScripts.End(s, s.Accepted(), 1, 1);
        s.In("S 100000:100000 win 65535 <mss 1460>");
        s.Out(". 2:2 ack 2");
        s.State.ShouldBe(TcpState.TimeWait);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1000)]
    public void A_connection_from_here_takes_the_place_of_TIME_WAIT_more_than_a_second_after_the_last_timestamp(int wait)
    {
        var s = new SegmentScript(settings: [("net.ipv4.tcp_tw_reuse", "1"), ("net.ipv4.ip_local_port_range", "5000 5000")]);
        Socket first = s.Connected(Stamped);
        first.Dispose();
        s.Out("F. 1:1 ack 1");
        s.In("F. 1:1 ack 2 win 512 <nop,nop,TS val 1001 ecr 0>");
        s.Out(". 2:2 ack 2");
        uint old = s.OwnNumber;
        s.After(wait);
        using Socket second = s.Open();
        Errno error = SegmentScript.ErrnoOf(() => second.Connect(new InetAddress("10.0.0.2", 8080)));
        if (wait <= 1000)
        {
            error.ShouldBe(Errno.EADDRNOTAVAIL);
            s.State.ShouldBe(TcpState.TimeWait);
            s.Nothing();
            return;
        }
        error.ShouldBe(Errno.EINPROGRESS);
        s.Take().Options!.ShouldContain("TS val 1001 ecr 1001");
        (s.OwnNumber - old).ShouldBe(2u + 65535 + 2);
        s.OwnPort.ShouldBe((ushort)5000);
    }

    [Fact]
    public void A_FIN_makes_the_connection_interactive_so_that_the_answer_may_carry_its_acknowledgment()
    {
        var s = new SegmentScript();
        Socket socket = s.Accepted();
        s.In("P. 1:11 ack 1 win 512");
        s.Out(". 1:1 ack 11");
        s.In("F. 11:11 ack 1 win 512");
        // Asked of the kernel: 40 ms.
        s.OutAfter(40, ". 1:1 ack 12");
        SegmentScript.Read(socket, 1, 11);
        socket.Dispose();
        s.Out("F. 1:1 ack 12");
    }
}
