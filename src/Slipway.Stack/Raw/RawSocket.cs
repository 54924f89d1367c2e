using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A raw socket (raw(7); Linux net/ipv4/raw.c, net/ipv6/raw.c): sends IP packets of a protocol, and receives copies of those that come in. Its port is the protocol's number.
/// </summary>
internal abstract class RawSocket : DatagramSocket
{
    /// <summary>Bytes of a UDP header: <see cref="SocketMemory"/> was measured with one.</summary>
    protected const int UdpHeader = 8;

    private PacketBuffer? _pending;
    private RawDestination _pendingTo;

    protected RawSocket(StackHost host, ProcessContext creator, AddressFamily family, int protocol, ulong cookie)
        : base(host, creator, family, SocketType.Raw, protocol, cookie)
    {
        LocalPort = (ushort)protocol;
        // Linux makes them so (INET_PROTOSW_REUSE), though they share their number anyway.
        Set(SocketFlags.ReuseAddress, true);
        if (protocol == (int)IpProtocol.Raw) Set(SocketFlags.HeaderIncluded, true);
        TableOf(this).Add(this);
    }

    /// <inheritdoc/>
    protected override bool RequiresPort => false;

    /// <summary>Whether a packet is for this socket: by the peer, the address that it is bound to, and the interface.</summary>
    public bool IsFor(IpAddress source, IpAddress destination, int interfaceIndex, bool isMulticast)
    {
        if (IsConnected && PeerAddress != source) return false;
        if (BoundInterface != 0 && BoundInterface != interfaceIndex) return false;
        return BoundAddress.IsUnspecified || BoundAddress == destination || isMulticast && TakesGroups && TakesGroup(destination, source, interfaceIndex);
    }

    /// <summary>A socket that is bound to an address takes what comes to groups nevertheless.</summary>
    protected abstract bool TakesGroups { get; }

    /// <summary>Puts a copy of a packet into the queue, if the socket wants it. The packet stays the caller's.</summary>
    public abstract void Deliver(PacketBuffer packet, in ReceivedIp info);

    /// <summary>An ICMP error about a packet that this socket may have sent (Linux raw_err, rawv6_err).</summary>
    public void ReceiveIcmpError(in IcmpError error)
    {
        bool isQueued = Has(error.IsIPv4 ? SocketFlags.ReceiveErrors : SocketFlags.ReceiveErrors6);
        if (!isQueued && !IsConnected) return;
        bool isFatal = error.IsFatal;
        if (error.IsPathMtu) isFatal = error.IsIPv4 ? PathMtu != PathMtuMode.Dont : PathMtu6 == PathMtuMode.Do;
        Errno errno = error.IsPathMtu ? Errno.EMSGSIZE : error.Errno;
        if (isQueued) QueueError(error, errno, 0, Has(SocketFlags.HeaderIncluded) ? error.Packet : error.Transport);
        if (isQueued || isFatal) Fail(errno);
    }

    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
        => (flags & MessageFlags.MSG_OOB) != 0 ? Errno.EOPNOTSUPP : base.Receive(caller, ref message, flags, ref done);

    /// <inheritdoc/>
    protected override bool NeedsPrivilege(ushort port) => false;

    /// <inheritdoc/>
    /// <remarks>A socket that was disconnected has lost its number, as on Linux: it sends, but is found by no packet any more.</remarks>
    protected override Errno TakePort(ushort port) => Errno.None;

    /// <inheritdoc/>
    protected override void Rehash()
    {
        // Sockets are found by their protocol alone: address and peer do not move them.
    }

    /// <inheritdoc/>
    protected override void Unbind()
    {
        TableOf(this).Remove(this);
        LocalPort = 0;
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        DropPending();
        Host.Raw.Alerts.Remove(this);
        base.OnClosed();
    }

    /// <inheritdoc/>
    protected override bool HasRoomFor(int memory) => ReceiveMemory < ReceiveBuffer;

    /// <inheritdoc/>
    protected override ushort SourcePortOf(PacketBuffer packet) => 0;

    /// <summary>Bytes that a packet of this size is charged for as.</summary>
    protected abstract int Charged(int length);

    /// <summary>The last touch before a packet leaves: a checksum that the socket has to fill in.</summary>
    /// <returns>EINVAL: it has no room for that.</returns>
    protected abstract Errno Complete(PacketBuffer packet, in RawDestination to);

