using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The groups of a socket, of both families, and the calls that change them, by the rules of Linux (net/ipv4/igmp.c, net/ipv6/mcast.c): what is refused, and in which order.
/// </summary>
internal sealed class SocketMemberships(InetSocket socket)
{
    private readonly List<SocketMembership> _list = [];

    private StackHost Host => socket.Host;

    /// <summary>Joins a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="by">The interface.</param>
    /// <param name="filter">EXCLUDE nobody, or INCLUDE nobody before sources are added.</param>
    /// <returns>
    /// EINVAL: no group; ENODEV: no such interface, or no route to the group; EADDRINUSE: joined on this interface already; ENOBUFS, of IPv6 ENOMEM: igmp_max_memberships or optmem_max is reached.
    /// </returns>
    public Errno Join(IpAddress group, in InterfaceChoice by, SourceFilter filter)
    {
        if (!group.IsMulticast) return Errno.EINVAL;
        bool isIPv4 = group.IsIPv4;
        if (!isIPv4 && Find(group, by.Index) is not null) return Errno.EADDRINUSE;
        if (by.Find(Host, group) is not { } device) return Errno.ENODEV;
        if (isIPv4)
        {
            if (Find(group, device.Index) is not null) return Errno.EADDRINUSE;
            if (CountIPv4() >= Host.Sysctl.IPv4.IgmpMaxMemberships.Value) return Errno.ENOBUFS;
        }
        if (!HasMemoryFor(SocketMembership.BaseMemory(group))) return isIPv4 ? Errno.ENOBUFS : Errno.ENOMEM;
        var membership = new SocketMembership { Group = group, InterfaceIndex = device.Index, InterfaceAddress = by.Address, Filter = filter };
        // The last joined is found first.
        _list.Insert(0, membership);
        device.Groups.Add(group, membership);
        return Errno.None;
    }

    /// <summary>Leaves a group.</summary>
    /// <returns>EADDRNOTAVAIL: not joined there; ENODEV: IPv4 without a word about the interface, and no route to the group; EINVAL: no group of IPv6.</returns>
    public Errno Leave(IpAddress group, in InterfaceChoice by)
    {
        SocketMembership? found;
        if (!group.IsIPv4)
        {
            if (!group.IsMulticast) return Errno.EINVAL;
            found = Find(group, by.Index);
        }
        else
        {
            int index = by.Find(Host, group)?.Index ?? by.Index;
            if (index == 0 && by.Address.IsUnspecified) return Errno.ENODEV;
            InterfaceChoice named = by;
            found = index != 0 ? Find(group, index) : _list.Find(candidate => candidate.Group == group && candidate.InterfaceAddress == named.Address);
        }
        if (found is null) return Errno.EADDRNOTAVAIL;
        _list.Remove(found);
        Host.Interfaces.Find(found.InterfaceIndex)?.Groups.Remove(group, found);
        return Errno.None;
    }

    /// <summary>Adds a source to a filter or takes one from it.</summary>
    /// <param name="group">The group.</param>
    /// <param name="by">The interface.</param>
    /// <param name="source">The source.</param>
    /// <param name="mode">INCLUDE to hear it (or no more), EXCLUDE to block it (or no more).</param>
    /// <param name="add">Whether it comes to the list.</param>
    /// <returns>EINVAL: no group, not joined, or the filter is of the other mode and not empty; ENODEV; EADDRNOTAVAIL: in the list already, or not in it; ENOBUFS: igmp_max_msf, mld_max_msf.</returns>
    public Errno ChangeSource(IpAddress group, in InterfaceChoice by, IpAddress source, FilterMode mode, bool add)
    {
        Errno error = FindJoined(group, by, out NetworkInterface? device, out SocketMembership? found);
        if (error != Errno.None) return error;
        SourceFilter filter = found!.Filter;
        if (filter.Mode != mode)
        {
            if (filter.Count > 0) return Errno.EINVAL;
            filter = new SourceFilter(mode);
        }
        bool isListed = filter.Contains(source);
        if (!add && isListed && filter.Count == 1 && mode == FilterMode.Include) return Leave(group, by);
        error = add && !HasRoomFor(group, filter) ? Errno.ENOBUFS : add == isListed ? Errno.EADDRNOTAVAIL : Errno.None;
        // An empty list may change its mode, even where the call then fails.
        if (error == Errno.None) filter = add ? filter.With(source) : filter.Without(source);
        if (filter != found.Filter) device!.Groups.Change(group, found, filter);
        return error;
    }

