using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The classic programs on the machine: their servers answer with what its own uptime prints.</summary>
internal static class MachinePrograms
{
    /// <summary>The programs by their names.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> ByName { get; } = Samples.Programs.With(new MachineUptime());
}
