using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>What a host remembers of a destination (tcp_metrics(8)), and what the next connection does with it.</summary>
public sealed class MetricsScripts
{
    [Fact]
    public void The_first_timeout_goes_by_the_round_trip_of_earlier_connections()
    {
        var s = new SegmentScript();
        MeasureRoundTrip(s, 100);
        using Socket socket = s.Connected("mss 1460");
        TcpSender sender = s.Connection!.Sender;
        sender.Rto.ShouldBe(300 * StackClock.Millisecond); // 100 and twice that, at least the 200 of tcp_rto_min_us
        sender.Rtt.SmoothedMicroseconds.ShouldBe(0u); // the estimate is its own
        // What is measured of data counts from then on.
        SegmentScript.Write(socket, 1, 100);
        s.Out("P. 1:101 ack 1");
        s.After(8);
        s.In(". 1:1 ack 101");
        sender.Rto.ShouldBeLessThan(220 * StackClock.Millisecond);
    }

    [Fact]
    public void A_listeners_connection_begins_with_it_too()
    {
        var s = new SegmentScript();
        MeasureRoundTrip(s, 100);
        s.OwnPort = 80;
        s.PeerPort = 40000;
        using Socket socket = s.Accepted("mss 1460");
        s.Connection!.Sender.Rto.ShouldBe(300 * StackClock.Millisecond);
    }

    [Theory]
    [InlineData("net.ipv4.tcp_no_metrics_save", false, 0)]
    [InlineData("net.ipv4.tcp_sack", true, 0)] // a reset tells nothing
    [InlineData("net.ipv4.tcp_sack", false, 3_601_000)] // after an hour it is forgotten
    public void Nothing_is_remembered(string settingThatIsOne, bool endsByReset, int waitMilliseconds)
    {
        var s = new SegmentScript(settings: (settingThatIsOne, "1"));
        MeasureRoundTrip(s, 100, endsByReset);
        s.Pass(waitMilliseconds);
        using Socket socket = s.Connected("mss 1460");
        s.Connection!.Sender.Rto.ShouldBe(200 * StackClock.Millisecond);
    }

    [Fact]
    public void A_connection_that_went_unanswered_takes_the_round_trip_back()
    {
        var s = new SegmentScript();
        MeasureRoundTrip(s, 100);
        Socket socket = s.Connected("mss 1460");
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.Pass(5000);
        s.TakeAll();
        s.Connection!.Sender.Rtt.Backoff.ShouldBeGreaterThan((byte)0);
        s.In("F. 1:1 ack 1"); // both close: what ends it is the acknowledgment of the FIN that was sent again
        s.TakeAll();
        IsProven(s).ShouldBeTrue();
        s.In(". 2:2 ack 2");
        s.State.ShouldBe(TcpState.TimeWait);
        IsProven(s).ShouldBeFalse();
    }

    [Theory]
    [InlineData("0", 20u)]
    [InlineData("1", CongestionWindow.InfiniteThreshold)]
    public void The_threshold_is_taken_over_where_it_is_to_be_kept_and_the_reordering_always(string forgetsThreshold, uint threshold)
    {
        var s = new SegmentScript(settings: ("net.ipv4.tcp_no_ssthresh_metrics_save", forgetsThreshold));
        TcpMetrics metrics = s.Host.Tcp.Metrics.FindOrAdd(SegmentScript.Own, SegmentScript.Peer);
        (metrics.Threshold, metrics.Reordering) = (20, 7);
        using Socket socket = s.Connected("mss 1460");
        TcpSender sender = s.Connection!.Sender;
        (sender.Window.SlowStartThreshold, sender.Reordering, sender.Window.Window).ShouldBe((threshold, 7u, 10u));
    }

    [Fact]
    public void Round_trips_are_kept_long_rather_than_short()
    {
        var metrics = new TcpMetrics();
        Take(metrics, 100_000);
        (metrics.RoundTrip, metrics.Deviation).ShouldBe((800_000u, 400_000u));
        Take(metrics, 200_000);
        metrics.RoundTrip.ShouldBe(1_600_000u);
        Take(metrics, 100_000); // an eighth of the way down
        metrics.RoundTrip.ShouldBe(1_500_000u);
        metrics.Deviation.ShouldBe(400_000u); // half the difference
        Take(metrics, 190_000);
        (metrics.RoundTrip, metrics.Deviation).ShouldBe((1_520_000u, 395_000u)); // a quarter of the way down to 380,000
    }

    [Fact]
    public void What_a_window_tells_depends_on_how_far_the_connection_came()
    {
        var metrics = new TcpMetrics { Threshold = 8, Window = 12 };
        CongestionWindow window = CongestionWindow.Create(40, 0);
        metrics.TakeWindow(window, CongestionState.Open, 0, keepsThreshold: true);
        (metrics.Threshold, metrics.Window).ShouldBe((20u, 40u)); // slow start did not end
        window.SlowStartThreshold = 30;
        metrics.TakeWindow(window, CongestionState.Open, 0, keepsThreshold: true);
        (metrics.Threshold, metrics.Window).ShouldBe((30u, 40u)); // congestion avoidance
        window.SlowStartThreshold = 60;
        metrics.TakeWindow(window, CongestionState.Recovery, 9, keepsThreshold: false);
        (metrics.Threshold, metrics.Window, metrics.Reordering).ShouldBe((30u, 50u, 9u)); // recovery: the window is none
    }

    [Fact]
    public void Known_peers_still_get_in_where_the_queue_of_requests_is_nearly_full()
    {
        var s = new SegmentScript(settings: [("net.ipv4.tcp_syncookies", "0"), ("net.ipv4.tcp_max_syn_backlog", "1")]);
        using Socket listener = s.Listen(backlog: 100);
        s.Host.Sysctl.Set("net.ipv4.tcp_max_syn_backlog", "8").ShouldBe(Errno.None);
        for (int i = 0; i < 7; i++) Offer(s);
        Offer(s);
        s.Nothing(); // the last quarter is for those who are known
        s.Host.Tcp.Metrics.FindOrAdd(SegmentScript.Own, SegmentScript.Peer).RoundTrip = 1;
        Offer(s);
        s.Take().Flags.ShouldBe(TcpFlags.Syn | TcpFlags.Ack);
    }

    private static bool IsProven(SegmentScript s)
    {
        using LoopScope scope = s.Loop.Enter();
        return s.Host.Tcp.Metrics.IsProven(SegmentScript.Own, SegmentScript.Peer);
    }

    private static void Offer(SegmentScript s)
    {
        s.PeerPort++;
        s.TakeAll();
        s.In("S 0:0 win 65535 <mss 1460>");
    }

    private static void Take(TcpMetrics metrics, int microseconds)
    {
        var measured = new RttEstimator(0);
        measured.Sample(microseconds, 0, 0);
        metrics.TakeRoundTrip(measured);
    }

    /// <summary>A connection to the peer whose round trips all take so long, closed by both.</summary>
    private static void MeasureRoundTrip(SegmentScript s, int milliseconds, bool endsByReset = false)
    {
        Socket socket = s.Connect();
        s.Take();
        s.After(milliseconds);
        s.In("S. 0:0 ack 1 win 65535 <mss 1460>");
        s.Out(". 1:1 ack 1");
        if (endsByReset)
        {
            s.In("R. 1:1 ack 1");
            socket.Dispose();
            return;
        }
        socket.Dispose();
        s.Out("F. 1:1 ack 1");
        s.After(milliseconds);
        s.In("F. 1:1 ack 2");
        s.Out(". 2:2 ack 2");
    }
}
