using System.Reflection;
using Slipway.Linux.Tests.Processes;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>Plays static methods of <see cref="SignalScenarios"/> and <see cref="ProcessScenarios"/> in a process of their own.</summary>
internal static class IsolatedRoles
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static string Play(string role)
    {
        MethodInfo method = (typeof(SignalScenarios).GetMethod(role) ?? typeof(SignalQueueScenarios).GetMethod(role) ?? typeof(ProcessScenarios).GetMethod(role) ?? typeof(IpcScenarios).GetMethod(role))!;
        using var process = new LinuxProcess();
        string result = "";
        process.Run(_ => result = (string)method.Invoke(null, [process])!);
        return result;
    }

    /// <summary>Plays a scenario that must end normally, and gives its result.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="blocked">Signals that are blocked from the start beside those that always are.</param>
    public static string Result(Func<HostProcess, string> scenario, params Signal[] blocked)
    {
        IsolatedResult ended = Run(scenario, blocked);
        ended.ExitCode.ShouldBe(0, $"{ended}");
        return ended.Result;
    }

    public static IsolatedResult Run(Func<HostProcess, string> scenario, params Signal[] blocked)
        => IsolatedProcess.Run(typeof(SignalScenarios).Assembly.Location, scenario.Method.Name, s_limit, blocked);
}
