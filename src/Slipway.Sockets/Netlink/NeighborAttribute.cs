namespace Slipway.Sockets;

/// <summary>Attributes of a neighbour (rtnetlink(7), linux/neighbour.h).</summary>
public static class NeighborAttribute
{
    /// <summary>Its address.</summary>
    public const ushort NDA_DST = 1;

    /// <summary>Its link-layer address.</summary>
    public const ushort NDA_LLADDR = 2;

    /// <summary>Times and references.</summary>
    public const ushort NDA_CACHEINFO = 3;

    /// <summary>Questions asked in vain.</summary>
    public const ushort NDA_PROBES = 4;

    /// <summary>The link, by its index.</summary>
    public const ushort NDA_IFINDEX = 8;

    /// <summary>More flags.</summary>
    public const ushort NDA_FLAGS_EXT = 15;
}
