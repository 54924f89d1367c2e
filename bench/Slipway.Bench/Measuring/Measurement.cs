using System.Diagnostics;
using System.Runtime;

namespace Slipway.Bench;

/// <summary>Compares a workload on two systems: warm up, then rounds that alternate, so that what slows the machine down slows down both. The median of the rounds counts.</summary>
internal sealed class Measurement(BenchOptions options, CancellationToken cancellationToken)
{
    // Small enough that the clock is not read too rarely, large enough that it costs nothing.
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(2);

    // Longer than the compiler waits for quiet before it optimizes.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    // It counts calls, compiles, and counts again: one pause without news is not the end.
    private const int MostPauses = 24, QuietPauses = 4;

    /// <summary>How long it measures.</summary>
    public BenchOptions Options => options;

    /// <summary>Measures one row.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="slipway">The workload on the stack; null where the kernel alone is measured.</param>
    /// <param name="kernel">The workload on the kernel, or null.</param>
    /// <param name="perOperation">How much of the unit one operation is.</param>
    public BenchResult Compare(string name, string unit, IWorkload? slipway, IWorkload? kernel, double perOperation = 1)
    {
        int slipwayBatch = slipway is null ? 0 : WarmUp(slipway), kernelBatch = kernel is null ? 0 : WarmUp(kernel);
        var slipwayRates = new double[options.Rounds];
        var kernelRates = new double[options.Rounds];
        double allocated = 0, allocatedByKernel = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            if (slipway is not null) (slipwayRates[round], allocated) = Measure(slipway, slipwayBatch);
            if (kernel is not null) (kernelRates[round], allocatedByKernel) = Measure(kernel, kernelBatch);
        }
        return new BenchResult(
            name,
            unit,
            slipway is null ? null : Median(slipwayRates) * perOperation,
            kernel is null ? null : Median(kernelRates) * perOperation,
            slipway is null ? allocatedByKernel : allocated);
    }

    /// <summary>Throws if the bench is to end.</summary>
    public void ThrowIfCancelled() => cancellationToken.ThrowIfCancellationRequested();

    /// <summary>The value in the middle. The values are sorted.</summary>
    public static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }

    /// <returns>Operations of one batch.</returns>
    private int WarmUp(IWorkload workload)
    {
        int batch = RunFor(workload, options.WarmUp, batch: 1);
        // The compiler works in the background: on one core it gets its turn only where the workload pauses. What counts is the code that it ends with.
        TimeSpan pause = TimeSpan.FromTicks(Math.Min(options.WarmUp.Ticks / 8, LongestPause.Ticks));
        for (int i = 0, quiet = 0; i < MostPauses && quiet < QuietPauses; i++)
        {
            long compiled = JitInfo.GetCompiledMethodCount();
            Thread.Sleep(pause);
            batch = RunFor(workload, pause, batch);
            quiet = compiled == JitInfo.GetCompiledMethodCount() ? quiet + 1 : 0;
        }
        return batch;
    }

    private int RunFor(IWorkload workload, TimeSpan time, int batch)
    {
        long start = Stopwatch.GetTimestamp();
        // Many calls, not a long one: each tier of the compiler is reached by counting calls.
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long begin = Stopwatch.GetTimestamp();
            workload.Run(batch);
            TimeSpan taken = Stopwatch.GetElapsedTime(begin);
            if (taken < BatchTime / 2) batch *= 2;
            else if (taken > BatchTime * 2 && batch > 1) batch /= 2;
        }
        return batch;
    }

    /// <returns>Operations a second, and bytes allocated by one.</returns>
    private (double Rate, double Allocated) Measure(IWorkload workload, int batch)
    {
        cancellationToken.ThrowIfCancellationRequested();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long operations = 0;
        long allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            workload.Run(batch);
            operations += batch;
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < options.Round);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        return (operations / elapsed.TotalSeconds, (double)allocated / operations);
    }
}
