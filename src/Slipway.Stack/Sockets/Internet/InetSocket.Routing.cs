using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The question to the routing by the socket's options.</summary>
internal abstract partial class InetSocket
{
    /// <summary>Something that routes depend on has changed.</summary>
    public abstract void ForgetRoute();

    /// <inheritdoc/>
    public override void OnOptionSet() => ForgetRoute();

    /// <summary>Whether the source is of IPv4 and the destination of IPv6, as after a connect to a mapped address: EAFNOSUPPORT.</summary>
    protected bool HasForeignSource(IpAddress destination) => IsIPv6 && SourceAddress.IsIPv4 && destination.IsIPv6 && !destination.IsUnspecified;

    /// <summary>The question to the routing: interface and source by the socket's options, each where nothing more specific was said.</summary>
    protected FlowKey FlowTo(IpAddress destination, int scope, int interfaceIndex, IpAddress source, bool dontRoute)
    {
        bool isIPv4 = destination.IsIPv4, isWish = false;
        if (interfaceIndex == 0) interfaceIndex = scope;
        if (interfaceIndex == 0) interfaceIndex = BoundInterface;
        if (source.IsUnspecified && SourceAddress.IsIPv4 == isIPv4) source = SourceAddress;
        if (isIPv4)
        {
            if (destination.IsMulticast)
            {
                if (interfaceIndex == 0) interfaceIndex = MulticastInterface;
                if (source.IsUnspecified) source = MulticastAddress;
            }
            else if (interfaceIndex == 0) interfaceIndex = UnicastInterface;
        }
        else
        {
            // IPV6_PKTINFO is for datagrams: a stream has its addresses from bind and connect.
            bool isSticky = Type != SocketType.Stream;
            if (interfaceIndex == 0 && isSticky) interfaceIndex = StickyInterface;
            if (interfaceIndex == 0) interfaceIndex = destination.IsMulticast ? MulticastInterface6 : UnicastInterface6;
            // The address of IPV6_PKTINFO is kept and told, but Linux 6.18 sends nothing from it.
            isWish = isSticky && BoundInterface == 0 && !source.IsUnspecified && !destination.IsMulticast && !destination.IsLinkLocal && !destination.IsLoopback && !destination.IsUnspecified;
        }
        return new FlowKey(destination)
        {
            Source = source.IsUnspecified ? isIPv4 ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6 : source,
            InterfaceIndex = interfaceIndex,
            IsInterfaceWish = isWish,
            Protocol = (IpProtocolNumber)Protocol,
            Tos = isIPv4 ? Tos : TrafficClass,
            DontRoute = dontRoute,
            AnySource = (Flags & (SocketFlags.FreeBind | SocketFlags.Transparent | SocketFlags.HeaderIncluded)) != 0,
            Preferences = Preferences,
        };
    }
}