    /// <summary>Sends data behind headers that the host makes, or holds it back (MSG_MORE): the first call decides where all of it goes.</summary>
    protected CallResult Transmit(in SendMessage message, int length, in RawDestination first, bool more)
    {
        RawDestination to = _pending is null ? first : _pendingTo;
        Errno error = CheckLength(to.Target, to.Decision, to.Fields, length + (_pending?.Length ?? 0));
        if (error == Errno.None) error = CheckRoom(to);
        if (error == Errno.None) error = CheckFragments(to.Decision, to.Fields, !IsIPv6, _pending?.Length ?? 0, length + (_pending?.Length ?? 0));
        if (error != Errno.None)
        {
            DropPending();
            return error;
        }
        PacketBuffer packet = _pending ?? Host.Loop.Packets.Rent(0);
        Gather(message, packet.Append(length));
        _pending = more ? packet : null;
        if (more)
        {
            _pendingTo = to;
            return length;
        }
        error = Push(packet, to);
        return error == Errno.None || error == Errno.ENOBUFS && !Has(IsIPv6 ? SocketFlags.ReceiveErrors6 : SocketFlags.ReceiveErrors) ? length : error;
    }

    /// <summary>MSG_PROBE adds nothing, and sends what is held back as any other call does (Linux ip_append_data).</summary>
    protected CallResult Probe(int length, bool more)
    {
        if (more || _pending is not { } packet) return length;
        _pending = null;
        Errno error = Push(packet, _pendingTo);
        return error == Errno.None ? length : error;
    }

    // Linux lets raw packets have twice the buffer, and waits for room only where destination options go before the data (ip6_append_data).
    private Errno CheckRoom(in RawDestination to)
    {
        if (_pending is null && to.Fields.Options is { DestinationOptions.Length: > 0 }) return CheckSendable();
        return SendMemory > 2 * (long)SendBuffer ? Errno.ENOBUFS : Errno.None;
    }

    /// <summary>Takes in data that comes with its IP header; the packet is charged to the send buffer.</summary>
    /// <param name="message">The call's message.</param>
    /// <param name="length">Bytes of it.</param>
    /// <param name="least">Bytes of the least header.</param>
    /// <param name="flags">The call's flags.</param>
    /// <param name="destination">Where it goes, for the error queue.</param>
    /// <param name="decision">The route.</param>
    /// <param name="overrides">What the message said beside the header.</param>
    /// <param name="packet">The packet, if there is no error; null for a mere probe.</param>
    /// <returns>EMSGSIZE: more than the interface takes, for such packets are not fragmented here; EINVAL: no whole header; else what sending returns.</returns>
    protected Errno TakeIncluded(in SendMessage message, int length, int least, MessageFlags flags, IpAddress destination, in RouteDecision decision, in SendOverrides overrides, out PacketBuffer? packet)
    {
        packet = null;
        if (length > decision.Interface.Mtu)
        {
            QueueLocalError(destination, IsIPv6 ? (ushort)0 : PeerPort, decision.Interface.Mtu, isPathMtuNotice: false);
            return Errno.EMSGSIZE;
        }
        if (length < least) return Errno.EINVAL;
        if ((flags & OnlyProbe) != 0) return Errno.None;
        Errno error = CheckSendable();
        if (error != Errno.None) return error;
        packet = Host.Loop.Packets.Rent(length);
        Gather(message, packet.Span);
        Tag(packet, overrides);
        ChargeFor(packet, Charged(length), !IsIPv6);
        return Errno.None;
    }

    private Errno Push(PacketBuffer packet, in RawDestination to)
    {
        RouteDecision decision = to.Decision;
        Errno error = Complete(packet, to);
        if (error == Errno.None && decision.Generation != Host.RoutingGeneration)
        {
            int device = decision.Kind == RouteKind.Local ? 0 : decision.Interface.Index;
            error = Host.Ip.Route(FlowTo(decision.Destination, 0, device, decision.Source, dontRoute: false), out decision);
        }
        if (error != Errno.None)
        {
            packet.Release();
            return error;
        }
        Tag(packet, to.Overrides);
        ChargeFor(packet, Charged(packet.Length), !IsIPv6);
        Count(packet.Span, to.Fields.Protocol);
        return Host.Ip.Send(packet, decision, to.Fields);
    }

    /// <summary>Messages of ICMP count whoever makes them (RFC 2011, icmpOutMsgs).</summary>
    protected void Count(ReadOnlySpan<byte> message, IpProtocolNumber protocol)
    {
        if (message.IsEmpty) return;
        if (!IsIPv6 && protocol == IpProtocolNumber.Icmpv4)
        {
            Host.Counters.Icmp(IcmpCounter.OutMsgs)++;
            Host.Counters.IcmpOut(message[0])++;
        }
        else if (IsIPv6 && protocol == IpProtocolNumber.Icmpv6)
        {
            Host.Counters.Icmp6(IcmpCounter.OutMsgs)++;
            Host.Counters.Icmp6Out(message[0])++;
        }
    }

    private void DropPending()
    {
        _pending?.Release();
        _pending = null;
        _pendingTo = default;
    }

    private static RawTable TableOf(RawSocket socket) => socket.IsIPv6 ? socket.Host.Raw.Table6 : socket.Host.Raw.Table4;
}
