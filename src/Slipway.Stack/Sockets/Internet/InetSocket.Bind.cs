using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>bind and connect.</summary>
internal abstract partial class InetSocket
{
    /// <inheritdoc/>
    public override Errno Bind(Caller caller, ReadOnlySpan<byte> address)
    {
        Errno error = IsIPv6 ? ReadBind6(address, out IpAddress local, out ushort port) : ReadBind4(address, out local, out port);
        if (error != Errno.None) return error;
        if (IsIPv6 && Type == SocketType.Stream && local.IsMulticast && !local.IsIPv4) return Errno.EINVAL;
        // IPv4 looks at the address before all that is the socket's, IPv6 last.
        if (!IsIPv6 && !IsBindableIPv4(local)) return Errno.EADDRNOTAVAIL;
        if (NeedsPrivilege(port) && !caller.Process.HasCapability(Capability.NetBindService)) return Errno.EACCES;
        if (!IsBindable) return Errno.EINVAL;
        error = IsIPv6 ? Bind6(local, port, SockAddr.ScopeOf(address)) : Bind4(local, port, Has(SocketFlags.BindAddressNoPort));
        if (error != Errno.None) return error;
        if (!IsIPv6) HasLostRoute = true;
        // A stream that could not connect has a peer until here (SO_PEERNAME).
        PeerPort = 0;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length < 2) return Errno.EINVAL;
        if (SockAddr.FamilyOf(address) == AddressFamily.Unspecified)
        {
            Disconnect();
            return Errno.None;
        }
        if (LocalPort == 0 && TakePort(0) != Errno.None) return Errno.EAGAIN;
        Errno error = ReadPeer(address, out SendTarget peer);
        return error == Errno.None ? ConnectTo(peer) : error;
    }

    /// <summary>Whether bind may still name the socket; if not it is EINVAL, whatever the address.</summary>
    protected virtual bool IsBindable => !IsConnected && LocalPort == 0;

    /// <summary>Whether a port is one of those that only privileged processes bind.</summary>
    protected virtual bool NeedsPrivilege(ushort port) => port != 0 && port < Host.Sysctl.IPv4.UnprivilegedPortStart.Value;

    /// <summary>Takes a port, or any free one for 0, and enters the tables of the protocol with <see cref="BoundAddress"/>.</summary>
    /// <returns>EADDRINUSE.</returns>
    protected abstract Errno TakePort(ushort port);

    /// <summary>Address or peer has changed: the socket stands elsewhere in the tables.</summary>
    protected abstract void Rehash();

    /// <summary>Ends the connection; an address and a port that bind did not name are given up.</summary>
    protected void Disconnect()
    {
        bool wasBound = LocalPort != 0;
        IsConnected = false;
        PeerAddress = AnyAddress;
        PeerPort = 0;
        PeerFlowInfo = 0;
        // Linux forgets SO_BINDTODEVICE here too.
        BoundInterface = 0;
        ForgetRoute();
        if (!IsAddressLocked) BoundAddress = SourceAddress = AnyAddress;
        if (!wasBound) return;
        if (IsPortLocked) Rehash();
        else Unbind();
    }

    private static Errno ReadBind4(ReadOnlySpan<byte> address, out IpAddress local, out ushort port)
    {
        local = default;
        port = 0;
        if (address.Length < SockAddr.IPv4Length) return Errno.EINVAL;
        local = SockAddr.IPv4Of(address);
        port = SockAddr.PortOf(address);
        AddressFamily family = SockAddr.FamilyOf(address);
        // Old programs leave the family out for the wildcard.
        return family == AddressFamily.Inet || (family == AddressFamily.Unspecified && local.IsUnspecified) ? Errno.None : Errno.EAFNOSUPPORT;
    }

    private static Errno ReadBind6(ReadOnlySpan<byte> address, out IpAddress local, out ushort port)
    {
        local = default;
        port = 0;
        if (address.Length < SockAddr.IPv6LeastLength) return Errno.EINVAL;
        local = SockAddr.IPv6Of(address);
        port = SockAddr.PortOf(address);
        return SockAddr.FamilyOf(address) == AddressFamily.Inet6 ? Errno.None : Errno.EAFNOSUPPORT;
    }

    /// <summary>Whether bind takes an IPv4 address: one of the host's, the wildcard, a group, a broadcast, or any where an option says so.</summary>
    protected bool IsBindableIPv4(IpAddress address)
        => address.IsUnspecified || address.IsMulticast || IsBroadcast(address) || Host.Interfaces.IsLocal(address) || MayBindAnyAddress(isIPv4: true);

    protected bool MayBindAnyAddress(bool isIPv4)
        => Has(SocketFlags.FreeBind) || Has(SocketFlags.Transparent)
            || (isIPv4 ? Host.Sysctl.IPv4.NonlocalBind.IsOn : Host.Sysctl.IPv6.NonlocalBind.IsOn);

    private Errno Bind4(IpAddress local, ushort port, bool withoutPort)
    {
        bool isGroup = local.IsMulticast || IsBroadcast(local);
        if (!local.IsUnspecified && !isGroup && !Host.Interfaces.IsLocal(local) && !MayBindAnyAddress(isIPv4: true)) return Errno.EADDRNOTAVAIL;
        BoundAddress = local;
        SourceAddress = isGroup ? IpAddress.AnyIPv4 : local;
        if (port != 0 || !withoutPort)
        {
            Errno error = TakePort(port);
            if (error != Errno.None)
            {
                BoundAddress = SourceAddress = AnyAddress;
                return error;
            }
        }
        IsAddressLocked = !local.IsUnspecified;
        IsPortLocked = port != 0;
        ForgetRoute();
        return Errno.None;
    }

    private Errno Bind6(IpAddress local, ushort port, int scope)
    {
        // The address types that Linux checks in this order: mapped, link-local, others.
        if (local.IsIPv4)
        {
            Errno refused = IsIPv6Only ? Errno.EINVAL : Bind4(local, port, withoutPort: false);
            // Other than an IPv4 socket, this one keeps a group or a broadcast address as its source, and so can send nothing.
            // The mapped wildcard is an address as any other to disconnecting.
            if (refused == Errno.None) (SourceAddress, IsAddressLocked) = (local, true);
            return refused;
        }
        bool wasIPv6Only = IsIPv6Only;
        if (!local.IsUnspecified)
        {
            if (local.IsLinkLocal || local.IsLinkScopeMulticast)
            {
                if (scope != 0) BoundInterface = scope;
                if (BoundInterface == 0) return Errno.EINVAL;
            }
            Errno error = CheckBind6(local);
            // The socket is bound to the interface from here on, as on Linux, even where the address is refused.
            if (error != Errno.None) return error;
            // Nothing of IPv4 can reach a socket that is bound to an IPv6 address.
            Set(SocketFlags.IPv6Only, true);
        }
        BoundAddress = local;
        SourceAddress = local.IsMulticast ? IpAddress.AnyIPv6 : local;
        Errno taken = TakePort(port);
        if (taken != Errno.None)
        {
            BoundAddress = SourceAddress = AnyAddress;
            Set(SocketFlags.IPv6Only, wasIPv6Only);
            return taken;
        }
        IsAddressLocked = !local.IsUnspecified;
        IsPortLocked = port != 0;
        ForgetRoute();
        return Errno.None;
    }

    protected Errno CheckBind6(IpAddress local)
    {
        NetworkInterface? device = null;
        if (BoundInterface != 0)
        {
            device = Host.Interfaces.Find(BoundInterface);
            if (device is null) return Errno.ENODEV;
        }
        if (local.IsMulticast || MayBindAnyAddress(isIPv4: false)) return Errno.None;
        bool isOurs = device is not null ? device.FindAddress(local) is not null : Host.Interfaces.IsLocal(local) && !Host.Interfaces.IsAnycast(local);
        return isOurs ? Errno.None : Errno.EADDRNOTAVAIL;
    }

    /// <summary>Whether an address is a broadcast one by this host's routes.</summary>
    protected bool IsBroadcast(IpAddress address)
    {
        if (address.IsLimitedBroadcast) return true;
        return Host.Routes.Find(address) is { Kind: RouteKind.Broadcast };
    }

    protected Errno ReadPeer(ReadOnlySpan<byte> address, out SendTarget peer)
    {
        peer = default;
        bool isIPv4 = !IsIPv6 || SockAddr.FamilyOf(address) == AddressFamily.Inet;
        if (isIPv4)
        {
            if (IsIPv6 && IsIPv6Only) return Errno.EAFNOSUPPORT;
            if (address.Length < SockAddr.IPv4Length) return Errno.EINVAL;
            if (SockAddr.FamilyOf(address) != AddressFamily.Inet) return Errno.EAFNOSUPPORT;
            peer.Address = SockAddr.IPv4Of(address);
            peer.Port = SockAddr.PortOf(address);
            return Errno.None;
        }
        if (address.Length < SockAddr.IPv6LeastLength) return Errno.EINVAL;
        if (SockAddr.FamilyOf(address) != AddressFamily.Inet6) return Errno.EAFNOSUPPORT;
        peer.Address = SockAddr.IPv6Of(address);
        peer.Port = SockAddr.PortOf(address);
        if (Has(SocketFlags.FlowInfoSend)) peer.FlowInfo = SockAddr.FlowInfoOf(address) & 0x0FFF_FFFF;
        Errno error = FindLease(peer.FlowInfo, out _);
        if (error != Errno.None) return error;
        // The wildcard is this host: of the family that the socket is bound in.
        if (peer.Address.IsIPv6 && peer.Address.IsUnspecified) peer.Address = SourceAddress.IsIPv4 ? IpAddress.LoopbackIPv4 : IpAddress.LoopbackIPv6;
        if (peer.Address.IsIPv4) return IsIPv6Only ? Errno.ENETUNREACH : Errno.None;
        if (!peer.Address.IsLinkLocal && !peer.Address.IsLinkScopeMulticast) return Errno.None;
        int scope = SockAddr.ScopeOf(address);
        if (scope != 0)
        {
            if (BoundInterface != 0 && BoundInterface != scope) return Errno.EINVAL;
            BoundInterface = scope;
        }
        if (BoundInterface == 0 && peer.Address.IsMulticast) BoundInterface = MulticastInterface6;
        return BoundInterface == 0 ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Where a connect to a mapped address starts from; unspecified for the socket's source.</summary>
    protected virtual IpAddress MappedSource => default;

    /// <summary>connect has looked for the way to an address: that which it could not go, or the default where it went.</summary>
    protected virtual void NoteTarget(in SendTarget unreached)
    {
    }

    private Errno ConnectTo(in SendTarget peer)
    {
        ForgetRoute();
        if (!IsIPv6 || peer.Address.IsIPv4) HasLostRoute = true;
        FlowKey flow = FlowTo(peer.Address, 0, 0, peer.Address.IsIPv4 ? MappedSource : default, Has(SocketFlags.DontRoute));
        Errno error = Host.Ip.Route(flow, out RouteDecision decision);
        if (error == Errno.None && HasForeignSource(peer.Address)) error = Errno.EAFNOSUPPORT;
        if (error == Errno.None && decision.Kind == RouteKind.Broadcast && !Has(SocketFlags.Broadcast)) error = Errno.EACCES;
        NoteTarget(error == Errno.None ? default : peer);
        if (error != Errno.None) return error;
        if (SourceAddress.IsUnspecified) SourceAddress = decision.Source;
        if (BoundAddress.IsUnspecified) BoundAddress = decision.Source;
        HasLostRoute = false;
        PeerAddress = decision.Destination;
        PeerPort = peer.Port;
        PeerFlowInfo = peer.FlowInfo;
        IsConnected = true;
        if (LocalPort != 0) Rehash();
        return Errno.None;
    }
}
