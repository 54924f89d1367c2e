namespace Slipway.Stack;

/// <summary>Where and how a raw packet goes: decided by the first of the sends that make it up (MSG_MORE).</summary>
internal struct RawDestination
{
    public SendTarget Target;

    public RouteDecision Decision;

    public IpSendFields Fields;

    /// <summary>What the message said beside the header.</summary>
    public SendOverrides Overrides;
}
