namespace Slipway.Sockets;

/// <summary>A neighbour as rtnetlink(7) tells of it (RTM_NEWNEIGH).</summary>
/// <param name="Index">The link.</param>
/// <param name="Address">Its address.</param>
public sealed record RtNeighbor(int Index, InetAddress Address)
{
    /// <summary>The link-layer address; empty where it is not known.</summary>
    public ReadOnlyMemory<byte> LinkAddress { get; init; }

    /// <summary>NUD_: 1 incomplete, 2 reachable, 4 stale, 8 delay, 16 probe, 32 failed, 64 needs none, 128 permanent.</summary>
    public int State { get; init; }

    /// <summary>NTF_: 0x80 a router, 8 a proxy's.</summary>
    public int Flags { get; init; }

    /// <summary>RTN_: 1 unicast, 5 multicast.</summary>
    public int Type { get; init; }

    /// <summary>Questions asked in vain.</summary>
    public int Probes { get; init; }

    /// <summary>Reads RTM_NEWNEIGH or RTM_DELNEIGH.</summary>
    public static RtNeighbor Read(NetlinkReader message)
    {
        RtFixed fixedPart = new(message.Body, RtFixed.NeighborLength);
        var neighbor = new RtNeighbor(fixedPart.Int32(4), default) { State = fixedPart.UInt16(8), Flags = fixedPart[10], Type = fixedPart[11] };
        NetlinkAttributeReader attributes = message.Attributes(RtFixed.NeighborLength);
        while (attributes.MoveNext())
        {
            neighbor = attributes.Type switch
            {
                NeighborAttribute.NDA_DST => neighbor with { Address = attributes.Address ?? default },
                NeighborAttribute.NDA_LLADDR => neighbor with { LinkAddress = attributes.Value.ToArray() },
                NeighborAttribute.NDA_PROBES => neighbor with { Probes = (int)attributes.UInt32 },
                _ => neighbor,
            };
        }
        return neighbor;
    }
}
