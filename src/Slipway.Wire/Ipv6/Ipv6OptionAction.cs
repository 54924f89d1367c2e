namespace Slipway.Wire;

/// <summary>What a node does with an option that it does not know: the two highest bits of the type (RFC 8200 §4.2).</summary>
public enum Ipv6OptionAction
{
    /// <summary>Skip it.</summary>
    Skip = 0,

    /// <summary>Drop the packet.</summary>
    Discard = 1,

    /// <summary>Drop the packet and send a parameter problem, code 2, even to a multicast.</summary>
    DiscardAndReport = 2,

    /// <summary>Drop the packet and send a parameter problem, code 2, unless the destination was multicast.</summary>
    DiscardAndReportUnlessMulticast = 3,
}
