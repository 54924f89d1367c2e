using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What sending needs of a socket: the destination, the route, the fields of the header and the send buffer.</summary>
internal abstract partial class DatagramSocket
{
    /// <summary>MSG_PROBE: all is checked, nothing is sent (sendmsg(2)).</summary>
    protected const MessageFlags OnlyProbe = (MessageFlags)0x10;

    private int _sendMemory;
    private bool _wantsSpace;
    private RouteDecision _route;
    private bool _hasRoute;

    /// <summary>The flow label of what goes to the peer by <see cref="_route"/>; -1 until it was made.</summary>
    private int _peerLabel = -1;

    /// <summary>Bytes of the send buffer that packets on their way hold (SIOCOUTQ).</summary>
    public int SendMemory => _sendMemory;

    /// <summary>Whether a port of 0 is no destination (UDP).</summary>
    protected virtual bool RequiresPort => true;

    /// <inheritdoc/>
    void IPacketAccount.Discharge(int bytes)
    {
        _sendMemory -= bytes;
        if (!_wantsSpace || _sendMemory > SendBuffer >> 1) return;
        _wantsSpace = false;
        Announce(Writable, PollOut);
    }

    /// <inheritdoc/>
    public override void ForgetRoute()
    {
        _hasRoute = false;
        _peerLabel = -1;
    }

    /// <summary>Where a send goes: the address that it names, or the peer.</summary>
    /// <returns>EDESTADDRREQ, EINVAL, EAFNOSUPPORT, and ENETUNREACH for IPv4 on a socket that is for IPv6 only.</returns>
    protected Errno ReadTarget(ReadOnlySpan<byte> address, out SendTarget target)
    {
        target = default;
        bool hadAddress = !address.IsEmpty;
        Errno error = !hadAddress ? Errno.None : IsIPv6 ? ReadTarget6(ref address, ref target) : ReadTarget4(address, ref target);
        if (error != Errno.None) return error;
        if (address.IsEmpty)
        {
            if (!IsConnected) return Errno.EDESTADDRREQ;
            // An address without a family stands for the peer, but leads past the way of IPv4 (Linux udpv6_sendmsg).
            if (hadAddress && PeerAddress.IsIPv4) return Errno.ENETUNREACH;
            target = new SendTarget { Address = PeerAddress, Port = PeerPort, FlowInfo = PeerFlowInfo, IsPeer = true };
        }
        else if (target.Address.IsIPv4 && IsIPv6Only) return Errno.ENETUNREACH;
        else if (target.Port == 0 && RequiresPort) return Errno.EINVAL;
        return target.Address.IsIPv4 && IsIPv6Only ? Errno.ENETUNREACH : Errno.None;
    }

    private static Errno ReadTarget4(ReadOnlySpan<byte> address, ref SendTarget target)
    {
        if (address.Length < SockAddr.IPv4Length) return Errno.EINVAL;
        if (SockAddr.FamilyOf(address) is not (AddressFamily.Inet or AddressFamily.Unspecified)) return Errno.EAFNOSUPPORT;
        target.Address = SockAddr.IPv4Of(address);
        target.Port = SockAddr.PortOf(address);
        return Errno.None;
    }

    protected Errno ReadTarget6(ref ReadOnlySpan<byte> address, ref SendTarget target)
    {
        if (address.Length < 2) return Errno.EINVAL;
        switch (SockAddr.FamilyOf(address))
        {
            case AddressFamily.Inet:
                if (IsIPv6Only) return Errno.ENETUNREACH;
                return ReadTarget4(address, ref target);
            case AddressFamily.Unspecified:
                // As if no address had been given.
                address = default;
                return Errno.None;
            case AddressFamily.Inet6:
                break;
            default:
                return Errno.EINVAL;
        }
        if (address.Length < SockAddr.IPv6LeastLength) return Errno.EINVAL;
        target.Address = SockAddr.IPv6Of(address);
        target.Port = SockAddr.PortOf(address);
        if (Has(SocketFlags.FlowInfoSend)) target.FlowInfo = SockAddr.FlowInfoOf(address) & 0x0FFF_FFFF;
        if (target.Address.IsIPv6 && (target.Address.IsLinkLocal || target.Address.IsLinkScopeMulticast)) target.Scope = SockAddr.ScopeOf(address);
        if (target.Address.IsIPv6 && target.Address.IsUnspecified && SourceAddress.IsIPv4) target.Address = IpAddress.LoopbackIPv4;
        return Errno.None;
    }

    /// <summary>Whether the way to the peer is known from an earlier datagram.</summary>
    private bool HasKeptRoute => _hasRoute && _route.Generation == Host.RoutingGeneration;

    /// <summary>Whether the way of an earlier datagram may be another one by now.</summary>
    protected bool IsRouteStale => _hasRoute && _route.Generation != Host.RoutingGeneration;

