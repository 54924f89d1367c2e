using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>
/// How a sender mends losses, to the millisecond. The round trip is 100 ms unless stated: the SYN leaves at 0, the first ten segments at 100, their acknowledgments, one a segment, come at 200. RTO is
/// 300 ms: the round trip and the least variation of 200 (Linux tcp_rtt_estimator).
/// </summary>
public sealed class RecoveryTests
{
    private static void NoSack(Sysctl sysctl) => sysctl.Set("net.ipv4.tcp_sack", "0").ShouldBe(Errno.None);

    private static void NoTimestamps(Sysctl sysctl) => sysctl.Set("net.ipv4.tcp_timestamps", "0").ShouldBe(Errno.None);

    private static void Ecn(Sysctl sysctl) => sysctl.Set("net.ipv4.tcp_ecn", "1").ShouldBe(Errno.None);

    private static void RenoWithoutSack(Sysctl sysctl)
    {
        NoSack(sysctl);
        sysctl.Set("net.ipv4.tcp_congestion_control", "reno").ShouldBe(Errno.None);
    }

    // RFC 6928: ten segments at first; slow start doubles them with each round trip.
    [Fact]
    public void The_first_flight_has_ten_segments_and_the_next_twice_as_many()
    {
        TransferLab lab = new TransferLab().Write(100).RunTo(350);
        lab.SentAt(100).ShouldBe(Enumerable.Range(0, 10));
        lab.SentAt(200).ShouldBe(Enumerable.Range(10, 20));
        lab.SentAt(300).ShouldBe(Enumerable.Range(30, 40));
    }

    // RFC 8985 §6.2: with three segments above it reported there is no patience; the retransmission leaves with the third report.
    [Fact]
    public void A_lost_segment_is_sent_again_at_the_third_report()
    {
        TransferLab lab = new TransferLab().Lose(1).Write(10).RunTo(1000);
        lab.TimesOf(1).ShouldBe([100, 200]);
        lab.Sent.Count.ShouldBe(11);
        lab.Count(TcpExtCounter.TCPFastRetrans).ShouldBe(1);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBe(0);
        lab.Received.ShouldBe(10 * lab.Size);
        lab.Sender.State.ShouldBe(CongestionState.Open);
    }

    // RFC 8985 §6.2: one report above it may be reordering: a quarter of the least round trip is waited, and the two ticks of a timer.
    [Fact]
    public void With_a_single_report_RACK_waits_for_a_quarter_of_the_round_trip()
    {
        TransferLab lab = new TransferLab().Lose(8).Write(10).RunTo(1000);
        lab.TimesOf(8).ShouldBe([100, 227]);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBe(0);
    }

    // RFC 2018, 6675: all holes of a flight are known with its acknowledgments, and mended in one round trip.
    [Fact]
    public void Several_holes_are_mended_in_one_round_trip()
    {
        TransferLab lab = new TransferLab().Lose(1).Lose(3).Lose(5).Write(10).RunTo(299);
        lab.SentAt(200).ShouldBe([1, 3, 5], ignoreOrder: true);
        lab.Received.ShouldBe(10 * lab.Size);
        lab.RunTo(1000);
        lab.Sent.Count.ShouldBe(13);
    }

    // RFC 8985 §7.2: two segments out, so the probe leaves two round trips (and two ticks) after the last acknowledgment that advanced; its report tells of the loss before it.
    [Fact]
    public void A_probe_finds_the_loss_of_a_tail()
    {
        TransferLab lab = new TransferLab().Lose(8).Lose(9).Write(10).RunTo(2000);
        lab.TimesOf(9).ShouldBe([100, 408]);
        lab.TimesOf(8).ShouldBe([100, 508]);
        lab.Count(TcpExtCounter.TCPLossProbes).ShouldBe(1);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBe(0);
        lab.Received.ShouldBe(10 * lab.Size);
    }

    // A lone segment might wait for a delayed acknowledgment: two round trips and 200 ms would be later than the RTO, which bounds it.
    [Fact]
    public void A_lone_lost_segment_is_probed_when_the_timeout_would_have_come()
    {
        TransferLab lab = new TransferLab().Lose(9).Write(10).RunTo(2000);
        lab.TimesOf(9).ShouldBe([100, 500]);
        lab.Count(TcpExtCounter.TCPLossProbes).ShouldBe(1);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBe(0);
        // RFC 8985 §7.4: the probe mended a loss, which congestion may have caused.
        lab.Count(TcpExtCounter.TCPLossProbeRecovery).ShouldBe(0);
    }

