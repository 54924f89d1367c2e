using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>A host or router.</summary>
internal sealed record HostDefinition(string Name, bool IsRouter)
{
    /// <summary>How it asks who listens to groups; null if it does not.</summary>
    public QuerierSettings? Querier { get; set; }

    public List<AddressDefinition> Addresses { get; } = [];

    public List<RouteDefinition> Routes { get; } = [];

    public List<KeyValuePair<string, string>> Files { get; } = [];

    public List<KeyValuePair<string, string>> Sysctl { get; } = [];

    /// <summary>Whether it learns addresses and routers from advertisements.</summary>
    public bool IsAutoconfigured { get; set; }

    /// <summary>What it advertises, by interface; the empty name is all of them.</summary>
    public List<KeyValuePair<string, Stack.RouterAdvertisementSettings>> Advertisements { get; } = [];
}
