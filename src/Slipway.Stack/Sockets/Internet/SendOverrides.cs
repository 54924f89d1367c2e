using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What the control messages of one sendmsg change for its datagram (ip(7), ipv6(7), RFC 3542 §6).</summary>
internal struct SendOverrides
{
    private const int ScmRights = 1, ScmCredentials = 2;

    /// <summary>Source address; unspecified for the socket's.</summary>
    public IpAddress Source;

    public bool HasSource;

    /// <summary>Interface to send by; 0 for the socket's.</summary>
    public int InterfaceIndex;

    /// <summary>Hop limit or time to live; <see cref="Unset"/> for the socket's.</summary>
    public int HopLimit = Unset;

    /// <summary>Type of service or traffic class; <see cref="Unset"/> for the socket's.</summary>
    public int Tos = Unset;

    /// <summary>IPV6_DONTFRAG: 0 or 1; <see cref="Unset"/> for the socket's.</summary>
    public int DontFragment = Unset;

    public int FlowInfo = Unset;

    public IpOptions? Options;

    /// <summary>UDP_SEGMENT; <see cref="Unset"/> for the socket's.</summary>
    public int SegmentSize = Unset;

    /// <summary>Extension headers: where there are any, none of the socket's are sent (Linux ip6_datagram_send_ctl).</summary>
    public ExtensionHeaders? Extensions;

    /// <summary>SO_MARK; <see cref="Unset"/> for the socket's.</summary>
    public int Mark = Unset;

    /// <summary>SO_PRIORITY; <see cref="Unset"/> for the socket's.</summary>
    public int Priority = Unset;

    /// <summary>SO_TIMESTAMPING: which moments this message is stamped at; <see cref="Unset"/> for the socket's.</summary>
    public int Timestamping = Unset;

    /// <summary>SCM_TS_OPT_ID: the number of this message's stamps.</summary>
    public uint StampKey;

    public bool HasStampKey;

    /// <summary>SCM_TXTIME: when the packet shall leave, in nanoseconds of the loop's clock; 0 for at once.</summary>
    public long DepartsAt;

    public const int Unset = int.MinValue;

    public SendOverrides()
    {
    }

