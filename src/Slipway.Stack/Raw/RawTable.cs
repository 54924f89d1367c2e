using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The raw sockets of one family, by protocol number.</summary>
internal sealed class RawTable
{
    private const int Protocols = 256;

    // Null as long as nobody has a raw socket: most hosts never have one.
    private List<RawSocket>?[]? _byProtocol;

    /// <summary>Whether there is none: then packets need not ask.</summary>
    public bool IsEmpty => _byProtocol is null;

    public void Add(RawSocket socket)
    {
        // Numbers above those of the header's byte are not found by any packet.
        if (socket.Protocol >= Protocols) return;
        _byProtocol ??= new List<RawSocket>?[Protocols];
        (_byProtocol[socket.Protocol] ??= []).Add(socket);
    }

    public void Remove(RawSocket socket)
    {
        if (_byProtocol is null || socket.Protocol >= Protocols || _byProtocol[socket.Protocol] is not { } sockets || !sockets.Remove(socket)) return;
        if (sockets.Count == 0) _byProtocol[socket.Protocol] = null;
        if (Array.TrueForAll(_byProtocol, static one => one is null)) _byProtocol = null;
    }

    /// <summary>All sockets.</summary>
    public IEnumerable<RawSocket> All => _byProtocol?.SelectMany(static one => one ?? []) ?? [];

    /// <summary>Whether somebody wants packets of a protocol.</summary>
    public bool Has(IpProtocolNumber protocol) => _byProtocol is { } table && table[(int)protocol] is not null;

    /// <summary>Gives every socket that a packet is for a copy of it. The packet stays the caller's.</summary>
    /// <param name="packet">Begins behind the IP headers.</param>
    /// <param name="info">What came with it.</param>
    /// <returns>Whether it was for any; such a packet is no unknown protocol.</returns>
    public bool Deliver(PacketBuffer packet, in ReceivedIp info)
    {
        if (_byProtocol is not { } table || table[(int)info.Protocol] is not { } sockets) return false;
        bool taken = false;
        foreach (RawSocket socket in sockets)
        {
            if (!socket.IsFor(info.Source, info.Destination, info.InterfaceIndex, info.DestinationKind == RouteKind.Multicast)) continue;
            // Of IPv6 a socket that is bound to no address takes any group (Linux raw_v6_match).
            if (info.IsIPv4 && !socket.TakesGroup(info.Destination, info.Source, info.InterfaceIndex)) continue;
            taken = true;
            socket.Deliver(packet, info);
        }
        return taken;
    }

    /// <summary>Tells the sockets that can have sent a packet of an ICMP error about it.</summary>
    public void ReceiveError(in IcmpError error)
    {
        if (_byProtocol is not { } table || table[(int)error.Protocol] is not { } sockets) return;
        foreach (RawSocket socket in sockets)
        {
            // The packet in question went the other way.
            if (socket.IsFor(error.Destination, error.Source, error.Interface.Index, isMulticast: false)) socket.ReceiveIcmpError(error);
        }
    }
}
