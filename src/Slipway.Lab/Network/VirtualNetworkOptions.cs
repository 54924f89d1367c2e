using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>How a <see cref="VirtualNetwork"/> lives.</summary>
public sealed record VirtualNetworkOptions
{
    /// <summary>The machine's clock, for a network in real time; null, the default, simulates time. With it packets from outside (a TUN device) can take part.</summary>
    public TimeProvider? RealTime { get; init; }

    /// <summary>Where random numbers come from; null, the default, for the stream of the seed. In real use, a cryptographic source.</summary>
    public RandomSource? Random { get; init; }

    /// <summary>The time of day at which a simulation begins; null, the default, to derive it from the seed (a second between 2001 and 2036, so that no program can rely on a date).</summary>
    public DateTimeOffset? Origin { get; init; }

    /// <summary>What becomes of the packets that pass; by default they are kept in memory for <see cref="NetworkCapture.Save(string, LabLink?)"/>. A large simulation is faster without.</summary>
    public CaptureMode Capture { get; init; }

    /// <summary>
    /// Whether hosts and routers find their routes by themselves: a host with one router on its links gets the default route to it, routers the shortest ways to all networks. Explicit
    /// routes go first.
    /// </summary>
    public bool AutomaticRoutes { get; init; } = true;

    /// <summary>Whether an exception that ends a process ends the run with a <see cref="ProcessFailedException"/>. Without it the result names the process.</summary>
    public bool ThrowOnFailure { get; init; } = true;

    /// <summary>How long <see cref="VirtualNetwork.Run"/> goes on after the last process has ended, for what is still on its way. Two minutes of simulated time; in real time it ends at once.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time of the machine after which a process that blocks its thread outside of the lab ends the run with a <see cref="LabStalledException"/>.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called with each line that a process writes, in order. It must be quick and must not run the network.</summary>
    public Action<ProcessLine>? Output { get; init; }
}
