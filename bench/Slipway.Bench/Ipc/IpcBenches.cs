namespace Slipway.Bench;

/// <summary>The rows of <c>slipway bench ipc</c>. Both sides are the kernel's work: what is compared is the way to it, from C# and from C, or by .NET's own class.</summary>
public static class IpcBenches
{
    private const string Starts = "processes/s";
    private const double MegabytesPerBlock = PipeBlocks.Block / 1e6;

    private static readonly BenchRow[] Table =
    [
        BenchRow.Comparing("ipc.spawn", Starts, static () => new Spawns(), static () => CProgram.Start("spawn")),
        BenchRow.Comparing("ipc.spawn.dotnet", Starts, static () => new Spawns(), static () => new DotnetSpawns()),
        BenchRow.Comparing("ipc.pipe", "MB/s", static () => new PipeBlocks(), static () => CProgram.Start("pipe"), MegabytesPerBlock),
    ];

    /// <summary>The names of the rows, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(static row => row.Name)];

    /// <summary>What the column of the kernel has in these rows, and whether this machine can measure it.</summary>
    public static string Explanation => "kernel: ipc.spawn posix_spawn in C, ipc.spawn.dotnet Process.Start, ipc.pipe a program in C"
        + (CProgram.CanBeMade ? "" : "; the rows of C are skipped: there is no C compiler (cc)");

    /// <summary>Measures the rows one after the other.</summary>
    /// <param name="options">How long.</param>
    /// <param name="begun">Called before each row with its number from 0.</param>
    /// <param name="cancellationToken">Ends the bench early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IEnumerable<BenchResult> Run(BenchOptions options, Action<int>? begun = null, CancellationToken cancellationToken = default)
        => BenchRow.Run(Table, options, begun, cancellationToken);
}
