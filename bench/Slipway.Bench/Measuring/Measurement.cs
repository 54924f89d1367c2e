using System.Diagnostics;

namespace Slipway.Bench;

/// <summary>Compares a workload on two systems: warm up, then rounds that alternate, so that what slows the machine down slows down both. The median of the rounds counts.</summary>
internal sealed class Measurement(BenchOptions options, CancellationToken cancellationToken)
{
    // Small enough that the clock is not read too rarely, large enough that it costs nothing.
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(2);

    /// <summary>Measures one row.</summary>
    public BenchResult Compare(string name, string unit, IWorkload slipway, IWorkload? kernel)
    {
        int slipwayBatch = WarmUp(slipway), kernelBatch = kernel is null ? 0 : WarmUp(kernel);
        var slipwayRates = new double[options.Rounds];
        var kernelRates = new double[options.Rounds];
        double allocated = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            (slipwayRates[round], allocated) = Measure(slipway, slipwayBatch);
            if (kernel is not null) (kernelRates[round], _) = Measure(kernel, kernelBatch);
        }
        return new BenchResult(name, unit, Median(slipwayRates), kernel is null ? null : Median(kernelRates), allocated);
    }

    /// <returns>Operations of one batch.</returns>
    private int WarmUp(IWorkload workload)
    {
        int batch = 1;
        long start = Stopwatch.GetTimestamp();
        // Many calls, not a long one: each tier of the compiler is reached by counting calls.
        while (Stopwatch.GetElapsedTime(start) < options.WarmUp)
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

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }
}
