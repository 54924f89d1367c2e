using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>RFC 5681 section 3.1.</summary>
public sealed class RenoTests
{
    [Fact]
    public void The_window_doubles_each_round_trip_then_grows_by_one()
    {
        var flow = new CongestionFlow(Reno.Instance);
        flow.Window.SlowStartThreshold = 80;

        var windows = new List<uint>();
        for (int round = 0; round < 6; round++) windows.Add(flow.Round(100).Window.Window);

        windows.ShouldBe([20u, 40, 80, 81, 82, 83]);
    }

    [Theory]
    [InlineData(20u, 10u)]
    [InlineData(21u, 10u)]
    [InlineData(3u, 2u)] // never less than two segments (equation 4)
    [InlineData(1u, 2u)]
    public void Loss_halves(uint window, uint threshold) =>
        Reno.Instance.SlowStartThreshold(CongestionWindow.Create(window, 0), 0).ShouldBe(threshold);

    [Fact]
    public void A_needless_reduction_is_undone_to_the_window_before_it_but_keeps_what_was_gained()
    {
        CongestionWindow w = CongestionWindow.Create(10, 0);
        w.PriorWindow = 20;
        Reno.Instance.UndoWindow(w).ShouldBe(20u);
        w.Window = 30;
        Reno.Instance.UndoWindow(w).ShouldBe(30u);
    }

    [Fact]
    public void A_sender_that_does_not_use_its_window_does_not_grow_it()
    {
        var flow = new CongestionFlow(Reno.Instance);
        flow.Window.IsWindowLimited = false;
        flow.Rounds(5, 100).Window.Window.ShouldBe(10u); // RFC 7661 section 4.3
    }

    [Fact]
    public void All_connections_share_the_one_instance() =>
        CongestionRegistry.Create("reno").ShouldBeSameAs(CongestionRegistry.Create("reno"));
}
