using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>struct rtentry: SIOCADDRT, SIOCDELRT on sockets of IPv4 (route(8); Linux rtentry_to_fib_config).</summary>
internal static class RouteEntryRequests
{
    private const int Length = 120, DestinationAt = 8, GatewayAt = 24, MaskAt = 40, FlagsAt = 56, MetricAt = 80, DeviceAt = 88;
    private const int FlagGateway = 2, FlagHost = 4, FlagMtu = 0x40, FlagWindow = 0x80, FlagRoundTrip = 0x100, FlagReject = 0x200;
    private const byte MadeAtBoot = 3;

    public static CallResult Serve(StackHost host, bool isAddition, ReadOnlySpan<byte> argument)
    {
        if (argument.Length < Length) return Errno.EFAULT;
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(argument[FlagsAt..]);
        Errno error = ReadDestination(argument, (flags & FlagHost) != 0, out IpPrefix destination);
        if (error != Errno.None) return error;
        // rt_dev points to a name: bytes without pointers cannot have one. The segment size and what TCP should begin with are no metrics of routes here.
        if (BinaryPrimitives.ReadUInt64LittleEndian(argument[DeviceAt..]) != 0) return Errno.EFAULT;
        if (isAddition && (flags & (FlagMtu | FlagWindow | FlagRoundTrip)) != 0) return Errno.EOPNOTSUPP;
        int metric = Math.Max(BinaryPrimitives.ReadInt16LittleEndian(argument[MetricAt..]) - 1, 0);
        IpAddress gateway = SockAddr.FamilyOf(argument[GatewayAt..]) == AddressFamily.Inet ? SockAddr.IPv4Of(argument[GatewayAt..]) : IpAddress.AnyIPv4;
        if ((flags & FlagReject) != 0) return isAddition ? host.Routes.Add(new Route { Destination = destination, Interface = host.Loopback, Kind = RouteKind.Unreachable, Metric = metric, Protocol = MadeAtBoot, GivenScope = RouteMessages.ScopeHost }) : Remove(host, destination, IpAddress.AnyIPv4, metric, RouteKind.Unreachable);
        if (!isAddition) return Remove(host, destination, gateway, metric, RouteKind.Unicast);
        if ((flags & FlagGateway) != 0 && gateway.IsUnspecified) return Errno.EINVAL;
        // A gateway that the flags do not name would have to be nearer than the link.
        if ((flags & FlagGateway) == 0 && !gateway.IsUnspecified) return Errno.ENETUNREACH;
        return gateway.IsUnspecified ? Errno.ENODEV : AddVia(host, destination, gateway, metric);
    }

    private static CallResult AddVia(StackHost host, IpPrefix destination, IpAddress gateway, int metric)
    {
        Route? via = host.Routes.Find(gateway, 0, onLinkOnly: true);
        if (via is not { Kind: RouteKind.Unicast }) return Errno.ENETUNREACH;
        return host.Routes.Add(new Route { Destination = destination, Interface = via.Interface, Gateway = gateway, Metric = metric, Protocol = MadeAtBoot });
    }

    private static CallResult Remove(StackHost host, IpPrefix destination, IpAddress gateway, int metric, RouteKind kind)
    {
        foreach (Route route in host.Routes.OfPrefix(destination))
        {
            if (RouteMessages.TableOf(route) != RouteMessages.TableMain || route.Kind != kind) continue;
            if (!gateway.IsUnspecified && gateway != route.Gateway || metric != 0 && metric != route.Metric) continue;
            host.Routes.Remove(route);
            return 0;
        }
        return Errno.ESRCH;
    }

    private static Errno ReadDestination(ReadOnlySpan<byte> argument, bool isHost, out IpPrefix destination)
    {
        destination = default;
        if (SockAddr.FamilyOf(argument[DestinationAt..]) != AddressFamily.Inet) return Errno.EAFNOSUPPORT;
        IpAddress address = SockAddr.IPv4Of(argument[DestinationAt..]);
        int length = 32;
        if (!isHost)
        {
            ReadOnlySpan<byte> mask = argument[MaskAt..];
            uint bits = SockAddr.IPv4Of(mask).IPv4;
            if (SockAddr.FamilyOf(mask) != AddressFamily.Inet && (bits != 0 || SockAddr.FamilyOf(mask) != AddressFamily.Unspecified)) return Errno.EAFNOSUPPORT;
            if (NetworkRequests.LengthOfMask(bits) is not { } ones || (address.IPv4 & ~bits) != 0) return Errno.EINVAL;
            length = ones;
        }
        destination = new IpPrefix(address, length);
        return Errno.None;
    }
}
