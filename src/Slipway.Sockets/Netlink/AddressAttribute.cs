namespace Slipway.Sockets;

/// <summary>Attributes of an address (rtnetlink(7), linux/if_addr.h).</summary>
public static class AddressAttribute
{
    /// <summary>The address, or the peer's where the link has one.</summary>
    public const ushort IFA_ADDRESS = 1;

    /// <summary>The address itself (IPv4, and IPv6 with a peer).</summary>
    public const ushort IFA_LOCAL = 2;

    /// <summary>The name that old programs see (IPv4).</summary>
    public const ushort IFA_LABEL = 3;

    /// <summary>The broadcast address (IPv4).</summary>
    public const ushort IFA_BROADCAST = 4;

    /// <summary>Lifetimes and times of the making and the last change.</summary>
    public const ushort IFA_CACHEINFO = 6;

    /// <summary>All flags, 32 bits.</summary>
    public const ushort IFA_FLAGS = 8;

    /// <summary>Metric of the route to the network.</summary>
    public const ushort IFA_RT_PRIORITY = 9;

    /// <summary>Who made it: 1 the loopback, 3 the link-local one of every link.</summary>
    public const ushort IFA_PROTO = 11;
}
