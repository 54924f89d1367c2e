using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A UDP socket.</summary>
internal sealed partial class UdpSocket : PortSocket
{
    private const int MaxLength = 0xFFFF;

    /// <summary>UDP_MAX_SEGMENTS: most datagrams of one send.</summary>
    private const int MaxSegments = 128;

    private PendingDatagram? _pending;

    public UdpSocket(StackHost host, ProcessContext creator, AddressFamily family, ulong cookie)
        : base(host, creator, family, (int)IpProtocol.Udp, cookie)
    {
    }

    /// <summary>UDP_SEGMENT: payload bytes of the datagrams that a send is cut into; 0 to leave it whole.</summary>
    public int SegmentSize { get; set; }

    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        if (LocalPort == 0 && TakePort(0) != Errno.None) return Errno.EAGAIN;
        int length = LengthOf(message);
        if (length > MaxLength && !IsIPv6) return Errno.EMSGSIZE;
        // IPv4 has no urgent data and says so; udpv6_sendmsg does not look.
        if ((flags & MessageFlags.MSG_OOB) != 0 && !IsIPv6) return Errno.EOPNOTSUPP;
        bool corked = (flags & MessageFlags.MSG_MORE) != 0 || Has(SocketFlags.Cork);
        // Linux counts the header too: an empty datagram has a completion, an empty addition to one that is held back has none.
        bool completes = WantsCompletion(flags, _pending is null ? length + UdpLayer.HeaderLength : length);
        if (_pending is not null)
        {
            Errno unfit = CheckAppended(message.Address);
            // MSG_PROBE adds nothing, and sends what is held back as any other call does (Linux ip_append_data).
            if (unfit == Errno.None && (flags & OnlyProbe) != 0) unfit = corked ? Errno.None : PushPending();
            if ((flags & OnlyProbe) != 0) return unfit == Errno.None ? length : unfit;
            return unfit == Errno.None ? Append(message, length, corked, completes) : unfit;
        }
        Errno error = ReadTarget(message.Address, out SendTarget target);
        // A port of 0 on the way to a mapped address is for IPv4 to refuse, behind these two.
        if (error != Errno.None && !(error == Errno.EINVAL && target.Address.IsIPv4 && (length > MaxLength || (flags & MessageFlags.MSG_OOB) != 0))) return error;
        bool isIPv4 = target.Address.IsIPv4;
        if (length > MaxLength && isIPv4) return Errno.EMSGSIZE;
        if ((flags & MessageFlags.MSG_OOB) != 0 && isIPv4) return Errno.EOPNOTSUPP;
        bool isPlain = message.Control.IsEmpty;
        var overrides = new SendOverrides { InterfaceIndex = target.Scope };
        if (!isPlain)
        {
            error = overrides.ReadUdp(message.Control);
            if (error == Errno.None) error = isIPv4 ? overrides.Read4(message.Control, this, caller.Process) : overrides.Read6(message.Control, this, caller.Process);
            if (error != Errno.None) return error;
        }
        if (!isIPv4 && (error = TakeLease(target, ref overrides)) != Errno.None) return error;
        int segmentSize = overrides.SegmentSize == SendOverrides.Unset ? SegmentSize : overrides.SegmentSize;
        bool dontRoute = (flags & MessageFlags.MSG_DONTROUTE) != 0 || Has(SocketFlags.DontRoute);
        bool isStray = !corked && _isAstray && isIPv4 && isPlain && target.IsPeer && !dontRoute && !HasLostRoute && !IsRouteStale;
        error = FindRoute(target, overrides, isPlain, dontRoute, out RouteDecision decision);
        if (error != Errno.None)
        {
            if (error == Errno.ENETUNREACH) CountNoRoute(isIPv4);
            return error;
        }
        if (isStray) LeadAstray(ref target, ref decision);
        target.Address = FinalOf(target, decision);
        if (corked && isIPv4) NoteCorked(target, decision);
        IpSendFields fields = FieldsFor(target, overrides, decision, flags);
        if ((flags & OnlyProbe) != 0) return length;
        error = CheckLength(target, decision, fields, length + UdpLayer.HeaderLength, segmentSize != 0);
        if (error != Errno.None) return error;
        error = CheckSendable();
        if (error == Errno.None && completes) error = CheckCompletions();
        if (error == Errno.None && segmentSize == 0) error = CheckFragments(target, decision, fields, held: 0, length + UdpLayer.HeaderLength);
        if (error != Errno.None) return error;
        PacketBuffer packet = Host.Loop.Packets.Rent(length + UdpLayer.HeaderLength);
        Gather(message, packet.Span[UdpLayer.HeaderLength..]);
        packet.SegmentSize = segmentSize;
        packet.IsRoutedHere = isStray && decision.Interface.IsLoopback;
        if (!isPlain || UncommonIfAny is not null) Tag(packet, overrides);
        if (!corked) return Completed(Transmit(packet, target, decision, fields, length), completes);
        _pending = new PendingDatagram { Packet = packet, Target = target, Decision = decision, Fields = fields, Completions = completes ? 1 : 0 };
        return length;
    }

    /// <summary>IPv6 reads the address even where it only adds to a datagram that has its own; IPv4 does not look.</summary>
    private Errno CheckAppended(ReadOnlySpan<byte> address)
    {
        if (!IsIPv6 || address.IsEmpty) return Errno.None;
        var target = default(SendTarget);
        Errno error = ReadTarget6(ref address, ref target);
        if (error != Errno.None || address.IsEmpty || !target.Address.IsIPv4) return error;
        return IsIPv6Only ? Errno.ENETUNREACH : _pending!.Target.Address.IsIPv4 ? Errno.None : Errno.EINVAL;
    }

    /// <summary>Tells that the bytes of a send are free again, where it asked and succeeded.</summary>
    private CallResult Completed(CallResult result, bool completes)
    {
        if (completes && result.Succeeded) Complete();
        return result;
    }

    /// <summary>UDP_CORK was switched off: what has been held back goes.</summary>
    public Errno PushPending()
    {
        if (_pending is not { } pending) return Errno.None;
        _pending = null;
        RouteDecision decision = pending.Decision;
        if (decision.Generation != Host.RoutingGeneration)
        {
            FlowKey flow = FlowTo(decision.Destination, 0, decision.Kind == RouteKind.Local ? 0 : decision.Interface.Index, decision.Source, dontRoute: false);
            Errno error = Host.Ip.Route(flow, out decision);
            if (error != Errno.None)
            {
                pending.Packet.Release();
                return error;
            }
        }
        Errno result = Transmit(pending.Packet, pending.Target, decision, pending.Fields, pending.Packet.Length - UdpLayer.HeaderLength).Error;
        for (int i = 0; i < pending.Completions; i++) Complete();
        return result;
    }

    /// <summary>Takes a datagram that was found to be for this socket. Ownership moves.</summary>
    public UdpDelivery Deliver(PacketBuffer packet, in ReceivedIp info)
    {
        if (Filter is not null && !PassesFilter(packet, UdpLayer.HeaderLength, info))
        {
            CountDrop();
            packet.Release();
            return UdpDelivery.Filtered;
        }
        if (!Host.Udp.HasMemoryFor(ReceiveMemory))
        {
            CountDrop();
            packet.Release();
            return UdpDelivery.NoMemory;
        }
        packet.TrimStart(UdpLayer.HeaderLength);
        // The loopback device brings every datagram by itself: it joins nothing that was sent apart.
        bool mayJoin = Has(SocketFlags.Coalesce) && !info.Interface.IsLoopback;
        if (mayJoin && packet.SegmentSize == 0 && TryJoin(packet, info.InterfaceIndex)) return UdpDelivery.Queued;
        return Enqueue(packet, info.InterfaceIndex, info.IsIPv4, mayJoin) ? UdpDelivery.Queued : UdpDelivery.BufferFull;
    }

    /// <summary>Takes an ICMP error about a datagram of this socket.</summary>
    public void ReceiveIcmpError(in IcmpError error, ushort remotePort) => TakeIcmpError(error, remotePort, error.Transport[UdpLayer.HeaderLength..]);

    /// <inheritdoc/>
    protected override Errno TakePort(ushort port)
    {
        CallResult taken = Host.Udp.Ports.Take(this, port);
        if (!taken.Succeeded) return taken.Error;
        LocalPort = (ushort)taken.Value;
        Host.Udp.Ports.Add(this);
        _boundAs = BoundAddress;
        return Errno.None;
    }

    private IpAddress _boundAs;

    /// <inheritdoc/>
    protected override void Unbind()
    {
        if (LocalPort == 0) return;
        Host.Udp.Ports.Remove(this);
        LocalPort = 0;
    }

    /// <inheritdoc/>
    protected override void Rehash()
    {
        Host.Udp.Ports.Move(this, addressChanged: BoundAddress != _boundAs);
        _boundAs = BoundAddress;
    }

    /// <inheritdoc/>
    protected override bool HasAddressForm => true;

    /// <inheritdoc/>
    protected override bool HoldsIPv6 => _pending is { Target.Address.IsIPv4: false };

    /// <inheritdoc/>
    protected override void OnMemoryChanged(int bytes) => Host.Udp.CountMemory(bytes);

    /// <inheritdoc/>
    protected override void OnReceived(bool isIPv4) => Host.Udp.Counter(isIPv4, UdpCounter.InDatagrams)++;

    /// <inheritdoc/>
    protected override ushort SourcePortOf(PacketBuffer packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.FromTransportHeader);

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        _pending?.Packet.Release();
        _pending = null;
        base.OnClosed();
    }

    /// <summary>More of the datagram that is held back; its destination stays the first one. Only that one waits for room, or is refused by a pending error or shutdown (Linux __ip_append_data).</summary>
    private CallResult Append(in SendMessage message, int length, bool corked, bool completes)
    {
        PendingDatagram pending = _pending!;
        Errno error = CheckLength(pending.Target, pending.Decision, pending.Fields, pending.Packet.Length + length, pending.Packet.SegmentSize != 0);
        if (error == Errno.None && completes) error = CheckCompletions();
        if (error == Errno.None && pending.Packet.SegmentSize == 0) error = CheckFragments(pending.Target, pending.Decision, pending.Fields, pending.Packet.Length, pending.Packet.Length + length);
        if (error != Errno.None)
        {
            _pending = null;
            pending.Packet.Release();
            return error;
        }
        Gather(message, pending.Packet.Append(length));
        if (completes) pending.Completions++;
        if (corked) return length;
        error = PushPending();
        return error == Errno.None ? length : error;
    }

    private CallResult Transmit(PacketBuffer packet, in SendTarget target, in RouteDecision decision, in IpSendFields fields, int length)
    {
        bool isIPv4 = target.Address.IsIPv4;
        bool hasChecksum = !Has(isIPv4 ? SocketFlags.NoChecksum : SocketFlags.NoChecksum6Send);
        if (packet.SegmentSize != 0)
        {
            Errno refused = CheckSegments(packet, decision, fields, hasChecksum);
            if (refused != Errno.None)
            {
                packet.Release();
                return refused;
            }
        }
        Span<byte> header = packet.Span;
        BinaryPrimitives.WriteUInt16BigEndian(header, LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], target.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)packet.Length);
        if (!hasChecksum)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[6..], 0);
        }
        else
        {
            ushort sum = PartialSum.PseudoHeader(decision.Source, target.Address, IpProtocolNumber.Udp, packet.Length).Value;
            BinaryPrimitives.WriteUInt16BigEndian(header[6..], sum);
            packet.Checksum = PacketChecksum.Partial;
            packet.ChecksumOffset = 6;
        }
        ChargeFor(packet, length, isIPv4);
        Errno error = Host.Ip.Send(packet, decision, fields);
        if (error == Errno.None)
        {
            Host.Udp.Counter(isIPv4, UdpCounter.OutDatagrams)++;
            return length;
        }
        if (error == Errno.ENOBUFS) Host.Udp.Counter(isIPv4, UdpCounter.SndbufErrors)++;
        return error;
    }

    private Errno CheckFragments(in SendTarget target, in RouteDecision decision, in IpSendFields fields, int held, int length)
    {
        Errno error = CheckFragments(decision, fields, target.Address.IsIPv4, held, length);
        if (error != Errno.None) Host.Udp.Counter(target.Address.IsIPv4, UdpCounter.SndbufErrors)++;
        return error;
    }

    /// <summary>What stands for several datagrams (udp_send_skb): each must go through the path as it is, they are 128 at most, and who cuts them has to make their checksums.</summary>
    private static Errno CheckSegments(PacketBuffer packet, in RouteDecision decision, in IpSendFields fields, bool hasChecksum)
    {
        int size = packet.SegmentSize, data = packet.Length - UdpLayer.HeaderLength;
        bool isIPv4 = decision.Destination.IsIPv4;
        int header = (isIPv4 ? Ipv4Header.MinimumLength : Ipv6Header.Length) + (fields.Options?.Length ?? 0);
        if (header + UdpLayer.HeaderLength + Math.Min(size, data) > PathLimit(decision, fields, isIPv4)) return Errno.EMSGSIZE;
        if (data > size * MaxSegments || !hasChecksum) return Errno.EINVAL;
        if (data <= size) packet.SegmentSize = 0;
        return Errno.None;
    }

    private void CountNoRoute(bool isIPv4)
    {
        if (isIPv4) Host.Counters[IpCounter.OutNoRoutes]++;
        else Host.Counters[Ip6Counter.OutNoRoutes]++;
    }
}
