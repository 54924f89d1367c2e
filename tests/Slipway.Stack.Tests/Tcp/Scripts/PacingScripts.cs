using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>SO_MAX_PACING_RATE: the data of a connection leave at that rate, whatever the congestion control.</summary>
public sealed class PacingScripts
{
    private const long RoundTrip = 20 * StackClock.Millisecond;

    [Fact]
    public void Segments_leave_at_the_rate_that_was_set()
    {
        var s = new SegmentScript();
        using Socket socket = Accept(s);
        byte[] data = ScriptSegment.Pattern(1, 60_001);
        var acknowledgments = new Queue<(long At, uint End)>();
        var times = new List<double>();
        int written = 0;
        while (acknowledgments.Count > 0 || times.Count == 0)
        {
            if (written < data.Length) SegmentScript.ErrnoOf(() => written += socket.Send(data.AsSpan(written))).ShouldBeOneOf(Errno.None, Errno.EAGAIN);
            foreach (ScriptSegment segment in s.TakeAll())
            {
                acknowledgments.Enqueue((s.Clock.Now + RoundTrip, segment.End));
                times.Add(s.Now);
            }
            (long at, uint end) = acknowledgments.Peek();
            s.Clock.AdvanceTo(Math.Max(Math.Min(at, s.Loop.NextDeadline ?? at), s.Clock.Now));
            s.Loop.RunDue();
            if (s.Clock.Now < at) continue;
            acknowledgments.Dequeue();
            s.Inject(ScriptSegment.Parse($". 1:1 ack {end} win 512"));
        }
        times.Count.ShouldBe(60);
        // The first ten may go at once, and each further one takes 10 ms; a packet holds two.
        (times[^1] - times[0]).ShouldBe(500, 20);
        for (int i = 12; i < times.Count; i += 2) (times[i] - times[i - 2]).ShouldBe(20, 0.1);
    }

    private static Socket Accept(SegmentScript s)
    {
        Socket listener = s.Listen(configure: static x =>
        {
            x.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_CONGESTION, "cubic"u8);
            x.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_MAX_PACING_RATE, 100_000);
        });
        s.In("S 0:0 win 65535 <mss 1000,nop,wscale 7>");
        s.Take();
        s.Pass(20);
        s.In(". 1:1 ack 1 win 512");
        Socket socket = listener.Accept();
        socket.NonBlocking = true;
        listener.Dispose();
        return socket;
    }

    [Fact]
    public void A_connection_of_a_listener_has_its_rate()
    {
        var s = new SegmentScript();
        using Socket socket = s.Accepted("mss 1000", configure: static x => x.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_MAX_PACING_RATE, 100_000));
        byte[] rate = new byte[8];
        socket.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_MAX_PACING_RATE, rate).ShouldBe(8);
        BitConverter.ToUInt64(rate).ShouldBe(100_000ul);
        s.Connection!.Sender.IsPaced.ShouldBeTrue();
    }
}
