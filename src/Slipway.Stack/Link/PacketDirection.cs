namespace Slipway.Stack;

/// <summary>Which way a captured packet went, seen from the host.</summary>
public enum PacketDirection
{
    /// <summary>To the host.</summary>
    Inbound,

    /// <summary>From the host.</summary>
    Outbound,
}
