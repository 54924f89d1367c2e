using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Takes in redirects, and follows those that a router on the way may give (RFC 1122 §3.2.2.2, RFC 4861 §8.1; the kernel's __ip_do_redirect and ndisc_redirect_rcv).</summary>
internal sealed class RedirectInput(StackHost host)
{
    private const byte HighestCode = (byte)Icmpv4RedirectCode.HostAndTos;

    /// <param name="packet">Borrowed: the message, with its IP header before it.</param>
    /// <param name="message">The message.</param>
    /// <param name="info">What came with it.</param>
    /// <returns>False if the message makes no sense.</returns>
    public bool Receive4(PacketBuffer packet, Icmpv4View message, in ReceivedIp info)
    {
        if (!QuotedPacketView.TryParse(message.Payload, out QuotedPacketView quoted, out _) || !quoted.Source.IsIPv4 || message.Payload[0] >> 4 != 4) return false;
        // Only about packets that this host can have sent, and for which somebody here stands (RFC 5927 §4).
        if (message.Code > HighestCode || !quoted.HasTransport || !host.Interfaces.IsLocal(quoted.Source)) return true;
        if (host.Ip.TransportOf(quoted.Protocol) is { } transport && !transport.AcceptsPathMtu(IcmpError.Of(packet, info, quoted, message.Rest))) return true;
        if (!IsByCurrentHop(quoted.Destination, info, 0, out Route? route)) return true;
        IpAddress better = message.Gateway;
        if (IsAcceptable(better, info)) Follow4(quoted.Destination, route, better);
        else if (info.Interface.Settings.IPv4.LogMartians.IsOn || host.Sysctl.IPv4.All.LogMartians.IsOn)
            host.Log.WriteLimited($"IPv4: Redirect from {info.Source} on {info.Interface.Name} about {better} ignored\n  Advised path = {quoted.Source} -> {quoted.Destination}");
        return true;
    }

    public void Receive6(RedirectView redirect, in ReceivedIp info)
    {
        NetworkInterface device = info.Interface;
        IpAddress destination = redirect.Destination, target = redirect.Target;
        bool isOnLink = destination == target;
        if (!info.Source.IsLinkLocal || destination.IsMulticast || destination.IsUnspecified || !isOnLink && !target.IsLinkLocal) return;
        if (device.Settings.IPv6.Forwarding.IsOn || !device.Settings.IPv6.AcceptRedirects.IsOn) return;
        if (!IsByCurrentHop(destination, info, destination.IsLinkLocal ? device.Index : 0, out Route? route) || device.Neighbors.GetOrAdd(target) is not { } neighbor) return;
        if (redirect.Options.TryGetLinkAddress(NeighborOptionKind.TargetLinkAddress, out MacAddress link)) neighbor.Update(link, NeighborState.Stale, mayOverride: true);
        neighbor.IsRouter = !isOnLink;
        host.Redirects.Set(destination, route, target);
    }

    /// <summary>
    /// Whether it comes from the hop that packets to the destination go by now: nobody else may say anything. Of IPv6 the router that the route names keeps its say when others have been told of
    /// (Linux ip6_redirect_nh_match).
    /// </summary>
    private bool IsByCurrentHop(IpAddress destination, in ReceivedIp info, int scope, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Route? route)
    {
        route = host.Routes.Find(destination, scope);
        if (route is not { Kind: RouteKind.Unicast, HasGateway: true } || !ReferenceEquals(route.Interface, info.Interface)) return false;
        return host.Redirects.NextHop(destination, route) == info.Source || !info.IsIPv4 && route.Gateway == info.Source;
    }

    /// <summary>accept_redirects, shared_media and secure_redirects as IN_DEV_RX_REDIRECTS and __ip_do_redirect have them.</summary>
    private bool IsAcceptable(IpAddress better, in ReceivedIp info)
    {
        IPv4Conf own = info.Interface.Settings.IPv4, all = host.Sysctl.IPv4.All;
        bool accepts = own.Forwarding.IsOn ? all.AcceptRedirects.IsOn && own.AcceptRedirects.IsOn : all.AcceptRedirects.IsOn || own.AcceptRedirects.IsOn;
        if (!accepts || better == info.Source || better.IsMulticast || better.IsLimitedBroadcast || better.IPv4 >> 24 == 0) return false;
        if (own.SharedMedia.IsOn || all.SharedMedia.IsOn)
            return host.Interfaces.FindAddress(better) is null && host.Routes.Find(better) is null or { Kind: RouteKind.Unicast };
        if (!IsOnLink(info.Interface, better, info.Source)) return false;
        return !(own.SecureRedirects.IsOn || all.SecureRedirects.IsOn) || IsDefaultGateway(better, info.Interface);
    }

    private static bool IsOnLink(NetworkInterface device, IpAddress better, IpAddress router)
    {
        foreach (LocalAddress local in device.Addresses)
        {
            if (local.Address.IsIPv4 && !local.IsSecondary && local.Prefix.Contains(better) && local.Prefix.Contains(router)) return true;
        }
        return false;
    }

    private bool IsDefaultGateway(IpAddress gateway, NetworkInterface device)
        => host.Routes.OfPrefix(new IpPrefix(IpAddress.AnyIPv4, 0)).Exists(route => route.Gateway == gateway && ReferenceEquals(route.Interface, device));

    /// <summary>As the kernel does: a hop that is not known yet is asked for, and only the next redirect to it counts.</summary>
    private void Follow4(IpAddress destination, Route route, IpAddress better)
    {
        if (route.Interface.HasLinkAddresses)
        {
            if (route.Interface.Neighbors.GetOrAdd(better) is not { } neighbor) return;
            if (!neighbor.IsValid)
            {
                neighbor.Resolve();
                return;
            }
        }
        host.Redirects.Set(destination, route, better);
    }
}
