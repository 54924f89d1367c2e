using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The requests of ioctl that change IPv4 addresses, neighbours and routes, on sockets of IPv4 (netdevice(7), arp(7), route(8); Linux devinet_ioctl, arp_ioctl, ip_rt_ioctl).</summary>
internal static class NetworkRequests
{
    private const int NameLength = 16;

    public static bool IsOne(uint request) => IsAddress(request) || request is IoControl.SIOCGARP or IoControl.SIOCSARP or IoControl.SIOCDARP or IoControl.SIOCADDRT or IoControl.SIOCDELRT;

    /// <returns>EPERM: a change without CAP_NET_ADMIN; else what the change ends with.</returns>
    public static CallResult Serve(StackHost host, ProcessContext process, uint request, Span<byte> argument)
    {
        if (request != IoControl.SIOCGARP && !process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        if (request is IoControl.SIOCADDRT or IoControl.SIOCDELRT) return RouteEntryRequests.Serve(host, request == IoControl.SIOCADDRT, argument);
        return IsAddress(request) ? SetAddress(host, request, argument) : ArpRequests.Serve(host, request, argument);
    }

    private static bool IsAddress(uint request) => request is IoControl.SIOCSIFADDR or IoControl.SIOCSIFDSTADDR or IoControl.SIOCSIFBRDADDR or IoControl.SIOCSIFNETMASK;

    private static CallResult SetAddress(StackHost host, uint request, Span<byte> argument)
    {
        if (argument.Length < InterfaceRequests.Length) return Errno.EFAULT;
        ReadOnlySpan<byte> value = argument[NameLength..];
        if (SockAddr.FamilyOf(value) != AddressFamily.Inet) return Errno.EINVAL;
        if (InterfaceRequests.Find(host, argument) is not { } device) return Errno.ENODEV;
        IpAddress address = SockAddr.IPv4Of(value);
        LocalAddress? old = InterfaceRequests.LabelledIPv4(device, argument);
        if (request == IoControl.SIOCSIFADDR) return SetLocal(device, old, address, InterfaceRequests.LabelOf(argument));
        if (old is null) return Errno.EADDRNOTAVAIL;
        AddressRequest changed = RequestOf(old);
        switch (request)
        {
            case IoControl.SIOCSIFBRDADDR:
                return address == changed.Broadcast ? Errno.None : Renew(old, changed with { Broadcast = address });
            case IoControl.SIOCSIFDSTADDR:
                if (address.IsMulticast) return Errno.EINVAL;
                return Renew(old, changed with { Peer = address == old.Address ? default : address });
            default:
                if (LengthOfMask(address.IPv4) is not { } length) return Errno.EINVAL;
                bool isUsual = device.HasLinkAddresses && old.Prefix.Length < 31 && old.Broadcast == old.Prefix.DirectedBroadcast;
                var prefix = new IpPrefix(old.Address, length);
                return length == old.Prefix.Length ? Errno.None : Renew(old, changed with { Prefix = prefix, Broadcast = isUsual && length < 31 ? prefix.DirectedBroadcast : changed.Broadcast });
        }
    }

    /// <summary>Sets the address of a label, with the network of its class (RFC 791 §3.2); none at all takes the address away.</summary>
    private static CallResult SetLocal(NetworkInterface device, LocalAddress? old, IpAddress address, string label)
    {
        if (address.IsMulticast) return Errno.EINVAL;
        if (old?.Address == address) return 0;
        if (old is not null) device.RemoveAddress(old.Address);
        if (address.IsUnspecified) return 0;
        uint first = address.IPv4 >> 24;
        // Class E has no networks (Linux inet_abc_len).
        int length = !device.HasLinkAddresses && !device.IsLoopback || first >= 240 ? 32 : first == 0 ? 0 : first < 128 ? 8 : first < 192 ? 16 : 24;
        var prefix = new IpPrefix(address, length);
        return device.AddAddress(new AddressRequest(prefix) { Label = label, Broadcast = device.HasLinkAddresses ? prefix.DirectedBroadcast : IpAddress.AnyIPv4 });
    }

    private static AddressRequest RequestOf(LocalAddress address) => new(address.Prefix)
    {
        Scope = address.Scope, Broadcast = address.Interface.HasLinkAddresses || address.IsBroadcastGiven ? address.Broadcast : IpAddress.AnyIPv4, Peer = address.Peer, Label = address.Label, Origin = address.Origin, Flags = address.UserFlags, Metric = address.Metric,
    };

    private static CallResult Renew(LocalAddress old, in AddressRequest request)
    {
        old.Interface.RemoveAddress(old.Address);
        return old.Interface.AddAddress(request);
    }

    /// <summary>The length of a netmask; null where its ones are not all in front.</summary>
    public static int? LengthOfMask(uint mask) => (mask | mask - 1) == uint.MaxValue || mask == 0 ? System.Numerics.BitOperations.PopCount(mask) : null;
}