    // RFC 6298 §5: after the probe the timeout, which doubles each time.
    [Fact]
    public void Without_any_answer_the_timeout_doubles()
    {
        var lab = new TransferLab();
        lab.Write(1).Lose(0, times: 99).RunTo(20_000);
        // 100 + 300 (the probe, bounded by the RTO), + 300, 600, 1200, 2400, 4800, 9600.
        lab.TimesOf(0).ShouldBe([100, 400, 700, 1300, 2500, 4900, 9700, 19_300]);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBe(6);
    }

    // Linux's floor lies on the variation: a round trip of 1 ms has an RTO of 201 ms.
    [Fact]
    public void The_least_timeout_is_200_ms_and_the_round_trip()
    {
        TransferLab lab = new TransferLab(1, configure: static sysctl => sysctl.Set("net.ipv4.tcp_early_retrans", "0").ShouldBe(Errno.None)).Lose(0).Write(1).RunTo(1000);
        lab.TimesOf(0).ShouldBe([1, 202]);
        lab.Sender.Rtt.RtoNanoseconds.ShouldBe(201 * StackClock.Millisecond);
    }

    // RFC 8985 §6: a retransmission that is lost shows by the reports of what was sent after it.
    [Fact]
    public void A_lost_retransmission_is_found_by_what_was_sent_after_it()
    {
        TransferLab lab = new TransferLab().Lose(1, times: 2).Write(40).RunTo(2000);
        lab.TimesOf(1).ShouldBe([100, 200, 300]);
        lab.Count(TcpExtCounter.TCPLostRetransmit).ShouldBe(1);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBe(0);
        lab.Received.ShouldBe(40 * lab.Size);
    }

    // RFC 4015 by timestamps: the acknowledgment of the original comes before that of the retransmission could.
    [Fact]
    public void A_segment_that_was_only_overtaken_gives_the_window_back_by_timestamps()
    {
        TransferLab lab = new TransferLab(lateness: TimeSpan.FromMilliseconds(40)).Delay(1).Write(10).RunTo(230);
        lab.TimesOf(1).ShouldBe([100, 200]);
        lab.Sender.State.ShouldBe(CongestionState.Recovery);
        lab.Sender.Window.SlowStartThreshold.ShouldBeLessThan(CongestionWindow.InfiniteThreshold);
        lab.RunTo(245);
        (lab.Count(TcpExtCounter.TCPFullUndo) + lab.Count(TcpExtCounter.TCPPartialUndo)).ShouldBe(1);
        lab.Sender.Window.SlowStartThreshold.ShouldBe(CongestionWindow.InfiniteThreshold);
        lab.Sender.Window.Window.ShouldBeGreaterThanOrEqualTo(10u);
    }

    // RFC 3708, 2883: without timestamps, the report of a duplicate shows it, a round trip after the retransmission.
    [Fact]
    public void A_segment_that_was_only_overtaken_gives_the_window_back_by_a_duplicate_report()
    {
        TransferLab lab = new TransferLab(lateness: TimeSpan.FromMilliseconds(40), configure: NoTimestamps).Delay(1).Write(60).RunTo(299);
        lab.TimesOf(1).ShouldBe([100, 200]);
        lab.Sender.Window.SlowStartThreshold.ShouldBeLessThan(CongestionWindow.InfiniteThreshold);
        lab.RunTo(305);
        lab.Count(TcpExtCounter.TCPDSACKUndo).ShouldBe(1);
        lab.Sender.Window.SlowStartThreshold.ShouldBe(CongestionWindow.InfiniteThreshold);
    }

    // RFC 5682: the acknowledgments of a flight are late by more than the timeout; when they come, all goes on as before.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_timeout_that_was_in_vain_is_taken_back(bool timestamps)
    {
        var lab = new TransferLab(configure: timestamps ? null : NoTimestamps);
        lab.Write(300).RunTo(150);
        // The way back takes 900 ms longer for a while: what is under way on it was sent before.
        lab.Link.Back = lab.Link.Back with { Delay = TimeSpan.FromMilliseconds(950) };
        lab.RunTo(1000);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBeGreaterThan(0);
        lab.Sender.State.ShouldBe(CongestionState.Loss);
        lab.RunTo(20_000);
        lab.Count(TcpExtCounter.TCPLossUndo).ShouldBe(1);
        lab.Count(TcpExtCounter.TCPSpuriousRTOs).ShouldBe(timestamps ? 0 : 1);
        lab.Sender.Window.SlowStartThreshold.ShouldBe(CongestionWindow.InfiniteThreshold);
        lab.Received.ShouldBe(300 * lab.Size);
    }

