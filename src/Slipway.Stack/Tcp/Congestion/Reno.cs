namespace Slipway.Stack;

/// <summary>The standard's own algorithm (RFC 5681): a packet a round trip more, half the window less. Keeps no state, so all connections share one.</summary>
internal sealed class Reno : CongestionControl
{
    /// <summary>The one instance.</summary>
    public static Reno Instance { get; } = new();

    private Reno()
    {
    }

    /// <inheritdoc/>
    public override string Name => "reno";

    /// <inheritdoc/>
    public override void OnAcked(ref CongestionWindow window, in AckSample sample)
    {
        if (!window.IsLimiting) return;
        uint acked = sample.AckedPackets;
        if (window.InSlowStart)
        {
            acked = window.GrowSlowStart(acked);
            if (acked == 0) return;
        }
        window.GrowAvoidance(window.Window, acked);
    }

    /// <inheritdoc/>
    public override uint SlowStartThreshold(in CongestionWindow window, long now) => Math.Max(window.Window >> 1, 2);
}
