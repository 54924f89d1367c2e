namespace Slipway.Bench;

/// <summary>The rows of <c>slipway bench tcp</c>.</summary>
public static class TcpBenches
{
    private const string Megabits = "Mbit/s", RoundTrips = "round trips/s";
    private const double MegabitsPerWrite = TcpBulk.WriteLength * 8 / 1e6;

    private static readonly BenchRow[] Table =
    [
        BenchRow.Comparing("tcp.bulk", Megabits, static () => new TcpBulk(VirtualHosts.Streams()), static () => new TcpBulk(KernelHosts.Streams()), MegabitsPerWrite),
        BenchRow.Comparing("tcp.bulk.mtu1500", Megabits, static () => new TcpBulk(VirtualHosts.Streams(VirtualLinkKind.RealPackets)), static () => new TcpBulk(KernelHosts.Streams()), MegabitsPerWrite),
        BenchRow.Comparing("tcp.bulk.threads", Megabits, static () => new TcpBulkThreads(VirtualHosts.Streams()), static () => new TcpBulkThreads(KernelHosts.Streams()), MegabitsPerWrite),
        BenchRow.Comparing("tcp.pingpong.async", RoundTrips, static () => new TcpRoundTripAsync(VirtualHosts.Streams()), static () => new TcpRoundTripAsync(KernelHosts.Streams())),
        BenchRow.Comparing("tcp.pingpong.threads", RoundTrips, static () => new TcpRoundTripThreads(VirtualHosts.Streams()), static () => new TcpRoundTripThreads(KernelHosts.Streams())),
        BenchRow.Comparing("tcp.connections", "connections/s", static () => new TcpConnections(VirtualHosts.Streams()), static () => new TcpConnections(KernelHosts.Streams())),
        new(IdleConnections.Name, IdleConnections.Measure),
        Tun("tcp.tun.in", static () => TunHosts.IntoStack(offload: true)),
        Tun("tcp.tun.out", static () => TunHosts.OutOfStack(offload: true)),
        Tun("tcp.tun.in.plain", static () => TunHosts.IntoStack(offload: false)),
        Tun("tcp.tun.out.plain", static () => TunHosts.OutOfStack(offload: false)),
        WideArea.Row("tcp.wan", loss: 0),
        WideArea.Row("tcp.wan.loss", loss: 0.001),
    ];

    /// <summary>The names of the rows, in order; of rows that are measured together, what their names begin with.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>Measures the rows one after the other. Rows that this machine does not let be measured are missing.</summary>
    /// <param name="options">How long.</param>
    /// <param name="begun">Called before each row with its number from 0.</param>
    /// <param name="cancellationToken">Ends the bench early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IEnumerable<BenchResult> Run(BenchOptions options, Action<int>? begun = null, CancellationToken cancellationToken = default)
        => BenchRow.Run(Table, options, begun, cancellationToken);

    // The kernel has part in these as the peer: there is nothing to compare with.
    private static BenchRow Tun(string name, Func<StreamHosts?> hosts) => new(name, measurement =>
    {
        if (measurement.Options.KernelOnly || hosts() is not { } pair) return [];
        using var workload = new TcpBulkThreads(pair);
        return [measurement.Compare(name, Megabits, workload, kernel: null, MegabitsPerWrite)];
    });
}