    /// <summary>Sets the whole filter.</summary>
    /// <returns>EINVAL: no group, no mode, or not joined; ENODEV; EADDRNOTAVAIL: INCLUDE nobody, which is to leave, without having joined; ENOBUFS.</returns>
    public Errno SetFilter(IpAddress group, in InterfaceChoice by, int mode, ReadOnlySpan<IpAddress> sources)
    {
        if (!group.IsMulticast || mode is not ((int)FilterMode.Exclude or (int)FilterMode.Include)) return Errno.EINVAL;
        if (by.Find(Host, group) is null) return Errno.ENODEV;
        if (mode == (int)FilterMode.Include && sources.IsEmpty) return Leave(group, by);
        Errno error = FindJoined(group, by, out NetworkInterface? device, out SocketMembership? found, exactly: true);
        if (error != Errno.None) return error;
        if (!sources.IsEmpty && !HasMemoryFor(SocketMembership.SourceMemory(group, sources.Length))) return Errno.ENOBUFS;
        device!.Groups.Change(group, found!, new SourceFilter((FilterMode)mode, sources.ToArray()));
        return Errno.None;
    }

    /// <summary>The filter of a group as the socket has set it.</summary>
    /// <returns>EINVAL: no group; ENODEV: no such interface (IP_MSFILTER alone looks); EADDRNOTAVAIL: not joined there.</returns>
    public Errno GetFilter(IpAddress group, in InterfaceChoice by, bool looksForInterface, out SourceFilter filter)
    {
        filter = SourceFilter.Nobody;
        if (!group.IsMulticast) return Errno.EINVAL;
        int index = by.Index;
        if (looksForInterface)
        {
            if (by.Find(Host, group) is not { } device) return Errno.ENODEV;
            index = device.Index;
        }
        if (_list.Find(candidate => candidate.Group == group && candidate.InterfaceIndex == index) is not { } found) return Errno.EADDRNOTAVAIL;
        filter = found.Filter;
        return Errno.None;
    }

    /// <summary>Whether the socket wants a packet of a source to a group; null where it has not joined the group (there).</summary>
    public bool? Allows(IpAddress group, IpAddress source, int interfaceIndex)
    {
        foreach (SocketMembership membership in _list)
        {
            // A group of IPv6 is looked for whatever the interface (Linux inet6_mc_check).
            if (membership.Group == group && (group.IsIPv6 || membership.InterfaceIndex == interfaceIndex)) return membership.Filter.Allows(source);
        }
        return null;
    }

    /// <summary>The socket is closed: its groups are left.</summary>
    public void LeaveAll()
    {
        LeaveAll(isIPv4: true);
        LeaveAll(isIPv4: false);
    }

    /// <summary>Leaves all groups of one family.</summary>
    public void LeaveAll(bool isIPv4)
    {
        foreach (SocketMembership membership in _list)
        {
            if (membership.Group.IsIPv4 == isIPv4) Host.Interfaces.Find(membership.InterfaceIndex)?.Groups.Remove(membership.Group, membership);
        }
        _list.RemoveAll(membership => membership.Group.IsIPv4 == isIPv4);
    }

    private Errno FindJoined(IpAddress group, in InterfaceChoice by, out NetworkInterface? device, out SocketMembership? found, bool exactly = false)
    {
        device = null;
        found = null;
        if (!group.IsMulticast) return Errno.EINVAL;
        device = by.Find(Host, group);
        if (device is null) return Errno.ENODEV;
        int index = group.IsIPv4 ? device.Index : by.Index;
        found = exactly ? _list.Find(candidate => candidate.Group == group && candidate.InterfaceIndex == index) : Find(group, index);
        if (found is null) return Errno.EINVAL;
        // IPv6 without a word about the interface takes the membership that there is, wherever it is.
        if (found.InterfaceIndex != device.Index) device = Host.Interfaces.Find(found.InterfaceIndex);
        return device is null ? Errno.ENODEV : Errno.None;
    }

    private bool HasRoomFor(IpAddress group, SourceFilter filter)
        => filter.Count < (group.IsIPv4 ? Host.Sysctl.IPv4.IgmpMaxMsf : Host.Sysctl.IPv6.MldMaxMsf).Value
            && HasMemoryFor(SocketMembership.SourceMemory(group, filter.Count + 1));

    private SocketMembership? Find(IpAddress group, int index) => _list.Find(candidate => candidate.Group == group && (index == 0 || candidate.InterfaceIndex == index));

    private int CountIPv4()
    {
        int count = 0;
        foreach (SocketMembership membership in _list)
        {
            if (membership.Group.IsIPv4) count++;
        }
        return count;
    }

    /// <summary>Linux sock_kmalloc: what the socket's options hold stays below optmem_max.</summary>
    private bool HasMemoryFor(int bytes)
    {
        int held = socket.Filter?.Memory ?? 0;
        foreach (SocketMembership membership in _list) held += membership.Memory;
        return held + bytes < Host.Sysctl.Core.OptmemMax.Value;
    }
}
