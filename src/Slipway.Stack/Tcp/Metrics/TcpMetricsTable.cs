using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The metrics of destinations that a host has had connections with (net.ipv4.tcp_no_metrics_save, tcp_metrics(8)).</summary>
internal sealed class TcpMetricsTable(StackLoop loop)
{
    private const int MostDestinations = 1024;

    /// <summary>What was not renewed for so long counts no more.</summary>
    private const long Lifetime = 3600 * StackClock.Second;

    private readonly Dictionary<(IpAddress Local, IpAddress Remote), TcpMetrics> _destinations = [];

    /// <summary>What is known of a destination; null for nothing.</summary>
    public TcpMetrics? Find(IpAddress local, IpAddress remote)
    {
        if (!_destinations.TryGetValue((local, remote), out TcpMetrics? metrics)) return null;
        if (loop.Now - metrics.ChangedAt <= Lifetime) return metrics;
        metrics.Forget();
        metrics.ChangedAt = loop.Now;
        return metrics;
    }

    /// <summary>What is known of a destination, or a place for it.</summary>
    public TcpMetrics FindOrAdd(IpAddress local, IpAddress remote)
    {
        if (Find(local, remote) is { } known) return known;
        // Rather begin anew than keep the one that was used last for ever: what is lost are a few first guesses.
        if (_destinations.Count >= MostDestinations) _destinations.Clear();
        return _destinations[(local, remote)] = new TcpMetrics();
    }

    /// <summary>Whether connections with the destination have been closed in good order: then it is no invention of an attacker (Linux tcp_peer_is_proven).</summary>
    public bool IsProven(IpAddress local, IpAddress remote) => Find(local, remote) is { RoundTrip: > 0 };
}
