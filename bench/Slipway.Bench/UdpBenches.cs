namespace Slipway.Bench;

/// <summary>The rows of <c>slipway bench udp</c>.</summary>
public static class UdpBenches
{
    private const string Datagrams = "datagrams/s", RoundTrips = "round trips/s";

    private static readonly BenchRow[] Table =
    [
        BenchRow.Comparing("udp.rate64", Datagrams, static () => new UdpRate(VirtualHosts.Pair(), 64), static () => new UdpRate(KernelHosts.Loopback(), 64)),
        BenchRow.Comparing("udp.rate1400", Datagrams, static () => new UdpRate(VirtualHosts.Pair(), 1400), static () => new UdpRate(KernelHosts.Loopback(), 1400)),
        BenchRow.Comparing("udp.roundtrip", RoundTrips, static () => new UdpRoundTrip(VirtualHosts.Pair(), 1), static () => new UdpRoundTrip(KernelHosts.Loopback(), 1)),
        BenchRow.Comparing("udp.roundtrip64", RoundTrips, static () => new UdpRoundTrip(VirtualHosts.Pair(), 64), static () => new UdpRoundTrip(KernelHosts.Loopback(), 64)),
        BenchRow.Comparing("udp.roundtrip.async", RoundTrips, static () => new UdpRoundTripAsync(VirtualHosts.Pair()), static () => new UdpRoundTripAsync(KernelHosts.Loopback())),
        BenchRow.Comparing("udp.forward", Datagrams, static () => new UdpRate(VirtualHosts.Routed(), 64), static () => KernelHosts.Routed() is { } pair ? new UdpRate(pair, 64) : null),
        BenchRow.Comparing("timers.arm", "timers/s", static () => new TimerArming(), static () => null),
        BenchRow.Comparing("checksum.1500", "packets/s", static () => new Checksums(), static () => null),
    ];

    /// <summary>The names of the rows, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>Measures the rows one after the other.</summary>
    /// <param name="options">How long.</param>
    /// <param name="begun">Called before each row with its number from 0.</param>
    /// <param name="cancellationToken">Ends the bench early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IEnumerable<BenchResult> Run(BenchOptions options, Action<int>? begun = null, CancellationToken cancellationToken = default)
        => BenchRow.Run(Table, options, begun, cancellationToken);
}
