using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The anycast addresses of an interface (RFC 4291 §2.6; the kernel's anycast.c): other hosts may have them too, packets to them are this host's, and what it sends has another address. They are joined by sockets
/// and, on a router, as the subnet-router address of each network (§2.6.1).
/// </summary>
internal sealed class AnycastTable(NetworkInterface device)
{
    /// <summary>RFC 6164 §5.1: networks of two addresses have no subnet-router address.</summary>
    private const int ShortestPointToPoint = 127;

    // The newest first, as /proc/net/anycast6 shows them.
    private readonly List<AnycastAddress> _list = [];

    /// <summary>The addresses and how often each was joined, the newest first.</summary>
    public IReadOnlyList<AnycastAddress> Addresses => _list;

    /// <summary>Answers that wait for their random time.</summary>
    public int WaitingAnswers { get; set; }

    public bool Contains(IpAddress address) => Find(address) is not null;

    public void Join(IpAddress address)
    {
        if (Find(address) is { } known)
        {
            known.Users++;
            return;
        }
        _list.Insert(0, new AnycastAddress(address));
        StackHost host = device.Host;
        host.Interfaces.AnycastCount++;
        host.Routes.Insert(new Route { Destination = new IpPrefix(address, 128), Interface = device, Kind = RouteKind.Local, IsAnycast = true, IsConnected = true });
        if (device.HasLinkAddresses) device.Groups.Join(GroupTable.SolicitedNodeOf(address));
    }

    public void Leave(IpAddress address)
    {
        if (Find(address) is not { } known || --known.Users > 0) return;
        Remove(known);
    }

    /// <summary>A working address of a router: with it the network's subnet-router address, unless the interface does not forward.</summary>
    public void JoinSubnet(LocalAddress address)
    {
        if (address.HoldsSubnetAnycast || address.IsTentative || !address.Address.IsIPv6 || address.Prefix.Length >= ShortestPointToPoint || !device.Settings.IPv6.Forwarding.IsOn) return;
        IpAddress subnet = address.Prefix.Network.Address;
        if (subnet.IsUnspecified) return;
        address.HoldsSubnetAnycast = true;
        Join(subnet);
    }

    /// <summary>The address goes, or the interface forwards no more.</summary>
    public void LeaveSubnet(LocalAddress address)
    {
        if (!address.HoldsSubnetAnycast) return;
        address.HoldsSubnetAnycast = false;
        Leave(address.Prefix.Network.Address);
    }

    /// <summary>The setting has changed.</summary>
    public void FollowForwarding()
    {
        bool forwards = device.Settings.IPv6.Forwarding.IsOn;
        foreach (LocalAddress address in device.Addresses)
        {
            if (forwards) JoinSubnet(address);
            else LeaveSubnet(address);
        }
    }

    public void Clear()
    {
        while (_list.Count > 0) Remove(_list[^1]);
    }

    private void Remove(AnycastAddress address)
    {
        _list.Remove(address);
        StackHost host = device.Host;
        host.Interfaces.AnycastCount--;
        if (device.HasLinkAddresses) device.Groups.Leave(GroupTable.SolicitedNodeOf(address.Address));
        foreach (Route route in host.Routes.OfPrefix(new IpPrefix(address.Address, 128)))
        {
            if (!route.IsAnycast || !ReferenceEquals(route.Interface, device)) continue;
            host.Routes.Remove(route);
            return;
        }
    }

    private AnycastAddress? Find(IpAddress address)
    {
        foreach (AnycastAddress known in _list)
        {
            if (known.Address == address) return known;
        }
        return null;
    }
}
