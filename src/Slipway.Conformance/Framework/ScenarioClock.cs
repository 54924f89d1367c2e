using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Measures how long a step takes on the host's clock. Simulated time is exact; on the machine a step may be late, never early.</summary>
/// <param name="host">Whose clock it is. It runs from now on.</param>
public sealed class ScenarioClock(HostProcess host)
{
    // A tick of HZ 250: the kernel's timers stand on ticks, ours on milliseconds.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(4), Lateness = TimeSpan.FromSeconds(10);

    private readonly long _started = host.Time.GetTimestamp();

    /// <summary>Time since the clock was made.</summary>
    public TimeSpan Elapsed => host.Time.GetElapsedTime(_started);

    /// <summary>So long has passed, within the slack (a tick at least).</summary>
    public void ExpectElapsed(TimeSpan expected, TimeSpan slack = default)
    {
        TimeSpan elapsed = Elapsed, late = slack > Tick ? slack : Tick;
        if (host.Time == TimeProvider.System) late += Lateness;
        Expect.InRange((long)(expected - Tick).TotalMilliseconds, (long)(expected + late).TotalMilliseconds, (long)elapsed.TotalMilliseconds, "milliseconds elapsed");
    }
}
