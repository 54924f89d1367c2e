using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The classic programs on the machine: their servers answer with what its own uptime prints.</summary>
internal static class MachinePrograms
{
    /// <summary>The programs by their names.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> ByName { get; } = Reporting(null);

    /// <summary>The same, with what ruptimed calls when clients can reach it.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> Reporting(Action? ready) => Samples.Programs.With(new MachineUptime(), ready);
}
