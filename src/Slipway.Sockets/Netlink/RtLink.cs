namespace Slipway.Sockets;

/// <summary>A link as rtnetlink(7) tells of it (RTM_NEWLINK).</summary>
/// <param name="Index">The index.</param>
/// <param name="Name">The name.</param>
public sealed record RtLink(int Index, string Name)
{
    /// <summary>ARPHRD_: 1 Ethernet, 772 loopback, 65534 none.</summary>
    public int HardwareType { get; init; }

    /// <summary>IFF_ flags, 32 bits.</summary>
    public uint Flags { get; init; }

    /// <summary>Largest packet in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Length of the send queue in packets.</summary>
    public int QueueLength { get; init; }

    /// <summary>IF_OPER_ of RFC 2863: 0 unknown, 2 down, 6 up.</summary>
    public int OperationalState { get; init; }

    /// <summary>IFLA_LINKMODE.</summary>
    public int Mode { get; init; }

    /// <summary>The group of links.</summary>
    public int Group { get; init; }

    /// <summary>The queueing discipline; null where none is told.</summary>
    public string? QueueingDiscipline { get; init; }

    /// <summary>The link-layer address.</summary>
    public ReadOnlyMemory<byte> Address { get; init; }

    /// <summary>The link-layer address that reaches all.</summary>
    public ReadOnlyMemory<byte> Broadcast { get; init; }

    /// <summary>The link that it stands on, or its other end; 0 for none.</summary>
    public int Parent { get; init; }

    /// <summary>Whether that one is in another network namespace, so that its index says nothing here.</summary>
    public bool IsParentElsewhere { get; init; }

    /// <summary>The counters of struct rtnl_link_stats64: packets, bytes, errors and dropped, received and sent in turns, then multicast; none where they were not told.</summary>
    public IReadOnlyList<ulong> Statistics { get; init; } = [];

    /// <summary>Reads RTM_NEWLINK or RTM_DELLINK.</summary>
    public static RtLink Read(NetlinkReader message)
    {
        RtFixed fixedPart = new(message.Body, RtFixed.LinkLength);
        var link = new RtLink(fixedPart.Int32(4), "") { HardwareType = fixedPart.UInt16(2), Flags = (uint)fixedPart.Int32(8) };
        NetlinkAttributeReader attributes = message.Attributes(RtFixed.LinkLength);
        while (attributes.MoveNext())
        {
            link = attributes.Type switch
            {
                LinkAttribute.IFLA_IFNAME => link with { Name = attributes.Text },
                LinkAttribute.IFLA_MTU => link with { Mtu = (int)attributes.UInt32 },
                LinkAttribute.IFLA_TXQLEN => link with { QueueLength = (int)attributes.UInt32 },
                LinkAttribute.IFLA_OPERSTATE => link with { OperationalState = attributes.Byte },
                LinkAttribute.IFLA_LINKMODE => link with { Mode = attributes.Byte },
                LinkAttribute.IFLA_GROUP => link with { Group = (int)attributes.UInt32 },
                LinkAttribute.IFLA_QDISC => link with { QueueingDiscipline = attributes.Text },
                LinkAttribute.IFLA_ADDRESS => link with { Address = attributes.Value.ToArray() },
                LinkAttribute.IFLA_BROADCAST => link with { Broadcast = attributes.Value.ToArray() },
                LinkAttribute.IFLA_LINK => link with { Parent = (int)attributes.UInt32 },
                LinkAttribute.IFLA_LINK_NETNSID => link with { IsParentElsewhere = true },
                LinkAttribute.IFLA_STATS64 => link with { Statistics = RtFixed.Words(attributes.Value) },
                _ => link,
            };
        }
        return link;
    }
}
