using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Segment scripts of windows: closed and probed, silly and avoided, shrinking (RFC 9293 §3.8.6).</summary>
public sealed class WindowScripts
{
    [Fact]
    public void A_closed_window_is_probed_with_an_old_number_at_doubling_distances_up_to_two_minutes()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In(". 1:1 ack 1 win 0");
        SegmentScript.Write(socket, 1, 100);
        s.Nothing();
        double wait = 200;
        for (int i = 0; i < 12; i++)
        {
            s.Await().ShouldBe(Math.Min(wait, 120_000), 1);
            s.Out(". 0:0 ack 1");
            wait *= 2;
            // Every probe is answered: the connection lives however long the window stays closed (MUST-37).
            s.In(". 1:1 ack 1 win 0");
        }
        s.State.ShouldBe(TcpState.Established);
        s.In(". 1:1 ack 1 win 512");
        s.Out("P. 1:101 ack 1");
        s.In(". 1:1 ack 101 win 512");
        OpeningScripts.End(s, socket, 101, 1);
    }

    [Fact]
    public void A_window_that_stays_closed_for_a_day_ends_nothing()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In(". 1:1 ack 1 win 0");
        SegmentScript.Write(socket, 1, 100);
        for (long end = s.Clock.Now + 24 * 3600 * StackClock.Second; s.Clock.Now < end;)
        {
            s.Await().ShouldBeLessThanOrEqualTo(120_001);
            s.Out(". 0:0 ack 1");
            s.In(". 1:1 ack 1 win 0");
        }
        s.State.ShouldBe(TcpState.Established);
        s.In(". 1:1 ack 1 win 512");
        s.Out("P. 1:101 ack 1");
    }

    [Fact]
    public void Probes_without_an_answer_end_the_connection()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        s.In(". 1:1 ack 1 win 0");
        SegmentScript.Write(socket, 1, 100);
        int probes = 0;
        while (s.State == TcpState.Established)
        {
            if (s.Loop.NextDeadline is not { } next) break;
            s.Clock.AdvanceTo(next);
            s.Loop.RunDue();
            probes += s.TakeAll().Count;
        }
        probes.ShouldBe(15); // tcp_retries2
        SegmentScript.ErrnoOf(() => socket.Receive(new byte[1])).ShouldBe(Errno.ETIMEDOUT);
    }

    [Fact]
    public void Into_a_window_smaller_than_a_segment_data_go_only_when_the_timer_overrides()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460", window: 500);
        SegmentScript.Write(socket, 1, 1000);
        s.Out("P. 1:501 ack 1");
        s.In(". 1:1 ack 501 win 100");
        s.Nothing();
        s.Await().ShouldBe(200, 1);
        s.Out("P. 501:601 ack 1");
        s.In(". 1:1 ack 601 win 2000");
        s.Out("P. 601:1001 ack 1");
    }

    [Fact]
    public void Nagle_holds_a_small_segment_while_one_is_under_way_and_TCP_NODELAY_does_not()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 10);
        s.Out("P. 1:11 ack 1");
        SegmentScript.Write(socket, 11, 10);
        SegmentScript.Write(socket, 21, 10);
        s.Nothing();
        s.In(". 1:1 ack 11 win 512");
        s.Out("P. 11:31 ack 1");
        socket.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_NODELAY, 1);
        SegmentScript.Write(socket, 31, 10);
        s.Out("P. 31:41 ack 1");
        s.In(". 1:1 ack 41 win 512");
    }

    [Fact]
    public void Full_segments_go_at_once_and_the_last_has_the_push()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 3000);
        s.Out(". 1:1461 ack 1", ". 1461:2921 ack 1", "P. 2921:3001 ack 1");
        s.In(". 1:1 ack 3001 win 512");
        SegmentScript.Write(socket, 3001, 1000, MessageFlags.MSG_MORE);
        s.Nothing();
        SegmentScript.Write(socket, 4001, 1000, MessageFlags.MSG_MORE);
        s.Out(". 3001:4461 ack 1");
        // What waits only for full segments goes, as Linux has it (Minshall).
        SegmentScript.Write(socket, 5001, 10);
        s.Out("P. 4461:5011 ack 1");
        s.In(". 1:1 ack 4461 win 512");
        s.In(". 1:1 ack 5011 win 512");
    }

    [Fact]
    public void Our_window_closes_as_the_buffer_fills_never_shrinks_and_opens_by_half_at_once()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460", configure: static x => x.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVBUF, 16384));
        uint next = 1, edge = 0;
        int window = int.MaxValue;
        while (window > 0)
        {
            s.Inject(ScriptSegment.Parse($"P. {next}:{next + 500} ack 1 win 65535"));
            next += 500;
            if (s.Connection!.Receiver.IsAckScheduled) s.Await();
            foreach (ScriptSegment answer in s.TakeAll())
            {
                answer.Acknowledgment.ShouldBeLessThanOrEqualTo(next);
                window = answer.Window!.Value;
                // Never to the left (SHLD-14).
                (answer.Acknowledgment + (uint)window).ShouldBeGreaterThanOrEqualTo(edge);
                edge = answer.Acknowledgment + (uint)window;
            }
            next.ShouldBeLessThan(100_000u);
        }
        next = edge;
        // A probe: answered, not taken.
        s.In($"P. {next}:{next + 1} ack 1 win 65535");
        s.Out($". 1:1 ack {next} win 0");
        // Reading a little says nothing to the peer: no silly window (MUST-39).
        SegmentScript.Read(socket, 1, 301);
        s.Nothing();
        // What opens half the buffer does.
        SegmentScript.Read(socket, 301, next);
        ScriptSegment update = s.Take();
        update.Window!.Value.ShouldBeGreaterThanOrEqualTo(1460);
        s.Nothing();
        s.In($"P. {next}:{next + 500} ack 1 win 65535");
        SegmentScript.Read(socket, next, next + 500);
    }

    [Fact]
    public void A_closed_window_still_lets_acknowledgments_resets_urgent_news_and_a_bare_FIN_in()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460", configure: static x => x.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RCVBUF, 4608));
        uint next = Fill(s);
        SegmentScript.Write(socket, 1, 100);
        s.Out($"P. 1:101 ack {next} win 0");
        s.In($". {next}:{next} ack 101 win 65535");
        s.Connection!.Sender.PacketsOut.ShouldBe(0u);
        s.In($".U {next}:{next} ack 101 win 65535 urg 20");
        s.Process.Signals.ShouldBeEmpty();
        s.Connection.Receiver.Urgent.ShouldBe(UrgentState.Announced);
        s.In($"F. {next}:{next} ack 101 win 65535");
        s.State.ShouldBe(TcpState.CloseWait);
        s.Await().ShouldBeLessThanOrEqualTo(200);
        s.Out($". 101:101 ack {next + 1} win 0");
        s.In($"R {next + 1}:{next + 1} win 0");
        s.State.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void A_peer_that_shrinks_its_window_gets_the_old_again_and_nothing_new()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1460", window: 65535);
        SegmentScript.Write(socket, 1, 4380);
        s.Out(". 1:1461 ack 1", ". 1461:2921 ack 1", "P. 2921:4381 ack 1");
        s.In(". 1:1 ack 1461 win 1000");
        SegmentScript.Write(socket, 4381, 1000);
        s.Nothing();
        for (int i = 0; i < 30; i++)
        {
            s.Await();
            foreach (ScriptSegment segment in s.TakeAll())
            {
                segment.Sequence.ShouldBe(1461u);
                segment.End.ShouldBeLessThanOrEqualTo(2461u);
            }
            // The peer lives, but takes nothing: the connection must not be given up (SHLD-17).
            s.Inject(ScriptSegment.Parse(". 1:1 ack 1461 win 0"));
            s.TakeAll();
        }
        s.State.ShouldBe(TcpState.Established);
        s.Inject(ScriptSegment.Parse(". 1:1 ack 1461 win 65535"));
        uint reached = 1461;
        for (int i = 0; i < 50 && reached < 5381; i++)
        {
            List<ScriptSegment> sent = s.TakeAll();
            if (sent.Count == 0)
            {
                s.Await();
                continue;
            }
            foreach (ScriptSegment segment in sent) if (segment.Sequence <= reached && segment.End > reached) reached = segment.End;
            s.Inject(ScriptSegment.Parse($". 1:1 ack {reached} win 65535"));
        }
        reached.ShouldBe(5381u);
    }

    [Fact]
    public void Optimistic_acknowledgments_of_the_unsent_open_nothing()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted();
        SegmentScript.Write(socket, 1, 30_000);
        int sent = s.TakeAll().Count;
        sent.ShouldBe(10);
        uint window = s.Connection!.Sender.Window.Window;
        s.Inject(ScriptSegment.Parse(". 1:1 ack 30001 win 512"));
        s.TakeAll().Select(static x => ScriptSegment.Name(x.Flags)).ShouldBe(["."]);
        s.Connection.Sender.Window.Window.ShouldBe(window);
        s.Connection.Sender.SndUna.ShouldBe(s.OwnNumber + 1);
    }

    /// <summary>Sends until the host's window is closed.</summary>
    /// <returns>The next number.</returns>
    internal static uint Fill(SegmentScript s)
    {
        uint next = 1;
        for (int i = 0; i < 200; i++)
        {
            s.Inject(ScriptSegment.Parse($"P. {next}:{next + 200} ack 1 win 65535"));
            if (s.Connection!.Receiver.IsAckScheduled) s.Await();
            ScriptSegment answer = s.TakeAll()[^1];
            next = answer.Acknowledgment;
            if (answer.Window == 0) return next;
        }
        throw new ShouldAssertException($"The window does not close: {next} bytes were taken.");
    }
}
