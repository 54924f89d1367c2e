namespace Slipway.Stack;

/// <summary>A way to a peer, shared by all connections that ask the routing the same question.</summary>
internal sealed class TcpPath(FlowKey flow, RouteDecision decision)
{
    /// <summary>The question, to ask it again when routes have changed.</summary>
    public readonly FlowKey Flow = flow;

    /// <summary>The answer.</summary>
    public readonly RouteDecision Decision = decision;

    /// <summary>The answer that there was none, for a question that is asked again later.</summary>
    public bool IsUnknown => Decision.Generation == 0;
}
