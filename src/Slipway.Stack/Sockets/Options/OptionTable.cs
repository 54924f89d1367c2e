using System.Buffers.Binary;
using System.Collections.Frozen;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// getsockopt and setsockopt of all sockets: one table of handlers and, in one place, the rules that Linux has for all options of a level (OPT-00, OPT-01, OPG-01 to OPG-09).
/// </summary>
internal static class OptionTable
{
    private static readonly FrozenDictionary<(int Level, int Number), OptionHandler> Handlers =
        SocketLevelHandlers.All.Concat(IPv4Handlers.All).Concat(IPv6Handlers.All).Concat(ExtensionHandlers.All).Concat(GroupHandlers.All)
            .Concat(UdpHandlers.All).Concat(TcpHandlers.All).Concat(RawHandlers.All).Concat(NetlinkHandlers.All).Concat(PacketHandlers.All)
            .ToFrozenDictionary(static handler => (handler.Definition.Level, handler.Definition.Number));

    /// <summary>All handlers, for the comparison with the public table.</summary>
    public static IEnumerable<OptionHandler> All => Handlers.Values;

    public static Errno Get(OpenSocket socket, int level, int name, Span<byte> value, ref int length)
    {
        if (!HasLevel(socket, level)) return socket.Family is AddressFamily.Inet6 or AddressFamily.Netlink or AddressFamily.Packet ? Errno.ENOPROTOOPT : Errno.EOPNOTSUPP;
        // A negative length is refused, but at the level of IPv6 it counts as a great one.
        if (!IsIcmp(socket, level)) return Errno.EOPNOTSUPP;
        if (length < 0 && level != SocketLevel.SOL_RAW && (level != SocketLevel.IPPROTO_IPV6 || name == SocketOptionName.MCAST_MSFILTER)) return Errno.EINVAL;
        if (level == SocketLevel.SOL_RAW && socket is RawSocket6)
        {
            if (name is not (SocketOptionName.IPV6_CHECKSUM or SocketOptionName.IPV6_HDRINCL)) return Errno.ENOPROTOOPT;
            level = SocketLevel.IPPROTO_IPV6;
        }
        if (!Handlers.TryGetValue((level, name), out OptionHandler? handler)) return Errno.ENOPROTOOPT;
        if (handler.RefusalTo(socket) is var refusal and not Errno.None) return refusal;
        // The level of raw sockets looks at the name first.
        if (length < 0 && level == SocketLevel.SOL_RAW) return Errno.EINVAL;
        if (handler.Read is { } read)
        {
            CallResult result = read(socket, value);
            if (result.Succeeded) length = result.Value;
            return result.Error;
        }
        if (handler.ReadProgram is { } readProgram)
        {
            CallResult count = readProgram(socket, value, length);
            if (count.Succeeded) length = count.Value;
            return count.Error;
        }
        if (handler.Get is null) return Errno.ENOPROTOOPT;
        int number = handler.Get(socket);
        if (number < 0 && handler.Definition.Number == SocketOptionName.IP_MTU && level == SocketLevel.IPPROTO_IP) return Errno.ENOTCONN;
        length = WriteInt(level, number, value);
        return Errno.None;
    }

    public static Errno Set(OpenSocket socket, Caller caller, int level, int name, ReadOnlySpan<byte> value)
    {
        if (!HasLevel(socket, level)) return socket is InetSocket or NetlinkSocket or PacketSocket ? Errno.ENOPROTOOPT : Errno.EOPNOTSUPP;
        if (level == SocketLevel.SOL_RAW && socket is RawSocket6 raw) return RawHandlers.SetRawLevel(raw, name, value);
        if (!IsIcmp(socket, level)) return Errno.EOPNOTSUPP;
        bool isKnown = Handlers.TryGetValue((level, name), out OptionHandler? handler);
        // These two levels look at the length before the name, but for an option that is no int.
        bool looksAtLengthFirst = level is SocketLevel.SOL_SOCKET or SocketLevel.IPPROTO_UDP or SocketLevel.IPPROTO_TCP && handler is not { TakesAnyLength: true };
        if (looksAtLengthFirst && value.Length < sizeof(int)) return Errno.EINVAL;
        if (!isKnown) return Errno.ENOPROTOOPT;
        if (handler!.RefusalTo(socket) is var refusal and not Errno.None) return refusal;
        if (handler.StreamRefusal != Errno.None && socket.Type == SocketType.Stream) return handler.StreamRefusal;
        if (handler.Write is { } write)
        {
            Errno error = Done(socket, write(socket, caller, value));
            if (error == Errno.None && level == SocketLevel.IPPROTO_IPV6 && ChangesHeaders(name)) socket.OnRouteLost();
            return error;
        }
        if (handler.Set is not { } set) return Errno.ENOPROTOOPT;
        if (!TryReadInt(handler, level, value, out int number)) return Errno.EINVAL;
        Errno refused = CheckPrivilege(handler.Definition, caller, number);
        return refused == Errno.None ? Done(socket, set(socket, caller, number)) : refused;
    }

