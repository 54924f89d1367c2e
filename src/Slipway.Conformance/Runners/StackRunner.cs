using Slipway.Lab;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Plays scenarios on the stack, in a virtual network of simulated time.</summary>
public sealed class StackRunner : IScenarioRunner
{
    private const ulong Seed = 20;

    /// <inheritdoc/>
    public string Name => "stack";

    /// <inheritdoc/>
    public ScenarioResult Run(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        if (scenario.Attribute.NotOnStack is { } reason) return ScenarioResult.NotRun(reason);
        try
        {
            return Play(scenario);
        }
        catch (ProcessFailedException failed) when (failed.InnerException is { } inner)
        {
            return ScenarioResult.Fail(inner is ExpectationException ? inner.Message : $"{inner.GetType().Name}: {inner.Message}");
        }
        catch (Exception exception)
        {
            return ScenarioResult.Fail($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private static ScenarioResult Play(Scenario scenario)
    {
        using var network = new VirtualNetwork(Seed);
        if (scenario.Topology == Topology.Timeline) return PlayTimeline(network, scenario);
        Host[] hosts = Build(network, scenario.Topology);

        // The steps run in a process of the first host. The other hosts lend it a process each, which only waits.
        var lent = new HostProcess[hosts.Length];
        for (int i = 1; i < hosts.Length; i++)
        {
            int host = i;
            hosts[i].Start("lent", process =>
            {
                lent[host] = process;
                while (true) process.Sleep(TimeSpan.FromDays(1)); // a signal that the scenario handles ends a sleep
            });
        }
        LabProcess player = hosts[0].Start("player", process =>
        {
            lent[0] = process;
            scenario.Play(scenario.Topology == Topology.Routed ? [new RoutedHosts(lent[0], lent[1], lent[2])] : [.. lent]);
        });
        RunResult result = network.RunUntil(() => player.HasEnded);
        return player.HasEnded ? ScenarioResult.Pass : ScenarioResult.Fail($"a step waits for ever: {string.Join(", ", result.Waiting)}");
    }

    private static ScenarioResult PlayTimeline(VirtualNetwork network, Scenario scenario)
    {
        (SimulatedTimeline timeline, Host near, Host far) = SimulatedTimeline.Build(network);
        far.Start("lent", process =>
        {
            timeline.FarProcess = process;
            process.Sleep(TimeSpan.FromDays(1000));
        });
        LabProcess player = near.Start("player", process =>
        {
            timeline.NearProcess = process;
            scenario.Play(timeline);
        });
        RunResult result = network.RunUntil(() => player.HasEnded);
        return player.HasEnded ? ScenarioResult.Pass : ScenarioResult.Fail($"a step waits for ever: {string.Join(", ", result.Waiting)}\n{timeline.Trace()}");
    }

    private static Host[] Build(VirtualNetwork network, Topology topology)
    {
        switch (topology)
        {
            case Topology.OneHost:
                return [network.AddHost("one")];
            case Topology.TwoHosts:
                Host first = network.AddHost("one", "10.0.0.1/24", "fd00::1/64"), second = network.AddHost("two", "10.0.0.2/24", "fd00::2/64");
                network.Connect(first, second);
                return [first, second];
            default:
                Host near = network.AddHost("near", "10.0.1.1/24", "fd01::1/64"), far = network.AddHost("far", "10.0.2.1/24", "fd02::1/64");
                Host router = network.AddRouter("router");
                network.Connect(near, router.On(null, "10.0.1.254/24", "fd01::fe/64"));
                network.Connect(router.On(null, "10.0.2.254/24", "fd02::fe/64") with { Mtu = 1280 }, far.On() with { Mtu = 1280 });
                return [near, router, far];
        }
    }
}