    /// <summary>Finds the route of a datagram.</summary>
    /// <returns>What the routing says, or EACCES for a broadcast without SO_BROADCAST.</returns>
    protected Errno FindRoute(in SendTarget target, in SendOverrides overrides, bool isPlain, bool dontRoute, out RouteDecision decision)
    {
        bool keeps = isPlain && target.IsPeer && !dontRoute;
        if (keeps && HasKeptRoute)
        {
            decision = _route;
            return Errno.None;
        }
        IpAddress destination = target.Address;
        if (destination.IsIPv4 && (overrides.Options ?? Options) is { RouteOffset: >= 0 } routed)
        {
            // By a source route the first hop is where the packet goes.
            if (destination.IsUnspecified)
            {
                decision = default;
                return Errno.EINVAL;
            }
            destination = routed.FirstHop;
            dontRoute |= routed.IsStrict;
        }
        FlowKey flow = FlowTo(destination, target.Scope, overrides.InterfaceIndex, overrides.HasSource ? overrides.Source : default, dontRoute);
        // IP_PKTINFO without an address takes away the one that bind gave (Linux ip_cmsg_send).
        if (overrides.HasSource && overrides.Source.IsUnspecified && destination.IsIPv4) flow = flow with { Source = destination.IsMulticast ? MulticastAddress : IpAddress.AnyIPv4 };
        Errno error = keeps ? Host.Ip.Route(flow, out decision) : Host.Udp.Routes.Find(flow, out decision);
        if (error != Errno.None) return error;
        if (decision.Kind == RouteKind.Broadcast && !Has(SocketFlags.Broadcast)) return Errno.EACCES;
        if (keeps)
        {
            _route = decision;
            _hasRoute = true;
            _peerLabel = -1;
            if (Protocol == (int)IpProtocol.Udp && !(destination.IsIPv4 && destination.IsMulticast)) HasLostRoute = false; // the others look for their way anew each time
        }
        return Errno.None;
    }

    /// <summary>The destination, once the routing has named the true address of a wildcard; with a source route the final one.</summary>
    protected static IpAddress FinalOf(in SendTarget target, in RouteDecision decision) => target.Address.IsUnspecified ? decision.Destination : target.Address;

    /// <summary>The fields of the header: the message's, else the socket's.</summary>
    protected IpSendFields FieldsFor(in SendTarget target, in SendOverrides overrides, in RouteDecision decision, MessageFlags flags)
    {
        bool isIPv4 = target.Address.IsIPv4;
        bool isMulticast = decision.Kind == RouteKind.Multicast;
        int hops = overrides.HopLimit != SendOverrides.Unset ? overrides.HopLimit
            : isMulticast ? isIPv4 ? MulticastTtl : MulticastHops
            : isIPv4 ? Ttl : HopLimit;
        uint flow = overrides.FlowInfo != SendOverrides.Unset ? (uint)overrides.FlowInfo : target.FlowInfo;
        int tos = overrides.Tos != SendOverrides.Unset ? overrides.Tos : isIPv4 ? Tos : TrafficClass;
        IpOptions? options = isIPv4 ? overrides.Options ?? Options : (overrides.Extensions ?? Extensions).Sent;
        if (options is { IsPerPacket: true }) options = Ipv4SocketOptions.ForPacket(options, target.Address, decision.Source, Host);
        return new IpSendFields((IpProtocolNumber)Protocol)
        {
            HopLimit = hops,
            Tos = (byte)tos,
            PathMtu = isIPv4 ? PathMtu : PathMtu6,
            DontFragment = !isIPv4 && (overrides.DontFragment != SendOverrides.Unset ? overrides.DontFragment != 0 : Has(SocketFlags.DontFragment)),
            Confirm = (flags & MessageFlags.MSG_CONFIRM) != 0,
            // The socket's own family decides, also over a mapped address (Linux sk_mc_loop).
            NoMulticastLoop = isMulticast && !Has(IsIPv6 ? SocketFlags.MulticastLoop6 : SocketFlags.MulticastLoop),
            FlowLabel = isIPv4 ? 0 : LabelOf(target, flow, decision),
            FragmentSize = isIPv4 ? 0 : FragmentSize,
            Options = options,
        };
    }

    private int LabelOf(in SendTarget target, uint flowInfo, in RouteDecision decision)
    {
        uint ports = (uint)LocalPort << 16 | target.Port;
        bool isKept = target.IsPeer && _hasRoute && flowInfo == PeerFlowInfo && decision.Source == _route.Source;
        if (!isKept) return FlowLabelFor(flowInfo, decision.Source, decision.Destination, ports);
        return _peerLabel >= 0 ? _peerLabel : _peerLabel = FlowLabelFor(flowInfo, decision.Source, decision.Destination, ports);
    }

