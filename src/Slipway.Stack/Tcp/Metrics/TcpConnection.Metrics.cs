namespace Slipway.Stack;

/// <summary>What a connection leaves behind for the next one with the same peer.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>The connection ended in good order (Linux tcp_update_metrics).</summary>
    private void RememberMetrics()
    {
        TcpSysctl sysctl = Sysctl;
        if (sysctl.NoMetricsSave.IsOn || _path is null or { IsUnknown: true }) return;
        TcpMetricsTable table = Layer.Metrics;
        if (Sender.Rtt.Backoff > 0 || !Sender.Rtt.HasSample)
        {
            // No answer in time: what was known is not worth much.
            if (table.Find(LocalAddress, RemoteAddress) is { } known) known.RoundTrip = 0;
            return;
        }
        TcpMetrics metrics = table.FindOrAdd(LocalAddress, RemoteAddress);
        metrics.TakeRoundTrip(Sender.Rtt);
        uint reordering = Sender.Reordering == (uint)sysctl.Reordering.Value ? 0 : Sender.Reordering;
        metrics.TakeWindow(Sender.Window, Sender.State, reordering, keepsThreshold: !sysctl.NoThresholdMetricsSave.IsOn);
        metrics.ChangedAt = Now;
    }
}
