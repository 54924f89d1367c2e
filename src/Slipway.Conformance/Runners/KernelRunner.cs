using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Plays scenarios on the machine's kernel, each host a network namespace of its own.</summary>
public sealed class KernelRunner : IScenarioRunner
{
    private const string Passed = "pass";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public string Name => "kernel";

    /// <summary>Why this machine cannot play scenarios; null if it can.</summary>
    public static string? Obstacle
        => !OperatingSystem.IsLinux() ? "no Linux kernel"
        : !Environment.IsPrivilegedProcess ? "network namespaces need root"
        : null;

    /// <summary>
    /// Whether scenarios that state milliseconds play on the machine as well. Its timers and this process's threads are late when the machine is busy, so nobody relies on it: it is for who
    /// wants to see the kernel judge them.
    /// </summary>
    public bool PlaysTimelines { get; init; }

    /// <inheritdoc/>
    public ScenarioResult Run(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        string? excluded = scenario.Topology == Topology.Timeline && PlaysTimelines ? null : scenario.Attribute.NotOnKernel;
        if ((excluded ?? Obstacle) is { } reason) return ScenarioResult.NotRun(reason);
        try
        {
            if (scenario.Attribute.OwnProcess) return PlayIsolated(scenario);
            if (scenario.Attribute.OnMachine) PlayOnMachine(scenario);
            else Play(scenario);
            return ScenarioResult.Pass;
        }
        catch (Exception exception)
        {
            return ScenarioResult.Fail(Describe(exception));
        }
    }

    /// <summary>What the isolated process does: plays the scenario of that name and says how it went.</summary>
    internal static string PlayRole(string name)
    {
        Scenario scenario = ScenarioCatalog.Find(name) ?? throw new ArgumentException($"no scenario is named {name}", nameof(name));
        try
        {
            Play(scenario);
            return Passed;
        }
        catch (Exception exception)
        {
            return Describe(exception);
        }
    }

    private static string Describe(Exception exception)
        => exception is ExpectationException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";

    private static ScenarioResult PlayIsolated(Scenario scenario)
    {
        IsolatedResult result = IsolatedProcess.Run(typeof(KernelRunner).Assembly.Location, scenario.Name, Limit);
        if (result.TimedOut) return ScenarioResult.Fail($"did not end within {Limit.TotalSeconds} s");
        if (result.Result == Passed) return ScenarioResult.Pass;
        return ScenarioResult.Fail(result.Result.Length > 0 ? result.Result : $"the process ended with status {result.Status}: {result.Output.Trim()}");
    }

    private static void PlayOnMachine(Scenario scenario)
    {
        using var process = new LinuxProcess();
        process.Run(_ => scenario.Play(process));
    }

    private static void Play(Scenario scenario)
    {
        using var network = new LinuxNetwork();
        LinuxHost[] hosts = Build(network, scenario.Topology);
        LinuxProcess[] processes = [.. hosts.Select(static h => h.CreateProcess())];
        try
        {
            // The steps run inside the first host, so that a sysctl is read where the sockets are.
            using KernelTimeline? timeline = scenario.Topology == Topology.Timeline ? new KernelTimeline(hosts[0], hosts[1], processes[0], processes[1]) : null;
            processes[0].Run(_ => hosts[0].Namespace.Run(() => scenario.Play(timeline is null ? Arguments(scenario.Topology, processes) : [timeline])));
        }
        finally
        {
            foreach (LinuxProcess process in processes) process.Dispose();
        }
    }

    private static object[] Arguments(Topology topology, LinuxProcess[] processes) => topology switch
    {
        Topology.Routed => [new RoutedHosts(processes[0], processes[1], processes[2])],
        _ => [.. processes],
    };

    private static LinuxHost[] Build(LinuxNetwork network, Topology topology)
    {
        LinuxHost first = network.AddHost(topology == Topology.Routed ? "near" : "one");
        switch (topology)
        {
            case Topology.OneHost:
                return [first];
            case Topology.Timeline:
                return [first, network.AddHost("two")];
            case Topology.TwoHosts:
                LinuxHost second = network.AddHost("two");
                network.Connect(first, ["10.0.0.1/24", "fd00::1/64"], second, ["10.0.0.2/24", "fd00::2/64"]);
                return [first, second];
            default:
                LinuxHost router = network.AddHost("router"), far = network.AddHost("far");
                network.Connect(first, ["10.0.1.1/24", "fd01::1/64"], router, ["10.0.1.254/24", "fd01::fe/64"]);
                network.Connect(router, ["10.0.2.254/24", "fd02::fe/64"], far, ["10.0.2.1/24", "fd02::1/64"], mtu: 1280);
                router.EnableForwarding();
                first.AddDefaultRoute(Wire.IpAddress.Parse("10.0.1.254"));
                first.AddDefaultRoute(Wire.IpAddress.Parse("fd01::fe"));
                far.AddDefaultRoute(Wire.IpAddress.Parse("10.0.2.254"));
                far.AddDefaultRoute(Wire.IpAddress.Parse("fd02::fe"));
                return [first, router, far];
        }
    }
}