    /// <summary>Whether the datagram may have the flow label that its address or its message gives; the lease brings extension headers with it (Linux fl6_merge_options).</summary>
    /// <returns>EINVAL.</returns>
    protected Errno TakeLease(in SendTarget target, ref SendOverrides overrides)
    {
        bool isOfMessage = overrides.FlowInfo != SendOverrides.Unset;
        // The peer's was looked at when the socket was connected.
        if (target.IsPeer && !isOfMessage) return Errno.None;
        Errno error = FindLease(isOfMessage ? (uint)overrides.FlowInfo : target.FlowInfo, out FlowLabelLease? lease);
        if (lease is not null) overrides.Extensions = (overrides.Extensions ?? Extensions).OnlyForDestination(lease.Headers);
        return error;
    }

    /// <summary>Whether a datagram can be sent at all: EMSGSIZE, which also goes to the error queue, if it is too long for IP, or for the path and not to be fragmented.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="decision">The route.</param>
    /// <param name="fields">The fields of its header.</param>
    /// <param name="length">Bytes with the transport header.</param>
    /// <param name="isSegmented">Whether it will be cut into several, so that only IP limits the whole.</param>
    protected Errno CheckLength(in SendTarget target, in RouteDecision decision, in IpSendFields fields, int length, bool isSegmented = false)
    {
        bool isIPv4 = target.Address.IsIPv4;
        // Linux counts destination options twice here (ip6_append_data).
        int header = (isIPv4 ? Ipv4Header.MinimumLength : Ipv6Header.Length) + (fields.Options is { } options ? options.Length + options.DestinationOptions.Length : 0);
        int limit = isIPv4 ? Ipv4Header.MaximumPacketLength : Ipv6Header.Length + Ipv6Header.MaximumPayloadLength;
        bool mayFragment = fields.PathMtu is PathMtuMode.Dont or PathMtuMode.Want or PathMtuMode.Omit && !fields.DontFragment;
        int total = length + header;
        if (isSegmented)
        {
            if (total <= limit) return Errno.None;
            QueueLocalError(target.Address, isIPv4 ? PeerPort : target.Port, limit, fields.DontFragment);
            return Errno.EMSGSIZE;
        }
        if (total <= limit && (mayFragment || total <= decision.Mtu)) return Errno.None;
        int mtu = PathLimit(decision, fields, isIPv4);
        if (total <= limit && (mayFragment || total <= mtu)) return Errno.None;
        QueueLocalError(target.Address, isIPv4 ? PeerPort : target.Port, mtu, fields.DontFragment);
        return Errno.EMSGSIZE;
    }

    /// <summary>The longest packet that goes unfragmented: the path's, or the interface's for sockets that do not look at the path.</summary>
    protected static int PathLimit(in RouteDecision decision, in IpSendFields fields, bool isIPv4)
        => fields.PathMtu is PathMtuMode.Probe or PathMtuMode.Interface or PathMtuMode.Omit
            ? RouteResolver.InterfaceMtu(decision.Interface, decision.Route, isIPv4)
            : decision.Mtu;

    /// <summary>Whether the socket may send now: its pending error, EPIPE after shutdown, or <see cref="StackErrno.MustWait"/> where the send buffer is full.</summary>
    protected Errno CheckSendable()
    {
        Errno error = TakeError();
        if (error != Errno.None) return error;
        if (IsSendShut) return Errno.EPIPE;
        if (_sendMemory < SendBuffer) return Errno.None;
        _wantsSpace = true;
        return StackErrno.MustWait;
    }

    /// <summary>Puts on a packet what the message or the options say beside its header: mark, priority and stamps.</summary>
    protected void Tag(PacketBuffer packet, in SendOverrides overrides)
    {
        packet.Mark = overrides.Mark == SendOverrides.Unset ? Mark : overrides.Mark;
        packet.Priority = overrides.Priority != SendOverrides.Unset ? overrides.Priority : overrides.Tos != SendOverrides.Unset ? PriorityOf(overrides.Tos) : Priority;
        packet.Stamp = StampFor(overrides);
        packet.DepartsAt = overrides.DepartsAt;
    }

    /// <summary>The queue priority that goes with a type of service (Linux rt_tos2priority).</summary>
    private static int PriorityOf(int tos) => (tos >> 1 & 0xF) switch
    {
        >= 12 => 4,
        >= 8 => 6,
        >= 4 => 2,
        _ => 0,
    };

    /// <summary>Charges a packet to the send buffer until it has left.</summary>
    protected void ChargeFor(PacketBuffer packet, int payload, bool isIPv4)
    {
        int memory = SocketMemory.Of(payload, isIPv4);
        _sendMemory += memory;
        packet.Charge(this, memory);
    }
}
