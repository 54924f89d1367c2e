namespace Slipway.Conformance;

/// <summary>Rows without a scenario, and why; where a row has one all the same, the reason says what part of it is left. A row that is covered leaves this list.</summary>
public static class Exclusions
{
    /// <summary>Every exclusion, by reason.</summary>
    public static IReadOnlyList<Exclusion> All { get; } =
    [
        new("the five I/O models: Slipway.Cli.Tests shows them on both systems", ["P-150", "P-151", "P-152", "P-153", "P-154", "P-155", "P-156"]),
        new("of processes and the kernel alone: Slipway.Linux.Tests shows it", ["P-*", "P-SIG-*", "EX-20"]),
        new("sysctl(2) is gone from Linux; RT-002 lists the interfaces", ["RT-005"]),
        new("states what BSD does; of Linux, and so of the stack, RU-006 and RU-007 tell", ["RU-005"]),
        new("BSD's own option is not offered; the scenarios show what its number is here", ["OPG-13", "S-018", "I4-003", "I4-004", "I6-015"]),
        new("a span is no pointer: C# cannot pass a bad one", ["BIND-13"]),
        new("the limit of queued signals is the process's, not the socket's: Slipway.Lab.Tests shows it in the lab", ["ASYNC-26"]),
    ];
}
