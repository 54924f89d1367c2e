using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>A link.</summary>
internal sealed record LinkDefinition(EndDefinition A, EndDefinition B, bool IsPointToPoint, int Mtu, LinkModel Model)
{
    public List<ChangeDefinition> Changes { get; } = [];

    /// <summary>The zero of its diagram; null for no diagram.</summary>
    public TimeSpan? DiagramFrom { get; init; }
}