    /// <summary>Which levels a socket has: its own protocol's, its network's, and IPv4's on an IPv6 socket too, for mapped addresses.</summary>
    private static bool HasLevel(OpenSocket socket, int level) => level switch
    {
        SocketLevel.SOL_SOCKET => true,
        // A raw socket of IPv6 has no mapped addresses.
        SocketLevel.IPPROTO_IP => socket is InetSocket and not RawSocket6,
        SocketLevel.IPPROTO_IPV6 => socket.Family == AddressFamily.Inet6,
        SocketLevel.IPPROTO_UDP => socket is UdpSocket,
        SocketLevel.IPPROTO_TCP => socket is TcpSocket,
        SocketLevel.SOL_RAW => socket is RawSocket,
        SocketLevel.IPPROTO_ICMPV6 => socket is RawSocket6,
        SocketLevel.SOL_NETLINK => socket is NetlinkSocket,
        SocketLevel.SOL_PACKET => socket is PacketSocket,
        _ => false,
    };

    /// <summary>The level of ICMPv6 is that of raw sockets of ICMPv6 alone, and refuses the others whatever the name.</summary>
    private static bool IsIcmp(OpenSocket socket, int level) => level != SocketLevel.IPPROTO_ICMPV6 || socket.Protocol == (int)IpProtocol.IcmpV6;

    /// <summary>Options that lengthen the headers of what is sent (Linux ipv6_update_options).</summary>
    private static bool ChangesHeaders(int name) => name is SocketOptionName.IPV6_HOPOPTS or SocketOptionName.IPV6_DSTOPTS or SocketOptionName.IPV6_RTHDRDSTOPTS
        or SocketOptionName.IPV6_RTHDR or SocketOptionName.IPV6_2292PKTOPTIONS;

    private static Errno Done(OpenSocket socket, Errno error)
    {
        if (error == Errno.None) socket.OnOptionSet();
        return error;
    }

    private static bool TryReadInt(OptionHandler handler, int level, ReadOnlySpan<byte> value, out int number)
    {
        number = 0;
        if (value.Length >= sizeof(int))
        {
            number = BinaryPrimitives.ReadInt32LittleEndian(value);
            return true;
        }
        if (level != SocketLevel.IPPROTO_IP) return handler.TakesAnyLength;
        if (value.IsEmpty) return !handler.RefusesEmpty;
        number = value[0];
        return true;
    }

    /// <summary>Options of IPPROTO_IP are read into less than an int as one byte, where the value fits one; elsewhere the low bytes are.</summary>
    private static int WriteInt(int level, int number, Span<byte> value)
    {
        if (level == SocketLevel.IPPROTO_IP && value.Length is > 0 and < sizeof(int) && number is >= 0 and <= 255)
        {
            value[0] = (byte)number;
            return 1;
        }
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return Cut(bytes, value);
    }

    /// <summary>Copies as much of a value as there is room for, and returns that length.</summary>
    public static int Cut(ReadOnlySpan<byte> bytes, Span<byte> room)
    {
        int length = Math.Min(bytes.Length, room.Length);
        bytes[..length].CopyTo(room);
        return length;
    }

    private static Errno CheckPrivilege(SocketOptionDefinition option, Caller caller, int number)
    {
        bool isAllowed = option.Privilege switch
        {
            SocketOptionPrivilege.NetAdmin => caller.Process.HasCapability(Capability.NetAdmin),
            SocketOptionPrivilege.NetRaw => caller.Process.HasCapability(Capability.NetRaw),
            SocketOptionPrivilege.NetAdminOrNetRaw => caller.Process.HasCapability(Capability.NetAdmin) || caller.Process.HasCapability(Capability.NetRaw),
            _ => true,
        };
        if (isAllowed) return Errno.None;
        return (option.Level, option.Number) switch
        {
            // Switching it off is free, and so are the lower priorities.
            (SocketLevel.SOL_SOCKET, SocketOptionName.SO_DEBUG) => number == 0 ? Errno.None : Errno.EACCES,
            (SocketLevel.SOL_SOCKET, SocketOptionName.SO_PRIORITY) => number is >= 0 and <= 6 ? Errno.None : Errno.EPERM,
            (SocketLevel.IPPROTO_IP, SocketOptionName.IP_TRANSPARENT) or (SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_TRANSPARENT) => number == 0 ? Errno.None : Errno.EPERM,
            _ => Errno.EPERM,
        };
    }
}
