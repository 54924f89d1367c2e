using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of keepalive (RFC 9293 §3.8.4) and of giving up (§3.8.3).</summary>
public sealed class KeepAliveScripts
{
    private static void KeepAlive(Socket socket)
    {
        socket.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_KEEPALIVE, 1);
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_KEEPIDLE, 10);
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_KEEPINTVL, 5);
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_KEEPCNT, 3);
    }

    [Fact]
    public void Without_SO_KEEPALIVE_silence_lasts_for_ever()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.After(TimeSpan.FromDays(30));
        s.Nothing();
        s.State.ShouldBe(TcpState.Established);
    }

    [Fact]
    public void A_probe_has_an_old_number_and_no_data_and_any_answer_postpones_the_next()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        KeepAlive(socket);
        s.OutAfter(10_000, ". 0:0 ack 1");
        s.In(". 1:1 ack 1 win 512");
        s.OutAfter(10_000, ". 0:0 ack 1");
        // One lost answer does not matter (MUST-29).
        s.OutAfter(5_000, ". 0:0 ack 1");
        s.In(". 1:1 ack 1 win 512");
        s.OutAfter(10_000, ". 0:0 ack 1");
        // Data count as well as an answer: no probe while they come (MUST-26).
        s.In("P. 1:11 ack 1 win 512");
        s.Out(". 1:1 ack 11");
        s.OutAfter(10_000, ". 0:0 ack 11");
    }

    [Fact]
    public void After_the_last_probe_in_vain_the_peer_is_reset_and_the_program_told()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        KeepAlive(socket);
        s.OutAfter(10_000, ". 0:0 ack 1");
        s.OutAfter(5_000, ". 0:0 ack 1");
        s.OutAfter(5_000, ". 0:0 ack 1");
        s.OutAfter(5_000, "R. 1:1 ack 1");
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[1])).ShouldBe(Errno.ETIMEDOUT);
    }

    [Fact]
    public void The_first_probe_comes_after_two_hours()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted(configure: static x => x.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_KEEPALIVE, 1));
        s.OutAfter(7_200_000, ". 0:0 ack 1");
    }

    [Fact]
    public void Our_answer_to_a_probe_is_an_acknowledgment()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In(". 0:0 ack 1 win 512");
        s.Out(". 1:1 ack 1");
        // One with a garbage byte, as old stacks send them.
        s.In(". 0:1 ack 1 win 512");
        s.Out(". 1:1 ack 1 <sack 0:1>");
    }

    [Fact]
    public void Data_are_sent_again_at_doubling_distances_until_the_first_timeout_after_924_6_seconds()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460");
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        double wait = 0, total = 0;
        int count = 0;
        while (s.State == TcpState.Established)
        {
            long before = s.Clock.Now;
            long next = s.Loop.NextDeadline!.Value;
            s.Clock.AdvanceTo(next);
            s.Loop.RunDue();
            total += (next - before) / 1e6;
            List<ScriptSegment> sent = s.TakeAll();
            if (sent.Count == 0) continue;
            sent.ShouldHaveSingleItem().Sequence.ShouldBe(1u);
            count++;
            if (wait > 0) ((next - before) / 1e6).ShouldBe(Math.Min(2 * wait, 120_000), 1);
            wait = (next - before) / 1e6;
        }
        // tcp_retries2 of 15 stands for 924.6 s from the first repetition on (ip-sysctl); the timeout before that comes 200 ms too early.
        count.ShouldBe(16);
        total.ShouldBe(1_044_600, 400);
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[1])).ShouldBe(Errno.ETIMEDOUT);
    }

    [Fact]
    public void TCP_USER_TIMEOUT_is_the_time_after_which_a_program_gives_up()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460");
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_USER_TIMEOUT, 3000);
        SegmentScript.Write(socket, 1, 100);
        while (s.State == TcpState.Established)
        {
            s.TakeAll();
            s.Clock.AdvanceTo(s.Loop.NextDeadline!.Value);
            s.Loop.RunDue();
        }
        s.Now.ShouldBe(3000, 250);
    }

    [Fact]
    public void What_is_acknowledged_in_between_does_not_begin_the_time_of_tcp_retries2_anew()
    {
        // Asked of Linux 6.18: the time runs from the first repetition until all that was under way then is acknowledged.
        var s = new SegmentScript(settings: [("net.ipv4.tcp_retries2", "6"), ("net.ipv4.tcp_early_retrans", "0"), ("net.ipv4.tcp_timestamps", "0")]);
        using Socket socket = s.Accepted("mss 500", configure: static x => x.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_NODELAY, 1));
        for (uint from = 1; from <= 1501; from += 500) SegmentScript.Write(socket, from, 500);
        s.Pass(1500);
        s.TakeAll();
        s.In(". 1:1 ack 501 win 65535");
        s.Pass(5500);
        s.TakeAll();
        s.In(". 1:1 ack 1001 win 65535");
        s.Pass(18_000);
        s.State.ShouldBe(TcpState.Established);
        s.Pass(3_000);
        s.State.ShouldBe(TcpState.Closed);
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[1])).ShouldBe(Errno.ETIMEDOUT);
    }
}
