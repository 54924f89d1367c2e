namespace Slipway.Stack;

/// <summary>What is remembered of a destination from connection to connection (Linux struct tcp_metrics_block); 0 where nothing is.</summary>
internal sealed class TcpMetrics
{
    /// <summary>The smoothed round trip in eighths of a microsecond, the largest as long as they grow: too long is better than too short.</summary>
    public uint RoundTrip;

    /// <summary>Its mean deviation in quarters of a microsecond.</summary>
    public uint Deviation;

    /// <summary>Segments: the slow start threshold (kept only where tcp_no_ssthresh_metrics_save is 0), the window, and how far they overtake each other.</summary>
    public uint Threshold, Window, Reordering;

    /// <summary>When it was last changed, nanoseconds.</summary>
    public long ChangedAt;

    /// <summary>All but the time is forgotten.</summary>
    public void Forget() => RoundTrip = Deviation = Threshold = Window = Reordering = 0;

    /// <summary>A connection ends that has measured round trips (Linux tcp_update_metrics).</summary>
    public void TakeRoundTrip(in RttEstimator measured)
    {
        int difference = (int)(RoundTrip - measured.SmoothedEighths);
        RoundTrip = difference <= 0 ? measured.SmoothedEighths : RoundTrip - ((uint)difference >> 3);
        uint deviation = Math.Max((uint)Math.Abs(difference) >> 1, measured.DeviationQuarters);
        Deviation = deviation >= Deviation ? deviation : Deviation - (Deviation - deviation >> 2);
    }

    /// <summary>A connection ends: what its window tells.</summary>
    /// <param name="window">The window.</param>
    /// <param name="state">What the sender did last.</param>
    /// <param name="reordering">How far its segments overtook each other; 0 where that is the usual.</param>
    /// <param name="keepsThreshold">tcp_no_ssthresh_metrics_save is 0.</param>
    public void TakeWindow(in CongestionWindow window, CongestionState state, uint reordering, bool keepsThreshold)
    {
        if (window.IsInFirstSlowStart)
        {
            // Slow start did not end.
            if (keepsThreshold && Threshold != 0 && window.Window >> 1 > Threshold) Threshold = window.Window >> 1;
            Window = Math.Max(Window, window.Window);
        }
        else if (!window.InSlowStart && state == CongestionState.Open)
        {
            if (keepsThreshold) Threshold = Math.Max(window.Window >> 1, window.SlowStartThreshold);
            Window = (Window + window.Window) >> 1;
        }
        else
        {
            // The window is one of a recovery: only the threshold means something.
            Window = (uint)(((ulong)Window + window.SlowStartThreshold) >> 1);
            if (keepsThreshold && Threshold != 0 && window.SlowStartThreshold > Threshold) Threshold = window.SlowStartThreshold;
            Reordering = Math.Max(Reordering, reordering);
        }
    }
}
