using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of LISTEN, SYN_SENT and SYN_RECEIVED (RFC 9293 §3.5, §3.10.7.2 to §3.10.7.4).</summary>
public sealed class OpeningScripts
{
    private const string Offer = "mss 1460,nop,nop,sackOK,nop,wscale 7";

    [Fact]
    public void A_closed_port_resets_what_comes_and_never_a_reset()
    {
        var s = new SegmentScript();
        s.In("S 0:0 win 1000");
        s.Out("R. 0:0 ack 1 win 0");
        s.In("S 0:10 win 1000");
        s.Out("R. 0:0 ack 11 win 0");
        s.In("F 5:5 win 1000");
        s.Out("R. 0:0 ack 6 win 0");
        s.In("- 5:25 win 1000");
        s.Out("R. 0:0 ack 25 win 0");
        s.In(". 5:5 ack 777 win 1000");
        s.Out("R 777:777 win 0");
        s.In("P. 5:15 ack 777 win 1000");
        s.Out("R 777:777 win 0");
        s.In("R 5:5 win 0");
        s.In("R. 5:5 ack 777 win 0");
        s.Nothing();
        s.Host.Counters[TcpCounter.OutRsts].ShouldBe(6);
    }

    [Fact]
    public void LISTEN_drops_resets_resets_acknowledgments_and_answers_a_SYN()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In("R 0:0 win 0");
        s.In("R. 0:0 ack 5 win 0");
        s.In("- 0:5 win 100");
        s.In("F 0:0 win 100");
        s.In("SF 0:0 win 100");
        s.In("SR 0:0 win 100");
        s.Nothing();
        s.In(". 0:0 ack 5 win 100");
        s.Out("R 5:5 win 0");
        s.In("S. 0:0 ack 5 win 100");
        s.Out("R 5:5 win 0");
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1 win 64240 <mss 1460,sackOK,wscale 10>");
        s.State.ShouldBe(TcpState.SynReceived);
        s.In(". 1:1 ack 1 win 512");
        s.Nothing();
        s.State.ShouldBe(TcpState.Established);
        using Socket socket = listener.Accept();
        s.In("P. 1:101 ack 1 win 512");
        s.Out(". 1:1 ack 101");
        SegmentScript.Read(socket, 1, 101);
        End(s, socket, 1, 101);
    }

    [Fact]
    public void Without_options_the_peer_takes_536_bytes_and_no_scale()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In("S 0:0 win 4000");
        s.Out("S. 0:0 ack 1 win 64240 <mss 1460>");
        s.In(". 1:1 ack 1 win 4000");
        using Socket socket = listener.Accept();
        SegmentScript.Write(socket, 1, 1000);
        s.Out(". 1:537 ack 1", "P. 537:1001 ack 1");
        s.In(". 1:1 ack 1001 win 4000");
        End(s, socket, 1001, 1);
    }

    [Fact]
    public void An_MSS_of_nothing_counts_as_none_and_a_tiny_one_as_48()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In("S 0:0 win 65535 <mss 1>");
        s.Out("S. 0:0 ack 1");
        s.In(". 1:1 ack 1 win 65535");
        using Socket socket = listener.Accept();
        SegmentScript.Write(socket, 1, 90);
        s.Out(". 1:49 ack 1", "P. 49:91 ack 1");
        s.In(". 1:1 ack 91 win 65535");
        End(s, socket, 91, 1);
    }

    [Fact]
    public void Unknown_and_broken_options_do_no_harm()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        // A kind that nobody knows, then ours without alignment.
        s.In("S 0:0 win 65535 <raw FD04ABCD,nop,mss 1000>");
        s.Out("S. 0:0 ack 1 win 64240 <mss 1460>");
        // A length of 0 ends the list; an option of the handshake counts for nothing elsewhere.
        s.In(". 1:1 ack 1 win 65535 <mss 50,raw FD00>");
        using Socket socket = listener.Accept();
        SegmentScript.Write(socket, 1, 1100);
        s.Out(". 1:1001 ack 1", "P. 1001:1101 ack 1");
        s.In(". 1:1 ack 1101 win 65535");
        End(s, socket, 1101, 1);
    }

    [Fact]
    public void The_answer_to_a_SYN_is_repeated_after_1_2_4_8_16_seconds_and_then_forgotten()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        foreach (int seconds in (int[])[1, 2, 4, 8, 16]) s.OutAfter(seconds * 1000, "S. 0:0 ack 1");
        s.After(31_999);
        s.State.ShouldBe(TcpState.SynReceived);
        s.After(1);
        s.State.ShouldBe(TcpState.Closed);
        s.In(". 1:1 ack 1 win 512");
        s.Out("R 1:1 win 0");
    }

    [Fact]
    public void SYN_RECEIVED_from_LISTEN_takes_the_checks_in_order()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        // The SYN again: the answer again, but not for every copy of a flood.
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Nothing();
        // An acknowledgment of what was never sent.
        s.In(". 1:1 ack 2 win 512");
        s.Out("R 2:2 win 0");
        s.In(". 1:1 ack 0 win 512");
        s.Out("R 0:0 win 0");
        // Out of the window: an acknowledgment, at most one in half a second.
        s.In(". 70001:70001 ack 1 win 512");
        s.Nothing();
        s.After(600);
        s.In(". 70001:70001 ack 1 win 512");
        s.Out(". 1:1 ack 1");
        s.In("R 70001:70001 win 0");
        s.Nothing();
        s.State.ShouldBe(TcpState.SynReceived);
        // A SYN within the window ends it, a reset too; both leave the listener alone.
        s.In("S 100:100 win 512");
        s.Out("R. 0:0 ack 101 win 0");
        s.State.ShouldBe(TcpState.Closed);
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.In("R 1:1 win 0");
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => listener.Accept()).ShouldBe(Errno.EAGAIN);
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
    }

    [Fact]
    public void The_third_segment_may_carry_data_and_a_FIN()
    {
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In($"S 0:0 win 65535 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.In("FP. 1:21 ack 1 win 512");
        s.OutAfter(40, ". 1:1 ack 22");
        using Socket socket = listener.Accept();
        SegmentScript.Read(socket, 1, 21);
        socket.Receive(new byte[1]).ShouldBe(0);
        s.State.ShouldBe(TcpState.CloseWait);
        socket.Dispose();
        s.Out("F. 1:1 ack 22");
        s.In(". 22:22 ack 2 win 512");
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void SYN_SENT_offers_everything_and_agrees()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0 win 64240 <mss 1460,sackOK,TS val 0 ecr 0,wscale 10>");
        s.State.ShouldBe(TcpState.SynSent);
        s.After(30);
        s.In($"S. 0:0 ack 1 win 65535 <mss 1400,sackOK,TS val 900 ecr 0,nop,wscale 7>");
        // Echo 0 is the host's clock of the SYN here: see TS val above.
        s.Out(". 1:1 ack 1 win 63 <TS val 30 ecr 900>");
        s.State.ShouldBe(TcpState.Established);
        SegmentScript.ErrnoOf(() => socket.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.None);
        SegmentScript.Write(socket, 1, 2000);
        s.Out(". 1:1389 ack 1 <TS val 30 ecr 900>", "P. 1389:2001 ack 1 <TS val 30 ecr 900>");
        s.In(". 1:1 ack 2001 win 512 <TS val 930 ecr 30>");
        socket.Dispose();
        s.Out("F. 2001:2001 ack 1 <TS val 30 ecr 930>");
        s.In("F. 1:1 ack 2002 win 512 <TS val 931 ecr 30>");
        s.Out(". 2002:2002 ack 2 <TS val 30 ecr 931>");
        s.State.ShouldBe(TcpState.TimeWait);
    }

    [Fact]
    public void A_SYN_is_repeated_after_a_second_four_times_then_doubling_and_given_up()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0");
        foreach (int seconds in (int[])[1, 1, 1, 1, 1, 2, 4, 8, 16, 32]) s.OutAfter(seconds * 1000, "S 0:0");
        s.After(63_999);
        s.State.ShouldBe(TcpState.SynSent);
        s.After(1);
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.ETIMEDOUT);
    }

    [Fact]
    public void SYN_SENT_resets_a_wrong_acknowledgment_ignores_its_reset_and_believes_the_right_one()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0");
        s.In("R. 0:0 ack 2 win 0");
        s.In("R. 0:0 ack 0 win 0");
        s.In("R 0:0 win 0");
        s.In(". 0:0 ack 1 win 100");
        s.In("- 0:0 win 100");
        s.In("F 0:0 win 100");
        s.Nothing();
        s.State.ShouldBe(TcpState.SynSent);
        s.In("R. 0:0 ack 1 win 0");
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.ECONNREFUSED);
    }

    [Fact]
    public void A_half_open_connection_of_the_peer_is_reset_and_the_SYN_goes_again_at_once()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0");
        // The peer still has the connection of an earlier life (RFC 9293 §3.5.1, figure 9).
        s.In(". 0:0 ack 300 win 100");
        s.Out("R 300:300 win 0");
        s.State.ShouldBe(TcpState.SynSent);
        s.OutAfter(8, "S 0:0");
        s.In($"S. 0:0 ack 1 win 65535 <{Offer}>");
        s.Out(". 1:1 ack 1");
        End(s, socket, 1, 1);
    }

    [Fact]
    public void Both_ends_open_at_once()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0");
        s.In($"S 0:0 win 60000 <{Offer}>");
        s.Out("S. 0:0 ack 1 win 64240 <mss 1460,sackOK,wscale 10>");
        s.State.ShouldBe(TcpState.SynReceived);
        // The peer does the same (RFC 9293 §3.5, figure 7).
        s.In($"S. 0:0 ack 1 win 60000 <{Offer}>");
        s.Nothing();
        s.State.ShouldBe(TcpState.Established);
        SegmentScript.Write(socket, 1, 10);
        s.Out("P. 1:11 ack 1");
        s.In(". 1:1 ack 11 win 512");
        End(s, socket, 11, 1);
    }

    [Fact]
    public void A_simultaneous_open_repeats_its_answer_and_ends_by_a_reset_with_ECONNRESET()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0");
        s.In($"S 0:0 win 60000 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.OutAfter(1000, "S. 0:0 ack 1");
        // Not the acknowledgment of our SYN.
        s.In(". 1:1 ack 0 win 512");
        s.Out("R 0:0 win 0");
        s.In(". 1:1 ack 2 win 512");
        s.Out("R 2:2 win 0");
        s.State.ShouldBe(TcpState.SynReceived);
        s.In("R 1:1 win 0");
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Connect(new InetAddress("10.0.0.2", 8080))).ShouldBe(Errno.ECONNRESET);
    }

    [Fact]
    public void A_simultaneous_open_becomes_established_by_a_bare_acknowledgment()
    {
        var s = new SegmentScript();
        using Socket socket = s.Connect();
        s.Out("S 0:0");
        s.In($"S 0:0 win 60000 <{Offer}>");
        s.Out("S. 0:0 ack 1");
        s.In(". 1:1 ack 1 win 512");
        s.State.ShouldBe(TcpState.Established);
        s.Nothing();
        End(s, socket, 1, 1);
    }

    /// <summary>The host closes first, the peer at once: nothing is left but TIME_WAIT.</summary>
    internal static void End(SegmentScript s, Socket socket, uint own, uint peer)
    {
        socket.Dispose();
        s.Out($"F. {own}:{own} ack {peer}");
        s.State.ShouldBe(TcpState.FinWait1);
        s.In($"F. {peer}:{peer} ack {own + 1} win 512");
        s.Out($". {own + 1}:{own + 1} ack {peer + 1}");
        s.State.ShouldBe(TcpState.TimeWait);
    }

    [Fact]
    public void An_echo_of_a_clock_that_no_answer_had_is_answered_and_opens_nothing()
    {
        // As Linux since 6.15: whoever guesses our number has to guess our clock as well.
        var s = new SegmentScript();
        using Socket listener = s.Listen();
        s.In("S 0:0 win 65535 <mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7>");
        s.Take();
        s.Pass(1000);
        // The answer again: both of its clocks are ours.
        s.Take();
        s.In(". 1:1 ack 1 win 512 <TS val 1010 ecr 1001>");
        s.Out(". 1:1 ack 1 <TS val 1000 ecr 1000>");
        s.Ext[TcpExtCounter.TSEcrRejected].ShouldBe(1);
        s.State.ShouldBe(TcpState.SynReceived);
        s.In(". 1:1 ack 1 win 512 <TS val 1010 ecr 1000>");
        s.State.ShouldBe(TcpState.Established);
    }
}
