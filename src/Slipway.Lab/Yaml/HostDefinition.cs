namespace Slipway.Lab;

/// <summary>A host or router.</summary>
internal sealed record HostDefinition(string Name, bool IsRouter)
{
    public List<AddressDefinition> Addresses { get; } = [];

    public List<RouteDefinition> Routes { get; } = [];

    public List<KeyValuePair<string, string>> Files { get; } = [];

    public List<KeyValuePair<string, string>> Sysctl { get; } = [];
}
