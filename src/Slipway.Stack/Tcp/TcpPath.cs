namespace Slipway.Stack;

/// <summary>A way to a peer, shared by all connections that ask the routing the same question.</summary>
internal sealed class TcpPath(RouteDecision decision)
{
    public readonly RouteDecision Decision = decision;
}
