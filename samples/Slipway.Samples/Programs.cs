using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The classic programs by the names under which the command line and lab files start them.</summary>
public static class Programs
{
    private const string DatagramOption = "--dgram";

    /// <summary>The programs as they run anywhere: everything they say of their host comes from the process itself.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> ByName { get; } = Make(UptimeLine.Of);

    /// <summary>The programs for the machine: ruptimed answers with what uptime(1) prints there.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> OnTheMachine { get; } = Make(UptimeLine.FromCommand);

    private static Dictionary<string, Action<HostProcess>> Make(Func<HostProcess, string> uptime) => new(StringComparer.Ordinal)
    {
        ["findsvc"] = FindService.Main,
        ["ruptime"] = static process => RunDatagramVariant(process, RuptimeDatagram.Run),
        ["ruptimed"] = process => RunDatagramVariant(process, (same, arguments) => RuptimedDatagram.Run(same, arguments, uptime)),
    };

    private static void RunDatagramVariant(HostProcess process, Action<HostProcess, IReadOnlyList<string>> program)
    {
        if (process.Arguments.Count > 0 && process.Arguments[0] == DatagramOption)
        {
            program(process, [.. process.Arguments.Skip(1)]);
            return;
        }
        process.Error.Write($"{process.ProgramName}: without {DatagramOption} this program uses TCP, which this version does not have yet\n");
        process.ExitCode = 1;
    }
}
