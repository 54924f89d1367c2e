namespace Slipway.Sockets;

/// <summary>News of a host's network: one of the four is there.</summary>
/// <param name="Type">RTM_NEWLINK, RTM_DELLINK and so on, of <see cref="NetlinkMessageType"/>.</param>
public sealed record RtEvent(ushort Type)
{
    /// <summary>The link that is new, changed or gone.</summary>
    public RtLink? Link { get; init; }

    /// <summary>The address that is new, changed or gone.</summary>
    public RtAddress? Address { get; init; }

    /// <summary>The route that is new or gone.</summary>
    public RtRoute? Route { get; init; }

    /// <summary>The neighbour that is new, changed or gone.</summary>
    public RtNeighbor? Neighbor { get; init; }

    /// <summary>Whether it is gone.</summary>
    public bool IsDeletion => (Type & 3) == 1;

    /// <summary>Reads a message of a group.</summary>
    /// <returns>Null for messages of other kinds.</returns>
    public static RtEvent? Read(NetlinkReader message) => message.Type switch
    {
        NetlinkMessageType.RTM_NEWLINK or NetlinkMessageType.RTM_DELLINK => new RtEvent(message.Type) { Link = RtLink.Read(message) },
        NetlinkMessageType.RTM_NEWADDR or NetlinkMessageType.RTM_DELADDR => new RtEvent(message.Type) { Address = RtAddress.Read(message) },
        NetlinkMessageType.RTM_NEWROUTE or NetlinkMessageType.RTM_DELROUTE => new RtEvent(message.Type) { Route = RtRoute.Read(message) },
        NetlinkMessageType.RTM_NEWNEIGH or NetlinkMessageType.RTM_DELNEIGH => new RtEvent(message.Type) { Neighbor = RtNeighbor.Read(message) },
        _ => null,
    };
}
