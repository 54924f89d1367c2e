namespace Slipway.Lab;

/// <summary>An end of a link.</summary>
internal sealed record EndDefinition(string Node, string? Interface);
