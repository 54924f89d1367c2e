using System.Reflection;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>A scenario as the catalogue holds it.</summary>
public sealed class Scenario
{
    private readonly MethodInfo _method;

    internal Scenario(MethodInfo method, ScenarioAttribute attribute)
    {
        _method = method;
        Attribute = attribute;
        Type[] parameters = [.. method.GetParameters().Select(static p => p.ParameterType)];
        Topology = parameters switch
        {
            [var one] when one == typeof(HostProcess) => Topology.OneHost,
            [var one, var two] when one == typeof(HostProcess) && two == typeof(HostProcess) => Topology.TwoHosts,
            [var routed] when routed == typeof(RoutedHosts) => Topology.Routed,
            [var timeline] when timeline == typeof(TimelineHosts) => Topology.Timeline,
            _ => throw new InvalidOperationException($"{method.DeclaringType?.Name}.{method.Name}: a scenario takes one host, two hosts, RoutedHosts, or TimelineHosts"),
        };
    }

    /// <summary>The class and method: <c>DescriptorScenarios.LowestFreeNumber</c>.</summary>
    public string Name => $"{_method.DeclaringType!.Name}.{_method.Name}";

    /// <summary>What the method says of itself.</summary>
    public ScenarioAttribute Attribute { get; }

    /// <summary>The rows that it covers.</summary>
    public IReadOnlyList<string> Rows => Attribute.Rows;

    /// <summary>What it runs on.</summary>
    public Topology Topology { get; }

    /// <summary>Plays it; an <see cref="ExpectationException"/> says which step saw something else.</summary>
    public void Play(params object[] hosts) => _method.InvokeUnwrapped(hosts);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
