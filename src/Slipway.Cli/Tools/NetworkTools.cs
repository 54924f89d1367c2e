using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The tools that show a host's network, as programs: on the kernel, on a host of a lab, or named in a lab file.</summary>
internal static class NetworkTools
{
    /// <summary>The tools by their names.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> ByName { get; } = new Dictionary<string, Action<HostProcess>>(StringComparer.Ordinal)
    {
        ["ip"] = IpTool.Run,
        ["ss"] = SsTool.Run,
    };

    /// <summary>Some programs, and the tools.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> With(IReadOnlyDictionary<string, Action<HostProcess>> programs)
    {
        var all = new Dictionary<string, Action<HostProcess>>(programs, StringComparer.Ordinal);
        foreach ((string name, Action<HostProcess> tool) in ByName) all.TryAdd(name, tool);
        return all;
    }
}
