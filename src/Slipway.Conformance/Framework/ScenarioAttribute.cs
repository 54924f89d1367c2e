namespace Slipway.Conformance;

/// <summary>Marks a scenario: a method that plays a few steps on one or two hosts and states what must be seen. It names the rows that it covers.</summary>
/// <remarks>
/// The parameters say what it needs: one <see cref="Slipway.Sockets.HostProcess"/> is one host; two are hosts <c>10.0.0.1/24, fd00::1/64</c> and
/// <c>10.0.0.2/24, fd00::2/64</c> on one link; a <see cref="RoutedHosts"/> is two hosts with a router between; a
/// <see cref="TimelineHosts"/> is two hosts on a wire that delays and notes packets. All steps run on one thread, so that their order is the text's order.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScenarioAttribute : Attribute
{
    /// <summary>A scenario that covers these rows of the specification.</summary>
    public ScenarioAttribute(params string[] rows) => Rows = rows;

    /// <summary>IDs of the rows, such as <c>FD-01</c>.</summary>
    public IReadOnlyList<string> Rows { get; }

    /// <summary>Why the scenario does not run on the stack; null if it does. <c>"TCP"</c> means that it waits for TCP.</summary>
    public string? NotOnStack { get; init; }

    /// <summary>Why the scenario does not run on the kernel; null if it does.</summary>
    public string? NotOnKernel { get; init; }

    /// <summary>On the kernel, the scenario needs a process of its own: it changes signals, limits or ids.</summary>
    public bool OwnProcess { get; init; }

    /// <summary>On the kernel, the scenario only reads, and what it reads a network namespace does not show: it plays on the machine itself.</summary>
    public bool OnMachine { get; init; }
}
