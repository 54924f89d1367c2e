namespace Slipway.Conformance;

/// <summary>What a scenario runs on.</summary>
public enum Topology
{
    /// <summary>One host with its loopback interface.</summary>
    OneHost,

    /// <summary>Two hosts on one link.</summary>
    TwoHosts,

    /// <summary>Two hosts with a router between.</summary>
    Routed,

    /// <summary>Two hosts on a wire that delays and notes packets.</summary>
    Timeline,
}
