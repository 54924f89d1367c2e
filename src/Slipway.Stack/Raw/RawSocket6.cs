using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A raw socket of IPv6. What it receives begins behind the headers of IPv6; checksums of its protocol can be left to it (IPV6_CHECKSUM, RFC 3542 §3.1).</summary>
internal sealed class RawSocket6 : RawSocket
{
    /// <summary>Where ICMPv6 and the mobility header have their checksums (RFC 4443 §2.1, RFC 6275 §6.1.1).</summary>
    private const int IcmpChecksum = 2, MobilityChecksum = 4;

    private const int MobilityHeader = 135;

    private bool _isBound;

    public RawSocket6(StackHost host, ProcessContext creator, int protocol, ulong cookie)
        : base(host, creator, AddressFamily.Inet6, protocol, cookie)
        => ChecksumOffset = protocol switch
        {
            (int)IpProtocol.IcmpV6 => IcmpChecksum,
            MobilityHeader => MobilityChecksum,
            _ => -1,
        };

    /// <summary>IPV6_CHECKSUM: where the checksum stands that is filled in and verified; -1 for none.</summary>
    public int ChecksumOffset { get; private set; }

    /// <summary>ICMPV6_FILTER: the types that are kept away, a bit each (RFC 3542 §3.2).</summary>
    public byte[] IcmpFilter { get; } = new byte[Icmp6Filter.Length];

    /// <inheritdoc/>
    protected override bool TakesGroups => true;

    /// <inheritdoc/>
    /// <remarks>A socket that was bound to an address of IPv6 has one of IPv4 that stands for "none" (LOOPBACK4_IPV6, 127.0.0.6).</remarks>
    protected override IpAddress MappedSource => _isBound ? IpAddress.FromIPv4(0x7F00_0006) : default;

    /// <summary>Sets IPV6_CHECKSUM.</summary>
    /// <param name="offset">An even offset, or less than 0 for none.</param>
    /// <param name="evenForIcmp">Whether ICMPv6 may be given another offset: only by way of SOL_RAW.</param>
    /// <returns>EINVAL.</returns>
    public Errno SetChecksumOffset(int offset, bool evenForIcmp)
    {
        if (Protocol == (int)IpProtocol.IcmpV6 && !evenForIcmp) return Errno.EINVAL;
        if (offset > 0 && (offset & 1) != 0) return Errno.EINVAL;
        ChecksumOffset = Math.Max(offset, -1);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Bind(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length < SockAddr.IPv6LeastLength || SockAddr.FamilyOf(address) != AddressFamily.Inet6) return Errno.EINVAL;
        IpAddress local = SockAddr.IPv6Of(address);
        if (local.IsIPv4) return Errno.EADDRNOTAVAIL;
        if (IsConnected) return Errno.EINVAL;
        if (!local.IsUnspecified)
        {
            if (local.IsLinkLocal || local.IsLinkScopeMulticast)
            {
                int scope = SockAddr.ScopeOf(address);
                if (scope != 0) BoundInterface = scope;
                if (BoundInterface == 0) return Errno.EINVAL;
            }
            // The socket is bound to the interface from here on, as on Linux, even where the address is refused.
            Errno error = CheckBind6(local);
            if (error != Errno.None) return error;
        }
        _isBound = !local.IsUnspecified;
        BoundAddress = local;
        SourceAddress = local.IsMulticast ? IpAddress.AnyIPv6 : local;
        ForgetRoute();
        return Errno.None;
    }

