namespace Slipway.Lab;

/// <summary>A route.</summary>
internal sealed record RouteDefinition(LabNode Place, string Destination, string? Gateway, string? Interface, int? Metric);
