using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>An address that an interface shall have.</summary>
/// <param name="Prefix">The address with the length of its network's prefix.</param>
internal readonly record struct AddressRequest(IpPrefix Prefix)
{
    /// <summary>How far it reaches; null to tell from the address.</summary>
    public AddressScope? Scope { get; init; }

    /// <summary>The broadcast address, unspecified for none; null for the network's.</summary>
    public IpAddress? Broadcast { get; init; }

    /// <summary>The address at the other end of the link; unspecified without one.</summary>
    public IpAddress Peer { get; init; }

    /// <summary>IFA_LABEL; null for the interface's name.</summary>
    public string? Label { get; init; }

    /// <summary>Who makes it.</summary>
    public AddressOrigin Origin { get; init; }

    /// <summary>What is asked for with it.</summary>
    public AddressFlags Flags { get; init; }

    /// <summary>How long it counts, if a router says so; null for an address that stays.</summary>
    public AddressLifetime? Lifetime { get; init; }

    /// <summary>Where it must be checked for duplicates it takes packets meanwhile (RFC 4429).</summary>
    public bool IsOptimistic { get; init; }

    /// <summary>Its identifier is made of a secret (RFC 7217).</summary>
    public bool IsStable { get; init; }

    /// <summary>How many stable identifiers were duplicates before.</summary>
    public int StableTries { get; init; }

    /// <summary>The address beside which this temporary one stands (RFC 8981).</summary>
    public LocalAddress? PublicAddress { get; init; }

    /// <summary>Metric of the route to its network; 0 for the family's.</summary>
    public int Metric { get; init; }
}