    /// <inheritdoc/>
    /// <remarks>The family is looked at before all else, and must be its own (ip6_datagram_connect_v6_only).</remarks>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length >= 2 && SockAddr.FamilyOf(address) == AddressFamily.Unspecified) _isBound = false;
        bool isForeign = address.Length >= 2 && SockAddr.FamilyOf(address) is not (AddressFamily.Inet6 or AddressFamily.Unspecified);
        return isForeign ? Errno.EAFNOSUPPORT : base.Connect(caller, address);
    }

    /// <inheritdoc/>
    public override void Deliver(PacketBuffer packet, in ReceivedIp info)
    {
        if (Protocol == (int)IpProtocol.IcmpV6 && IsBlocked(packet.Span)) return;
        if (!HasRoomFor(0) || !HasValidChecksum(packet, info))
        {
            CountDrop();
            return;
        }
        PacketBuffer copy = packet.Clone();
        if (Filter is not null && !PassesFilter(copy, 1, info)) copy.Release();
        else Enqueue(copy, info.InterfaceIndex, isIPv4: false);
    }

    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        if ((flags & MessageFlags.MSG_OOB) != 0) return Errno.EOPNOTSUPP;
        int length = LengthOf(message);
        Errno error = ReadTarget(message.Address, out SendTarget target, out int protocol);
        if (error != Errno.None) return error;
        var overrides = new SendOverrides();
        bool isPlain = message.Control.IsEmpty;
        if (!isPlain)
        {
            error = overrides.Read6(message.Control, this, caller.Process);
            if (error != Errno.None) return error;
        }
        error = TakeLease(target, ref overrides);
        if (error != Errno.None) return error;
        // Type and code are part of the question to the routing, so they must be there (rawv6_probe_proto_opt).
        if (!Has(SocketFlags.HeaderIncluded) && length < ProbedBytes(protocol)) return Errno.EFAULT;
        if (target.Address.IsIPv4) return Errno.ENETUNREACH;
        bool dontRoute = (flags & MessageFlags.MSG_DONTROUTE) != 0 || Has(SocketFlags.DontRoute);
        error = FindRoute(target, overrides, isPlain, dontRoute, out RouteDecision decision);
        if (error != Errno.None) return error;
        target.Address = FinalOf(target, decision);
        if (Has(SocketFlags.HeaderIncluded)) return SendIncluded(message, length, target, decision, overrides, flags);
        if ((flags & OnlyProbe) != 0) return Probe(length, (flags & MessageFlags.MSG_MORE) != 0);
        // Linux heeds IPV6_DONTFRAG for these protocols alone.
        bool heedsDontFragment = Protocol is (int)IpProtocol.Udp or (int)IpProtocol.IcmpV6 or (int)IpProtocol.Raw;
        IpSendFields fields = FieldsFor(target, overrides, decision, flags) with { Protocol = (IpProtocolNumber)protocol };
        if (!heedsDontFragment) fields = fields with { DontFragment = false };
        return Transmit(message, length, new RawDestination { Target = target, Decision = decision, Fields = fields, Overrides = overrides }, (flags & MessageFlags.MSG_MORE) != 0);
    }

    /// <inheritdoc/>
    protected override int MemoryOf(PacketBuffer packet, bool isIPv4) => SocketMemory.Of(packet.Length - UdpHeader, isIPv4: false);

    /// <inheritdoc/>
    protected override int Charged(int length) => length - UdpHeader;

    /// <inheritdoc/>
    protected override Errno Complete(PacketBuffer packet, in RawDestination to)
    {
        if (ChecksumOffset < 0) return Errno.None;
        if (ChecksumOffset >= packet.Length - 1) return Errno.EINVAL;
        Span<byte> place = packet.Span.Slice(ChecksumOffset, sizeof(ushort));
        BinaryPrimitives.WriteUInt16BigEndian(place, 0);
        PartialSum sum = PartialSum.PseudoHeader(to.Decision.Source, to.Decision.Destination, to.Fields.Protocol, packet.Length).Add(packet.Span);
        BinaryPrimitives.WriteUInt16BigEndian(place, to.Fields.Protocol == IpProtocolNumber.Udp ? sum.UdpChecksum : sum.Checksum);
        return Errno.None;
    }

    /// <summary>The destination; its port names the protocol, which only a socket of IPPROTO_RAW may choose (rawv6_sendmsg).</summary>
    private Errno ReadTarget(ReadOnlySpan<byte> address, out SendTarget target, out int protocol)
    {
        target = default;
        protocol = Protocol;
        if (address.IsEmpty)
        {
            if (!IsConnected) return Errno.EDESTADDRREQ;
            target = new SendTarget { Address = PeerAddress, FlowInfo = PeerFlowInfo, IsPeer = true };
            return Errno.None;
        }
        if (address.Length < SockAddr.IPv6LeastLength) return Errno.EINVAL;
        if (SockAddr.FamilyOf(address) is not (AddressFamily.Inet6 or AddressFamily.Unspecified)) return Errno.EAFNOSUPPORT;
        ushort named = SockAddr.PortOf(address);
        if (named != 0)
        {
            if (named != Protocol && Protocol != (int)IpProtocol.Raw) return Errno.EINVAL;
            protocol = named;
        }
        if (protocol > byte.MaxValue) return Errno.EINVAL;
        target.Address = SockAddr.IPv6Of(address);
        if (Has(SocketFlags.FlowInfoSend)) target.FlowInfo = SockAddr.FlowInfoOf(address) & 0x0FFF_FFFF;
        if (target.Address.IsIPv6 && (target.Address.IsLinkLocal || target.Address.IsLinkScopeMulticast)) target.Scope = SockAddr.ScopeOf(address);
        if (target.Address.IsIPv6 && target.Address.IsUnspecified) target.Address = IpAddress.LoopbackIPv6;
        return Errno.None;
    }

    private static int ProbedBytes(int protocol) => protocol switch
    {
        (int)IpProtocol.IcmpV6 => 2,
        MobilityHeader => 4,
        _ => 0,
    };

    /// <summary>Nothing of an included header is looked at or filled in.</summary>
    private CallResult SendIncluded(in SendMessage message, int length, in SendTarget target, in RouteDecision decision, in SendOverrides overrides, MessageFlags flags)
    {
        Errno error = TakeIncluded(message, length, Ipv6Header.Length, flags, target.Address, decision, overrides, out PacketBuffer? packet);
        if (error != Errno.None) return error;
        if (packet is not null) Host.Ip.Output6.SendIncluded(packet, decision, noLoop: !Has(SocketFlags.MulticastLoop6));
        return length;
    }

    private bool IsBlocked(ReadOnlySpan<byte> message) => message.IsEmpty || (IcmpFilter[message[0] >> 3] >> (message[0] & 7) & 1) != 0;

    private bool HasValidChecksum(PacketBuffer packet, in ReceivedIp info)
        => ChecksumOffset < 0 || packet.Checksum != PacketChecksum.Unverified
            || PartialSum.PseudoHeader(info.Source, info.Destination, (IpProtocolNumber)Protocol, packet.Length).Add(packet.Span).IsValid;
}