    // RFC 3042: the first two duplicates let a new segment out each, so that there are enough for the third.
    [Fact]
    public void The_first_duplicates_let_new_segments_out()
    {
        TransferLab lab = new TransferLab(configure: RenoWithoutSack).Lose(0).Write(40).RunTo(250);
        int[] sent = lab.SentAt(200);
        sent[..3].ShouldBe([10, 11, 0]);
    }

    // RFC 6582: without SACK, one hole a round trip, each shown by a partial acknowledgment.
    [Fact]
    public void Without_SACK_each_hole_takes_a_round_trip()
    {
        TransferLab lab = new TransferLab(configure: RenoWithoutSack).Lose(1).Lose(3).Write(10).RunTo(2000);
        lab.TimesOf(1).ShouldBe([100, 200]);
        lab.TimesOf(3).ShouldBe([100, 300]);
        lab.Count(TcpExtCounter.TCPRenoRecovery).ShouldBe(1);
        lab.Count(TcpExtCounter.TCPTimeouts).ShouldBe(0);
        lab.Received.ShouldBe(10 * lab.Size);
    }

    // RFC 5681 §3.2: a stray duplicate, or two, after everything was acknowledged once, must not lower the threshold of three.
    [Fact]
    public void Without_SACK_the_threshold_stays_at_three()
    {
        TransferLab lab = new TransferLab(configure: RenoWithoutSack).Write(10).RunTo(500);
        lab.Sender.Reordering.ShouldBe(3u);
        lab.Count(TcpExtCounter.TCPRenoReorder).ShouldBe(0);
    }

    // RFC 3168 §6.1.2: a mark counts as a loss for the window, once a round trip, and nothing is sent again.
    [Fact]
    public void A_congestion_mark_reduces_the_window_and_says_so()
    {
        TransferLab lab = new TransferLab(configure: Ecn).Mark(2).Write(60).RunTo(1500);
        lab.Connection.EcnOk.ShouldBeTrue();
        lab.Count(TcpExtCounter.TCPDeliveredCE).ShouldBeGreaterThan(0);
        lab.Reduced.Count.ShouldBe(1);
        lab.Sender.TotalRetransmitted.ShouldBe(0u);
        lab.Sender.Window.SlowStartThreshold.ShouldBeLessThan(CongestionWindow.InfiniteThreshold);
        lab.Received.ShouldBe(60 * lab.Size);
    }

    // RFC 5681 §4.1, RFC 2861: after a pause the window is that of a new connection again.
    [Fact]
    public void After_a_pause_the_window_starts_anew()
    {
        TransferLab lab = new TransferLab().Write(100).RunTo(1000);
        lab.Sender.Window.Window.ShouldBeGreaterThan(40u);
        lab.RunTo(8000).Write(60).RunTo(8050);
        lab.SentAt(8000).Length.ShouldBe(10);
        lab.Received.ShouldBe(100 * lab.Size + 10 * (long)lab.Size);
    }

    // RFC 9937: the window comes down to the threshold within the round trip of the recovery, without a pause and without a burst.
    [Fact]
    public void The_window_comes_down_in_proportion()
    {
        // Each segment is reported by itself: here a window arrives in one instant, and would be told of at once.
        TransferLab lab = new TransferLab(configure: static sysctl =>
        {
            sysctl.Set("net.ipv4.tcp_rmem", "4096 4000000 33554432").ShouldBe(Errno.None);
            sysctl.Set("net.ipv4.tcp_comp_sack_nr", "0").ShouldBe(Errno.None);
        }).Lose(30).Write(400).RunTo(399);
        uint before = lab.Sender.Window.Window;
        lab.RunTo(450);
        lab.Sender.State.ShouldBe(CongestionState.Recovery);
        uint threshold = lab.Sender.Window.SlowStartThreshold;
        int sentInRecovery = lab.SentAt(400).Length;
        sentInRecovery.ShouldBeInRange((int)(threshold * 9 / 10), (int)before);
        lab.RunTo(501);
        lab.Sender.State.ShouldBe(CongestionState.Open);
        lab.Sender.Window.Window.ShouldBeInRange(threshold, threshold + 2);
        lab.RunTo(3000);
        lab.Sender.TotalRetransmitted.ShouldBe(1u);
        lab.Received.ShouldBe(400 * lab.Size);
    }
}
