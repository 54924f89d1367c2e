using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A socket that sends echo requests and receives their replies: <c>socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)</c>, or AF_INET6 with IPPROTO_ICMPV6.</summary>
internal sealed class PingSocket : DatagramSocket
{
    public const int HeaderLength = 8;

    private const int MaxLength = 0xFFFF;

    public PingSocket(StackHost host, ProcessContext creator, AddressFamily family, ulong cookie)
        : base(host, creator, family, SocketType.Datagram, (int)(family == AddressFamily.Inet ? IpProtocol.Icmp : IpProtocol.IcmpV6), cookie)
    {
        // Linux makes them so (INET_PROTOSW_REUSE): sockets share an identifier unless one of them objects.
        Set(SocketFlags.ReuseAddress, true);
        if (IsIPv6) Set(SocketFlags.IPv6Only, true);
    }

    /// <inheritdoc/>
    protected override bool RequiresPort => false;

    /// <inheritdoc/>
    protected override bool KeepsGroupProgram => true;

    /// <inheritdoc/>
    protected override bool TellsTags => false;

    /// <inheritdoc/>
    protected override bool TellsChecksum => ReceivesChecksum && !IsIPv6;

    /// <inheritdoc/>
    /// <remarks>Linux fills ipi_spec_dst for UDP and raw sockets only.</remarks>
    protected override bool TellsLocalAddress => false;

    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        if (LocalPort == 0 && TakePort(0) != Errno.None) return Errno.EAGAIN;
        int length = LengthOf(message);
        if (length > MaxLength) return Errno.EMSGSIZE;
        if (length < HeaderLength) return Errno.EINVAL;
        if ((flags & MessageFlags.MSG_OOB) != 0) return Errno.EOPNOTSUPP;
        PacketBuffer packet = Host.Loop.Packets.Rent(length);
        Gather(message, packet.Span);
        Errno error = Prepare(caller.Process, message, flags, packet, out SendTarget target, out RouteDecision decision, out IpSendFields fields);
        if (error != Errno.None)
        {
            packet.Release();
            return error;
        }
        if (IsProbe(flags))
        {
            packet.Release();
            return length;
        }
        WriteHeader(packet, decision);
        ChargeFor(packet, length, target.Address.IsIPv4);
        Count(packet.Span[0]);
        error = Host.Ip.Send(packet, decision, fields);
        return error == Errno.None ? length : error;
    }

    /// <summary>Whether an ICMP message is one that these sockets send: an echo request, or an extended one (RFC 8335), of code 0.</summary>
    public static bool IsRequest(ReadOnlySpan<byte> message, bool isIPv4)
    {
        if (message[1] != 0) return false;
        return isIPv4
            ? (Icmpv4Type)message[0] is Icmpv4Type.Echo or Icmpv4Type.ExtendedEchoRequest
            : (Icmpv6Type)message[0] is Icmpv6Type.EchoRequest or Icmpv6Type.ExtendedEchoRequest;
    }

    /// <inheritdoc/>
    public override Errno Bind(Caller caller, ReadOnlySpan<byte> address)
    {
        Errno error = CheckBind(address);
        return error == Errno.None ? base.Bind(caller, address) : error;
    }

    /// <inheritdoc/>
    /// <remarks>Of IPv6, the family counts before the length (Linux ping_v6_pre_connect).</remarks>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        bool isOther = IsIPv6 && address.Length >= sizeof(ushort) && SockAddr.FamilyOf(address) is not (AddressFamily.Inet6 or AddressFamily.Unspecified);
        if (!isOther) return base.Connect(caller, address);
        return LocalPort == 0 && TakePort(0) != Errno.None ? Errno.EAGAIN : Errno.EAFNOSUPPORT;
    }

    /// <summary>Takes a reply. Ownership moves.</summary>
    public void Deliver(PacketBuffer packet, in ReceivedIp info)
    {
        if (Filter is null || PassesFilter(packet, 1, info)) Enqueue(packet, info.InterfaceIndex, info.IsIPv4);
        else packet.Release();
    }

    /// <summary>Takes an ICMP error about a request of this socket; the quotation begins with the request's header.</summary>
    public void ReceiveIcmpError(in IcmpError error) => TakeIcmpError(error, 0, error.Transport);

    /// <inheritdoc/>
    /// <remarks>MSG_TRUNC asks for nothing here: what is returned are the bytes written (Linux ping_recvmsg).</remarks>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
        => (flags & MessageFlags.MSG_OOB) != 0 ? Errno.EOPNOTSUPP : base.Receive(caller, ref message, flags & ~MessageFlags.MSG_TRUNC, ref done);

    /// <inheritdoc/>
    public override CallResult Ioctl(uint request, Span<byte> argument) => StampIoctl(request, argument);

    /// <inheritdoc/>
    protected override bool NeedsPrivilege(ushort port) => false;

    /// <inheritdoc/>
    protected override Errno TakePort(ushort port)
    {
        CallResult taken = Host.Ping.Take(this, port);
        if (!taken.Succeeded) return taken.Error;
        LocalPort = (ushort)taken.Value;
        return Errno.None;
    }

    /// <inheritdoc/>
    protected override void Unbind()
    {
        if (LocalPort == 0) return;
        Host.Ping.Remove(this);
        LocalPort = 0;
    }

    /// <inheritdoc/>
    protected override void Rehash()
    {
        // Replies are found by their identifier alone: address and peer do not move the socket.
    }

    /// <inheritdoc/>
    protected override ushort SourcePortOf(PacketBuffer packet) => 0;

    // A message counts when it is made, whatever becomes of it (RFC 2011, icmpOutMsgs).
    private void Count(byte type)
    {
        if (IsIPv6)
        {
            Host.Counters.Icmp6(IcmpCounter.OutMsgs)++;
            Host.Counters.Icmp6Out(type)++;
            return;
        }
        Host.Counters.Icmp(IcmpCounter.OutMsgs)++;
        Host.Counters.IcmpOut(type)++;
    }

    private int AddressLength => IsIPv6 ? SockAddr.IPv6Length : SockAddr.IPv4Length;

    // Unlike UDP, ping takes no address without a family, no sockaddr_in6 without a scope, and looks at the length before the family.
    private static Errno CheckAddress(ReadOnlySpan<byte> address, AddressFamily family, int length)
    {
        if (address.IsEmpty) return Errno.None;
        if (address.Length < length) return Errno.EINVAL;
        return SockAddr.FamilyOf(address) == family ? Errno.None : Errno.EAFNOSUPPORT;
    }

    // Linux ping_check_bind_addr: no groups, no broadcast addresses, nothing mapped.
    private Errno CheckBind(ReadOnlySpan<byte> address)
    {
        if (address.Length < AddressLength) return Errno.EINVAL;
        if (!IsIPv6)
        {
            IpAddress named = SockAddr.IPv4Of(address);
            if (SockAddr.FamilyOf(address) != AddressFamily.Inet && (SockAddr.FamilyOf(address) != AddressFamily.Unspecified || !named.IsUnspecified)) return Errno.EAFNOSUPPORT;
            return named.IsMulticast || IsBroadcast(named) || !IsBindableIPv4(named) ? Errno.EADDRNOTAVAIL : Errno.None;
        }
        if (SockAddr.FamilyOf(address) != AddressFamily.Inet6) return Errno.EAFNOSUPPORT;
        IpAddress local = SockAddr.IPv6Of(address);
        int scope = SockAddr.ScopeOf(address);
        if (local.IsIPv4 || local.IsMulticast || local.IsLinkLocal && scope == 0) return Errno.EINVAL;
        int index = scope != 0 ? scope : BoundInterface;
        NetworkInterface? device = index != 0 ? Host.Interfaces.Find(index) : null;
        if (index != 0 && device is null) return Errno.ENODEV;
        if (local.IsUnspecified || MayBindAnyAddress(isIPv4: false)) return Errno.None;
        bool isOurs = device is not null ? device.FindAddress(local) is not null : Host.Interfaces.IsLocal(local);
        return isOurs ? Errno.None : Errno.EADDRNOTAVAIL;
    }

    private Errno Prepare(ProcessContext caller, in SendMessage message, MessageFlags flags, PacketBuffer packet,
        out SendTarget target, out RouteDecision decision, out IpSendFields fields)
    {
        target = default;
        decision = default;
        fields = default;
        if (!IsRequest(packet.Span, !IsIPv6)) return Errno.EINVAL;
        Errno error = CheckAddress(message.Address, Family, AddressLength);
        if (error != Errno.None) return error;
        if (IsIPv6 && !message.Address.IsEmpty && SockAddr.IPv6Of(message.Address).IsIPv4) return Errno.EINVAL;
        error = ReadTarget(message.Address, out target);
        if (error != Errno.None) return error;
        if (IsIPv6 && target.Address.IsIPv4) return Errno.EINVAL;
        if (IsIPv6 && !IsScopeRight(target)) return Errno.EINVAL;
        var overrides = new SendOverrides { InterfaceIndex = target.Scope };
        bool isPlain = message.Control.IsEmpty;
        if (!isPlain)
        {
            error = IsIPv6 ? overrides.Read6(message.Control, this, caller) : overrides.Read4(message.Control, this, caller);
            if (error != Errno.None) return error;
        }
        if (IsIPv6 && (error = TakeLease(target, ref overrides)) != Errno.None) return error;
        // Only connect takes the wildcard for this host; here it is a destination like others.
        if (IsIPv6 && target.Address.IsUnspecified && Host.Routes.Find(target.Address) is null) return Errno.ENETUNREACH;
        error = FindRoute(target, overrides, isPlain, (flags & MessageFlags.MSG_DONTROUTE) != 0 || Has(SocketFlags.DontRoute), out decision);
        if (error != Errno.None) return error;
        target.Address = FinalOf(target, decision);
        fields = FieldsFor(target, overrides, decision, flags);
        // Extension headers are checked, and then left out (Linux ping_v6_sendmsg).
        if (IsIPv6) fields = fields with { Options = null };
        if (IsProbe(flags)) return Errno.None;
        error = CheckLength(target, decision, fields, packet.Length);
        if (error == Errno.None) error = CheckSendable();
        if (error == Errno.None) error = CheckFragments(decision, fields, !IsIPv6, held: 0, packet.Length);
        if (error == Errno.None && (!isPlain || UncommonIfAny is not null)) Tag(packet, overrides);
        return error;
    }

    // IPv6 passes the flags on to nobody.
    private bool IsProbe(MessageFlags flags) => (flags & OnlyProbe) != 0 && !IsIPv6;

    /// <summary>Whether an address that needs a link has one, and the one that the socket is bound to (Linux ping_v6_sendmsg).</summary>
    private bool IsScopeRight(in SendTarget target)
    {
        int index = target.Scope != 0 ? target.Scope : BoundInterface;
        if (index == 0) index = target.Address.IsMulticast ? MulticastInterface6 : UnicastInterface6;
        bool needsLink = target.Address.IsLinkLocal || target.Address.IsLinkScopeMulticast;
        return (!needsLink || index != 0) && (index == 0 || BoundInterface == 0 || index == BoundInterface);
    }

    private void WriteHeader(PacketBuffer packet, in RouteDecision decision)
    {
        Span<byte> header = packet.Span;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], 0);
        ushort checksum = IsIPv6
            ? PartialSum.PseudoHeader(decision.Source, decision.Destination, IpProtocolNumber.Icmpv6, header.Length).Add(header).Checksum
            : InternetChecksum.Compute(header);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], checksum);
    }
}
