namespace Slipway.Bench;

/// <summary>The rows of <c>slipway bench udp</c>.</summary>
public static class UdpBenches
{
    private const string Datagrams = "datagrams/s", RoundTrips = "round trips/s";

    private static readonly Row[] Table =
    [
        new("udp.rate64", Datagrams, static () => new UdpRate(VirtualHosts.Pair(), 64), static () => new UdpRate(KernelHosts.Loopback(), 64)),
        new("udp.rate1400", Datagrams, static () => new UdpRate(VirtualHosts.Pair(), 1400), static () => new UdpRate(KernelHosts.Loopback(), 1400)),
        new("udp.roundtrip", RoundTrips, static () => new UdpRoundTrip(VirtualHosts.Pair(), 1), static () => new UdpRoundTrip(KernelHosts.Loopback(), 1)),
        new("udp.roundtrip64", RoundTrips, static () => new UdpRoundTrip(VirtualHosts.Pair(), 64), static () => new UdpRoundTrip(KernelHosts.Loopback(), 64)),
        new("udp.roundtrip.async", RoundTrips, static () => new UdpRoundTripAsync(VirtualHosts.Pair()), static () => new UdpRoundTripAsync(KernelHosts.Loopback())),
        new("udp.forward", Datagrams, static () => new UdpRate(VirtualHosts.Routed(), 64), static () => KernelHosts.Routed() is { } pair ? new UdpRate(pair, 64) : null),
        new("timers.arm", "timers/s", static () => new TimerArming(), static () => null),
        new("checksum.1500", "packets/s", static () => new Checksums(), static () => null),
    ];

    /// <summary>The names of the rows, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>Measures the rows one after the other.</summary>
    /// <param name="options">How long.</param>
    /// <param name="begun">Called before each row with its number from 0.</param>
    /// <param name="cancellationToken">Ends the bench early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IEnumerable<BenchResult> Run(BenchOptions options, Action<int>? begun = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var measurement = new Measurement(options, cancellationToken);
        for (int i = 0; i < Table.Length; i++)
        {
            begun?.Invoke(i);
            using IWorkload slipway = Table[i].Slipway();
            using IWorkload? kernel = Table[i].Kernel();
            yield return measurement.Compare(Table[i].Name, Table[i].Unit, slipway, kernel);
        }
    }

    private sealed record Row(string Name, string Unit, Func<IWorkload> Slipway, Func<IWorkload?> Kernel);
}
