namespace Slipway.Stack.Tests;

/// <summary>Counts what an action allocates on this thread. The runtime itself allocates now and then while code is new, so the least of a few runs counts.</summary>
internal static class Allocations
{
    public static long Of(Action action)
    {
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
