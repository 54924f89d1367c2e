namespace Slipway.Linux;

/// <summary>What the calling thread has used since it began (getrusage(2), RUSAGE_THREAD).</summary>
/// <param name="Processor">Processor time, in the program and for it in the kernel.</param>
/// <param name="Waits">How often it gave the processor up to wait, and so was woken.</param>
/// <param name="Preemptions">How often the processor was taken from it.</param>
public readonly record struct ThreadUsage(TimeSpan Processor, long Waits, long Preemptions)
{
    /// <summary>Now.</summary>
    public static unsafe ThreadUsage Now
    {
        get
        {
            const int OfThread = 1;
            // struct rusage: two times, then fourteen counts, of which the last two are the switches.
            long* usage = stackalloc long[18];
            _ = Libc.SystemCall(SystemCalls.Usage, OfThread, (nint)usage, 0, 0, 0, 0);
            TimeSpan processor = TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]);
            return new ThreadUsage(processor, usage[16], usage[17]);
        }
    }

    /// <summary>What was used between two moments.</summary>
    public static ThreadUsage operator -(ThreadUsage later, ThreadUsage earlier)
        => new(later.Processor - earlier.Processor, later.Waits - earlier.Waits, later.Preemptions - earlier.Preemptions);

    /// <summary>The same by its name.</summary>
    public static ThreadUsage Subtract(ThreadUsage left, ThreadUsage right) => left - right;
}
