using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>An address of an interface.</summary>
public sealed class LocalAddress
{
    internal LocalAddress(NetworkInterface owner, IpPrefix prefix, IpAddress broadcast, AddressScope scope, bool isSecondary)
    {
        Interface = owner;
        Prefix = prefix;
        Broadcast = broadcast;
        Scope = scope;
        IsSecondary = isSecondary;
    }

    /// <summary>The interface.</summary>
    public NetworkInterface Interface { get; }

    /// <summary>The address with its prefix length.</summary>
    public IpPrefix Prefix { get; }

    /// <summary>The address.</summary>
    public IpAddress Address => Prefix.Address;

    /// <summary>Broadcast address of the network; unspecified without one.</summary>
    public IpAddress Broadcast { get; }

    /// <summary>How far it reaches.</summary>
    public AddressScope Scope { get; }

    /// <summary>An IPv4 address in a network of which the interface has another one already (IFA_F_SECONDARY); it goes with that one.</summary>
    public bool IsSecondary { get; internal set; }

    /// <summary>Its preferred lifetime is over (RFC 4862 §5.5.4): no new connection should use it.</summary>
    public bool IsDeprecated { get; private set; }

    /// <summary>It is still being checked for a duplicate (RFC 4862 §5.4) and must not be used.</summary>
    public bool IsTentative { get; internal set; }

    /// <summary>A temporary address (RFC 8981).</summary>
    public bool IsTemporary { get; init; }

    /// <summary>Marks the address as deprecated, or as preferred again. Owner of the loop only.</summary>
    public void SetDeprecated(bool deprecated)
    {
        IsDeprecated = deprecated;
        Interface.Host.TouchRouting();
    }

    /// <summary><c>ADDRESS/LENGTH</c>.</summary>
    public override string ToString() => Prefix.ToString();
}
