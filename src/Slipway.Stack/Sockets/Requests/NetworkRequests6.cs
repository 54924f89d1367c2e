using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>struct in6_ifreq and struct in6_rtmsg: the requests of ioctl that change IPv6 addresses and routes, on sockets of IPv6 (Linux inet6_ioctl).</summary>
internal static class NetworkRequests6
{
    private const int AddressLength = 24, RouteLength = 80, GatewayAt = 32, PrefixAt = 52, SourcePrefixAt = 54, MetricAt = 56, FlagsAt = 72, IndexAt = 76;
    private const int LongestPrefix = 128;
    private const int FlagGateway = 2;
    private const byte MadeAtBoot = 3;

    public static bool IsOne(uint request) => request is IoControl.SIOCSIFADDR or IoControl.SIOCDIFADDR or IoControl.SIOCSIFDSTADDR or IoControl.SIOCADDRT or IoControl.SIOCDELRT;

    public static CallResult Serve(StackHost host, ProcessContext process, uint request, ReadOnlySpan<byte> argument)
    {
        if (!process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        bool isRoute = request is IoControl.SIOCADDRT or IoControl.SIOCDELRT;
        if (argument.Length < (isRoute ? RouteLength : AddressLength)) return Errno.EFAULT;
        if (isRoute) return ChangeRoute(host, request == IoControl.SIOCADDRT, argument);
        // SIOCSIFDSTADDR makes tunnels of a device that hosts do not have.
        if (request == IoControl.SIOCSIFDSTADDR) return Errno.ENODEV;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(argument[16..]);
        NetworkInterface? device = host.Interfaces.Find(BinaryPrimitives.ReadInt32LittleEndian(argument[20..]));
        // Adding looks for the interface first, removing last.
        if (device is null && request == IoControl.SIOCSIFADDR) return Errno.ENODEV;
        if (length > LongestPrefix) return Errno.EINVAL;
        if (device is null) return Errno.ENODEV;
        IpAddress address = IpAddress.ReadIPv6(argument);
        if (request == IoControl.SIOCSIFADDR && (address.IsUnspecified || address.IsMulticast)) return Errno.EADDRNOTAVAIL;
        if (request == IoControl.SIOCSIFADDR) return device.AddAddress(new AddressRequest(new IpPrefix(address, (int)length)));
        return device.FindAddress(address) is { } known && known.Prefix.Length == length ? device.RemoveAddress(address) : Errno.EADDRNOTAVAIL;
    }

    private static CallResult ChangeRoute(StackHost host, bool isAddition, ReadOnlySpan<byte> argument)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(argument[PrefixAt..]), metric = BinaryPrimitives.ReadInt32LittleEndian(argument[MetricAt..]), index = BinaryPrimitives.ReadInt32LittleEndian(argument[IndexAt..]);
        if (length > LongestPrefix) return Errno.EINVAL;
        // Routes that depend on the source are not of this host.
        if (BinaryPrimitives.ReadUInt16LittleEndian(argument[SourcePrefixAt..]) != 0) return Errno.EINVAL;
        IpPrefix destination = new IpPrefix(IpAddress.ReadIPv6(argument), length).Network;
        IpAddress gateway = IpAddress.ReadIPv6(argument[GatewayAt..]);
        NetworkInterface? device = host.Interfaces.Find(index);
        if (index != 0 && device is null) return Errno.ENODEV;
        if (!isAddition) return host.Routes.Remove(destination, gateway.IsUnspecified ? null : gateway, device, metric == 0 ? null : metric);
        if ((BinaryPrimitives.ReadInt32LittleEndian(argument[FlagsAt..]) & FlagGateway) != 0 && gateway.IsUnspecified) return Errno.EINVAL;
        if (device is null)
        {
            if (gateway.IsUnspecified) return Errno.ENODEV;
            device = host.Routes.Find(gateway, 0, onLinkOnly: true)?.Interface;
            if (device is null) return Errno.EHOSTUNREACH;
        }
        return host.Routes.Add(new Route { Destination = destination, Gateway = gateway, Interface = device, Metric = metric == 0 ? Route.DefaultIPv6Metric : metric, Protocol = MadeAtBoot });
    }
}
