using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <content>Anycast addresses that a socket joins (IPV6_JOIN_ANYCAST; the kernel's ipv6_sock_ac_join).</content>
internal abstract partial class InetSocket
{
    /// <summary>Joins an anycast address.</summary>
    /// <param name="caller">Needs CAP_NET_ADMIN.</param>
    /// <param name="address">The address.</param>
    /// <param name="interfaceIndex">The interface; 0 for the one that the routes lead to.</param>
    /// <returns>EPERM; EINVAL: a group, or an address of the host's own; ENODEV; EADDRNOTAVAIL: on a host the address is of none of the interface's networks.</returns>
    public Errno JoinAnycast(ProcessContext caller, IpAddress address, int interfaceIndex)
    {
        if (!caller.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        if (address.IsMulticast && address.IsIPv6) return Errno.EINVAL;
        NetworkInterface? device = interfaceIndex == 0 ? null : Host.Interfaces.Find(interfaceIndex);
        LocalAddress? own = device is null ? Host.Interfaces.FindAddress(address) : device.FindAddress(address);
        if (own is { IsTentative: false, Address.IsIPv6: true }) return Errno.EINVAL;
        if (interfaceIndex == 0)
        {
            device = address.IsIPv4 ? null : Host.Routes.Find(address)?.Interface;
            if (device is null && !Host.Sysctl.IPv6.All.Forwarding.IsOn) return Errno.EADDRNOTAVAIL;
            device ??= FirstLink();
        }
        if (device is null) return Errno.ENODEV;
        if (!device.HasIPv6) return interfaceIndex != 0 ? Errno.ENODEV : Errno.EADDRNOTAVAIL;
        if (!device.Settings.IPv6.Forwarding.IsOn && !HasNetworkOf(device, address)) return Errno.EADDRNOTAVAIL;
        device.Anycasts.Join(address);
        (Uncommon.Anycasts ??= []).Add((address, device.Index));
        return Errno.None;
    }

    /// <summary>Leaves it, once for each time that it was joined.</summary>
    /// <returns>ENOENT: the socket has not joined it.</returns>
    public Errno LeaveAnycast(IpAddress address, int interfaceIndex)
    {
        List<(IpAddress Address, int Interface)>? joined = UncommonIfAny?.Anycasts;
        for (int i = (joined?.Count ?? 0) - 1; i >= 0; i--)
        {
            (IpAddress known, int index) = joined![i];
            if (known != address || interfaceIndex != 0 && index != interfaceIndex) continue;
            joined.RemoveAt(i);
            Host.Interfaces.Find(index)?.Anycasts.Leave(address);
            return Errno.None;
        }
        return Errno.ENOENT;
    }

    private void LeaveAnycasts(List<(IpAddress Address, int Interface)> joined)
    {
        foreach ((IpAddress address, int index) in joined) Host.Interfaces.Find(index)?.Anycasts.Leave(address);
        joined.Clear();
    }

    /// <summary>A router takes part anywhere: without a route by its first link.</summary>
    private NetworkInterface? FirstLink()
    {
        foreach (NetworkInterface candidate in Host.Interfaces)
        {
            if (candidate is { IsUp: true, IsLoopback: false }) return candidate;
        }
        return null;
    }

    private static bool HasNetworkOf(NetworkInterface device, IpAddress address)
    {
        foreach (LocalAddress local in device.Addresses)
        {
            if (local.Address.IsIPv6 && local.Prefix.Contains(address)) return true;
        }
        return false;
    }
}
