using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A raw socket of IPv4. What it receives begins with the IP header; what it sends does with IP_HDRINCL.</summary>
internal sealed class RawSocket4 : RawSocket
{
    private const int MaxLength = 0xFFFF;

    /// <summary>Types of ICMP that a filter can block: a bit each.</summary>
    private const int FilteredTypes = 32;

    private const int ProbedBytes = 2;

    /// <summary>Fewer bytes than an ICMP header pass no filter.</summary>
    private const int IcmpHeader = 8;

    public RawSocket4(StackHost host, ProcessContext creator, int protocol, ulong cookie)
        : base(host, creator, AddressFamily.Inet, protocol, cookie)
    {
    }

    /// <summary>ICMP_FILTER: the types that are kept away, a bit each (raw(7)).</summary>
    public uint IcmpFilter { get; set; }

    /// <inheritdoc/>
    protected override bool TakesGroups => false;

    /// <inheritdoc/>
    /// <remarks>raw_bind looks at neither family nor port, and lets a socket be bound again.</remarks>
    public override Errno Bind(Caller caller, ReadOnlySpan<byte> address)
    {
        if (IsConnected || address.Length < SockAddr.IPv4Length) return Errno.EINVAL;
        IpAddress local = SockAddr.IPv4Of(address);
        bool isForMany = local.IsMulticast || IsBroadcast(local);
        if (!local.IsUnspecified && !isForMany && !Host.Interfaces.IsLocal(local) && !MayBindAnyAddress(isIPv4: true)) return Errno.EADDRNOTAVAIL;
        BoundAddress = local;
        SourceAddress = isForMany ? IpAddress.AnyIPv4 : local;
        ForgetRoute();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override void Deliver(PacketBuffer packet, in ReceivedIp info)
    {
        if (Protocol != (int)IpProtocol.Icmp || !IsBlocked(packet.Span)) DeliverAny(packet, info);
    }

    /// <summary>Puts a copy of a packet into the queue that ICMP_FILTER has nothing to say to. The packet stays the caller's.</summary>
    public void DeliverAny(PacketBuffer packet, in ReceivedIp info)
    {
        if (!HasRoomFor(0))
        {
            CountDrop();
            return;
        }
        PacketBuffer copy = packet.Clone();
        copy.RestoreStart(info.HeaderLength);
        if (Filter is not null && !PassesFilter(copy, 1, info)) copy.Release();
        else Enqueue(copy, info.InterfaceIndex, isIPv4: true);
    }

    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        int length = LengthOf(message);
        if (length > MaxLength) return Errno.EMSGSIZE;
        if ((flags & MessageFlags.MSG_OOB) != 0) return Errno.EOPNOTSUPP;
        bool isIncluded = Has(SocketFlags.HeaderIncluded);
        Errno error = ReadTarget(message.Address, out SendTarget target);
        if (error != Errno.None) return error;
        target.Port = PeerPort;
        var overrides = new SendOverrides();
        bool isPlain = message.Control.IsEmpty;
        if (!isPlain)
        {
            error = overrides.Read4(message.Control, this, caller.Process);
            if (error != Errno.None) return error;
        }
        // Headers of others are not mangled, so that options have no place.
        if (isIncluded && (overrides.Options ?? Options) is not null) return Errno.EINVAL;
        // Type and code are part of the question to the routing, so they must be there (raw_probe_proto_opt).
        if (!isIncluded && Protocol == (int)IpProtocol.Icmp && length < ProbedBytes) return Errno.EFAULT;
        bool dontRoute = (flags & MessageFlags.MSG_DONTROUTE) != 0 || Has(SocketFlags.DontRoute);
        error = FindRoute(target, overrides, isPlain, dontRoute, out RouteDecision decision);
        if (error != Errno.None) return error;
        target.Address = FinalOf(target, decision);
        if (isIncluded) return SendIncluded(message, length, target, decision, overrides, flags);
        if ((flags & OnlyProbe) != 0) return Probe(length, (flags & MessageFlags.MSG_MORE) != 0);
        var to = new RawDestination { Target = target, Decision = decision, Fields = FieldsFor(target, overrides, decision, flags), Overrides = overrides };
        return Transmit(message, length, to, (flags & MessageFlags.MSG_MORE) != 0);
    }

    /// <inheritdoc/>
    protected override int MemoryOf(PacketBuffer packet, bool isIPv4) => SocketMemory.Of(packet.Length - Ipv4Header.MinimumLength - UdpHeader, isIPv4: true);

    /// <inheritdoc/>
    protected override int Charged(int length) => length - UdpHeader;

    /// <inheritdoc/>
    protected override Errno Complete(PacketBuffer packet, in RawDestination to) => Errno.None;

    private CallResult SendIncluded(in SendMessage message, int length, in SendTarget target, in RouteDecision decision, in SendOverrides overrides, MessageFlags flags)
    {
        Errno error = TakeIncluded(message, length, Ipv4Header.MinimumLength, flags, target.Address, decision, overrides, out PacketBuffer? packet);
        if (error != Errno.None) return error;
        if (packet is null) return length;
        int headerLength = (packet.Span[0] & 0xF) * 4;
        if (headerLength < Ipv4Header.MinimumLength || headerLength > length)
        {
            packet.Release();
            return Errno.EINVAL;
        }
        Count(packet.Span[headerLength..], (IpProtocolNumber)packet.Span[9]);
        error = Host.Ip.Output4.SendIncluded(packet, decision, (flags & MessageFlags.MSG_CONFIRM) != 0, PathMtu, noLoop: !Has(SocketFlags.MulticastLoop));
        return error == Errno.None ? length : error;
    }

    private bool IsBlocked(ReadOnlySpan<byte> message)
    {
        if (message.Length < IcmpHeader) return true;
        return message[0] < FilteredTypes && (IcmpFilter >> message[0] & 1) != 0;
    }
}