    /// <summary>Reads the messages of UDP, which the kernel looks at before all others (udp_cmsg_send).</summary>
    public Errno ReadUdp(ReadOnlySpan<byte> control)
    {
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            if (reader.Level != SocketLevel.IPPROTO_UDP) continue;
            if (reader.Type != SocketOptionName.UDP_SEGMENT || reader.Data.Length != sizeof(ushort)) return Errno.EINVAL;
            SegmentSize = BinaryPrimitives.ReadUInt16LittleEndian(reader.Data);
        }
        return reader.IsMalformed ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Reads the messages for a datagram that goes in IPv4 (Linux ip_cmsg_send).</summary>
    public Errno Read4(ReadOnlySpan<byte> control, InetSocket socket, ProcessContext caller)
    {
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            Errno error = reader.Level switch
            {
                SocketLevel.SOL_SOCKET => TakeSocketMessage(reader, socket, caller),
                SocketLevel.IPPROTO_IP => Take4(reader, caller),
                SocketLevel.IPPROTO_IPV6 when socket.IsIPv6 && reader.Type == SocketOptionName.IPV6_PKTINFO => TakeMappedPacketInfo(reader),
                _ => Errno.None,
            };
            if (error != Errno.None) return error;
        }
        return reader.IsMalformed ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Reads the messages for a datagram that goes in IPv6 (Linux ip6_datagram_send_ctl).</summary>
    public Errno Read6(ReadOnlySpan<byte> control, InetSocket socket, ProcessContext caller)
    {
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            Errno error = reader.Level switch
            {
                SocketLevel.SOL_SOCKET => TakeSocketMessage(reader, socket, caller),
                SocketLevel.IPPROTO_IPV6 => Take6(reader, socket, caller),
                _ => Errno.None,
            };
            if (error != Errno.None) return error;
        }
        return reader.IsMalformed ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Reads the messages of a send on a packet socket: those of SOL_SOCKET alone (Linux sock_cmsg_send).</summary>
    public Errno ReadPacket(ReadOnlySpan<byte> control, PacketSocket socket, ProcessContext caller)
    {
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            Errno error = reader.Level == SocketLevel.SOL_SOCKET ? TakeSocketMessage(reader, socket, caller) : Errno.None;
            if (error != Errno.None) return error;
        }
        return reader.IsMalformed ? Errno.EINVAL : Errno.None;
    }

    /// <summary>Reads the messages for a stream (Linux tcp_sendmsg): those of SOL_SOCKET alone; whatever is wrong with them is EINVAL.</summary>
    public Errno ReadStream(ReadOnlySpan<byte> control, InetSocket socket, ProcessContext caller)
    {
        var reader = new ControlMessageReader(control);
        while (reader.MoveNext())
        {
            if (reader.Level == SocketLevel.SOL_SOCKET && TakeSocketMessage(reader, socket, caller) != Errno.None) return Errno.EINVAL;
        }
        return reader.IsMalformed ? Errno.EINVAL : Errno.None;
    }

    /// <summary>A message of SOL_SOCKET (Linux __sock_cmsg_send).</summary>
    private Errno TakeSocketMessage(in ControlMessageReader message, OpenSocket socket, ProcessContext caller)
    {
        switch (message.Type)
        {
            case ScmRights or ScmCredentials:
                return Errno.None;
            case SocketOptionName.SO_MARK:
                if (!caller.HasCapability(Capability.NetAdmin) && !caller.HasCapability(Capability.NetRaw)) return Errno.EPERM;
                if (message.Data.Length != 4) return Errno.EINVAL;
                Mark = message.Int32;
                return Errno.None;
            case SocketOptionName.SO_TIMESTAMPING or SocketOptionName.SO_TIMESTAMPING_NEW:
                if (message.Data.Length != 4 || ((TimestampingFlags)message.Int32 & ~OpenSocket.TransmitRecords) != 0) return Errno.EINVAL;
                Timestamping = message.Int32;
                return Errno.None;
            case SocketOptionName.SO_TXTIME:
                if (!socket.Has(SocketFlags.SendTime) || message.Data.Length != sizeof(long)) return Errno.EINVAL;
                DepartsAt = socket.MomentToSend(BinaryPrimitives.ReadInt64LittleEndian(message.Data));
                return Errno.None;
            case ControlMessageType.SCM_TS_OPT_ID:
                if (socket is TcpSocket || (socket.Timestamping & TimestampingFlags.SOF_TIMESTAMPING_OPT_ID) == 0 || message.Data.Length != 4) return Errno.EINVAL;
                StampKey = (uint)message.Int32;
                HasStampKey = true;
                return Errno.None;
            case SocketOptionName.SO_PRIORITY:
                if (message.Data.Length != 4) return Errno.EINVAL;
                if (message.Int32 is < 0 or > 6 && !caller.HasCapability(Capability.NetAdmin) && !caller.HasCapability(Capability.NetRaw)) return Errno.EPERM;
                Priority = message.Int32;
                return Errno.None;
            default:
                return Errno.EINVAL;
        }
    }

    private Errno Take4(in ControlMessageReader message, ProcessContext caller)
    {
        int length = message.Data.Length;
        switch (message.Type)
        {
            case SocketOptionName.IP_PKTINFO:
                if (length != IPv4PacketInfo.Length) return Errno.EINVAL;
                IPv4PacketInfo info = message.IPv4PacketInfo;
                if (info.InterfaceIndex != 0) InterfaceIndex = info.InterfaceIndex;
                Source = IpAddress.FromIPv4(info.Local);
                HasSource = true;
                return Errno.None;
            case SocketOptionName.IP_TTL:
                if (length != 4 || message.Int32 is < 1 or > 255) return Errno.EINVAL;
                HopLimit = message.Int32;
                return Errno.None;
            case SocketOptionName.IP_TOS:
                if (length is not (1 or 4) || message.Int32 is < 0 or > 255) return Errno.EINVAL;
                Tos = message.Int32;
                return Errno.None;
            case SocketOptionName.IP_PROTOCOL:
                // Says only for which protocol the route of an included header is asked; routes do not depend on it here.
                return length == 4 && message.Int32 is >= 1 and <= 255 ? Errno.None : Errno.EINVAL;
            case SocketOptionName.IP_RETOPTS:
                return Ipv4SocketOptions.TryRead(message.Data[..Math.Min(length, IpOptions.MaxIpv4Length)], caller.HasCapability(Capability.NetRaw), out Options);
            default:
                return Errno.EINVAL;
        }
    }

    private Errno TakeMappedPacketInfo(in ControlMessageReader message)
    {
        if (message.Data.Length < IPv6PacketInfo.Length) return Errno.EINVAL;
        IpAddress source = IpAddress.ReadIPv6(message.Data);
        if (!source.IsIPv4) return Errno.EINVAL;
        int index = BinaryPrimitives.ReadInt32LittleEndian(message.Data[16..]);
        if (index != 0) InterfaceIndex = index;
        Source = source;
        HasSource = true;
        return Errno.None;
    }

    private Errno Take6(in ControlMessageReader message, InetSocket socket, ProcessContext caller)
    {
        int length = message.Data.Length;
        switch (message.Type)
        {
            case SocketOptionName.IPV6_PKTINFO or SocketOptionName.IPV6_2292PKTINFO:
                return length < IPv6PacketInfo.Length ? Errno.EINVAL : TakePacketInfo(message.Data, socket);
            case SocketOptionName.IPV6_HOPLIMIT or SocketOptionName.IPV6_2292HOPLIMIT:
                // Linux looks at the lower half alone.
                if (length != 4 || (short)message.Int32 is < -1 or > 255) return Errno.EINVAL;
                HopLimit = (short)message.Int32;
                return Errno.None;
            case SocketOptionName.IPV6_TCLASS:
                if (length != 4 || message.Int32 is < -1 or > 255) return Errno.EINVAL;
                Tos = Math.Max(0, message.Int32);
                return Errno.None;
            case SocketOptionName.IPV6_DONTFRAG:
                if (length != 4 || message.Int32 is < 0 or > 1) return Errno.EINVAL;
                DontFragment = message.Int32;
                return Errno.None;
            case SocketOptionName.IPV6_FLOWINFO:
                if (length < 4) return Errno.EINVAL;
                // One that says anything behind the 28 bits is taken first, but not after another (Linux ip6_datagram_send_ctl).
                if (FlowInfo > 0 && message.Data[0] > 0xF) return Errno.EINVAL;
                FlowInfo = (int)(BinaryPrimitives.ReadUInt32BigEndian(message.Data) & 0x0FFF_FFFF);
                return Errno.None;
            case SocketOptionName.IPV6_HOPOPTS or SocketOptionName.IPV6_2292HOPOPTS:
                return TakeExtension(message.Data, SocketOptionName.IPV6_HOPOPTS, isOnce: true, caller);
            case SocketOptionName.IPV6_2292DSTOPTS:
                return TakeExtension(message.Data, SocketOptionName.IPV6_DSTOPTS, isOnce: true, caller);
            case SocketOptionName.IPV6_DSTOPTS or SocketOptionName.IPV6_RTHDRDSTOPTS:
                return TakeExtension(message.Data, message.Type, isOnce: false, caller);
            default:
                return Errno.EINVAL;
        }
    }

    private Errno TakeExtension(ReadOnlySpan<byte> data, int option, bool isOnce, ProcessContext caller)
    {
        ExtensionHeaders before = Extensions ?? ExtensionHeaders.None;
        if (isOnce && !before[option].IsEmpty || !ExtensionHeaders.TryReadMessage(data, out byte[] header)) return Errno.EINVAL;
        if (!caller.HasCapability(Capability.NetRaw)) return Errno.EPERM;
        Extensions = before.With(option, header);
        return Errno.None;
    }

    private Errno TakePacketInfo(ReadOnlySpan<byte> data, InetSocket socket)
    {
        IpAddress source = IpAddress.ReadIPv6(data);
        int index = BinaryPrimitives.ReadInt32LittleEndian(data[16..]);
        if (index != 0)
        {
            int asked = InterfaceIndex != 0 ? InterfaceIndex : socket.BoundInterface;
            if (asked != 0 && asked != index) return Errno.EINVAL;
            if (socket.Host.Interfaces.Find(index) is null) return Errno.ENODEV;
            InterfaceIndex = index;
        }
        else if (source.IsLinkLocal && source.IsIPv6) return Errno.EINVAL;
        if (source.IsUnspecified) return Errno.None;
        if (!socket.Has(SocketFlags.FreeBind | SocketFlags.Transparent) && !socket.Host.Interfaces.IsLocal(source)) return Errno.EINVAL;
        Source = source;
        HasSource = true;
        return Errno.None;
    }
}
