using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>An address of an interface.</summary>
public sealed partial class LocalAddress
{
    internal LocalAddress(NetworkInterface owner, in AddressRequest request, IpAddress broadcast, AddressScope scope, bool isSecondary)
    {
        Interface = owner;
        Prefix = request.Prefix;
        Peer = request.Peer;
        Broadcast = broadcast;
        IsBroadcastGiven = request.Broadcast is not null;
        Scope = scope;
        IsSecondary = isSecondary;
        Label = request.Label ?? owner.Name;
        Origin = request.Origin;
        UserFlags = request.Flags;
        Metric = request.Metric;
        Lifetime = request.Lifetime;
        IsTemporary = request.PublicAddress is not null;
        PublicAddress = request.PublicAddress;
        IsStable = request.IsStable;
        StableTries = request.StableTries;
        Created = Updated = owner.Host.Loop.Now;
    }

    /// <summary>The interface.</summary>
    public NetworkInterface Interface { get; }

    /// <summary>The address with its prefix length.</summary>
    public IpPrefix Prefix { get; }

    /// <summary>The address.</summary>
    public IpAddress Address => Prefix.Address;

    /// <summary>The address at the other end of the link, which the route then leads to; unspecified without one.</summary>
    public IpAddress Peer { get; }

    /// <summary>The network that the link reaches: the peer's where there is one.</summary>
    internal IpPrefix Network => new IpPrefix(Peer.IsUnspecified ? Address : Peer, Prefix.Length).Network;

    /// <summary>IFA_LABEL: the name that old programs see.</summary>
    internal string Label { get; }

    /// <summary>Who made it.</summary>
    internal AddressOrigin Origin { get; }

    /// <summary>The flags that were asked for (IFA_F_NODAD, IFA_F_NOPREFIXROUTE and the like).</summary>
    internal AddressFlags UserFlags { get; }

    /// <summary>IFA_RT_PRIORITY: metric of the route to its network; 0 for the family's.</summary>
    internal int Metric { get; }

    /// <summary>When it was added, nanoseconds.</summary>
    internal long Created { get; }

    /// <summary>When it last changed, nanoseconds.</summary>
    internal long Updated { get; private set; }

    /// <summary>Broadcast address of the network; unspecified without one.</summary>
    public IpAddress Broadcast { get; }

    /// <summary>Whether somebody has said what <see cref="Broadcast"/> is.</summary>
    internal bool IsBroadcastGiven { get; }

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

    /// <summary>It is still being checked for a duplicate, but may be used with care (RFC 4429).</summary>
    public bool IsOptimistic { get; internal set; }

    /// <summary>Its identifier is made of a secret (RFC 7217).</summary>
    public bool IsStable { get; }

    /// <summary>Marks the address as deprecated, or as preferred again. Owner of the loop only.</summary>
    public void SetDeprecated(bool deprecated)
    {
        if (deprecated == IsDeprecated) return;
        IsDeprecated = deprecated;
        Updated = Interface.Host.Loop.Now;
        Interface.Host.TouchRouting();
        Interface.Host.Netlink.Changes.AddressAdded(this);
    }

    /// <summary><c>ADDRESS/LENGTH</c>.</summary>
    public override string ToString() => Prefix.ToString();
}
