using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.RawSocket>;

namespace Slipway.Stack;

/// <summary>Options of raw sockets (raw(7), RFC 3542 §3).</summary>
internal static class RawHandlers
{
    private const int IcmpFilterLength = 4;

    public static OptionHandler[] All { get; } =
    [
        Included4(IP_HDRINCL, SocketFlags.HeaderIncluded),
        // Tells the connection tracking to leave fragments alone; a virtual host has none, so nothing is ever put together on the way out.
        Included4(IP_NODEFRAG, SocketFlags.NoDefragment),
        new()
        {
            Definition = Row(IPPROTO_IP, IP_ROUTER_ALERT),
            Get = static socket => ((InetSocket)socket).WantsRouterAlerts ? 1 : 0,
            Set = static (socket, _, value) => SetRouterAlert(socket, value != 0),
        },
        new()
        {
            Definition = Row(IPPROTO_IPV6, IPV6_ROUTER_ALERT),
            Get = static socket => ((InetSocket)socket).WantsRouterAlerts6 ? 1 : 0,
            Set = static (socket, _, value) => SetRouterAlert6(socket, value),
        },
        new()
        {
            Definition = Row(IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE),
            Get = static socket => ((InetSocket)socket).IsolatesRouterAlerts ? 1 : 0,
            Set = static (socket, _, value) =>
            {
                ((InetSocket)socket).IsolatesRouterAlerts = value != 0;
                return Errno.None;
            },
        },
        new()
        {
            Definition = Row(SOL_RAW, ICMP_FILTER),
            Read = static (socket, value) => ReadFilter((RawSocket4)socket, value),
            Write = static (socket, _, value) => WriteFilter((RawSocket4)socket, value),
            AppliesTo = static socket => socket is RawSocket4 { Protocol: (int)IpProtocol.Icmp },
        },
        new()
        {
            Definition = Row(IPPROTO_ICMPV6, ICMPV6_FILTER),
            Read = static (socket, value) => OptionTable.Cut(((RawSocket6)socket).IcmpFilter, value),
            Write = static (socket, _, value) =>
            {
                // A short value changes the first types alone.
                value[..Math.Min(value.Length, Icmp6Filter.Length)].CopyTo(((RawSocket6)socket).IcmpFilter);
                return Errno.None;
            },
        },
        Only6(IPV6_CHECKSUM, static socket => socket.ChecksumOffset, static (socket, value) => socket.SetChecksumOffset(value, evenForIcmp: false)),
        Only6(IPV6_HDRINCL, static socket => socket.Has(SocketFlags.HeaderIncluded) ? 1 : 0, static (socket, value) =>
        {
            socket.Set(SocketFlags.HeaderIncluded, value != 0);
            return Errno.None;
        }),
    ];

    /// <summary>The level SOL_RAW of a socket of IPv6 has these two as well, and there the offset of ICMPv6 can be moved (do_rawv6_setsockopt).</summary>
    public static Errno SetRawLevel(RawSocket6 socket, int name, ReadOnlySpan<byte> value)
    {
        if (value.Length < sizeof(int)) return Errno.EINVAL;
        int number = BinaryPrimitives.ReadInt32LittleEndian(value);
        switch (name)
        {
            case IPV6_CHECKSUM:
                return socket.SetChecksumOffset(number, evenForIcmp: true);
            case IPV6_HDRINCL:
                socket.Set(SocketFlags.HeaderIncluded, number != 0);
                return Errno.None;
            default:
                return Errno.ENOPROTOOPT;
        }
    }

    private static Errno SetRouterAlert(OpenSocket socket, bool on)
    {
        if (socket is not RawSocket4 raw) return Errno.EINVAL;
        Errno error = raw.Host.Raw.Alerts.Set(raw, on);
        if (error == Errno.None) raw.WantsRouterAlerts = on;
        return error;
    }

    private static Errno SetRouterAlert6(OpenSocket socket, int value)
    {
        if (socket is not RawSocket6 raw) return Errno.ENOPROTOOPT;
        Errno error = raw.Host.Raw.Alerts.Set(raw, value);
        // Linux keeps whether the number was one, not whether the socket is waiting.
        if (error == Errno.None) raw.WantsRouterAlerts6 = value != 0;
        return error;
    }

    /// <summary>An option that every socket of IPv4 reads as 0 and only a raw one sets.</summary>
    private static OptionHandler Included4(int number, SocketFlags flag) => new()
    {
        Definition = Row(IPPROTO_IP, number),
        Get = socket => socket.Has(flag) ? 1 : 0,
        Set = (socket, _, value) =>
        {
            if (socket is not RawSocket4) return Errno.ENOPROTOOPT;
            socket.Set(flag, value != 0);
            return Errno.None;
        },
    };

    private static OptionHandler Only6(int number, Func<RawSocket6, int> get, Func<RawSocket6, int, Errno> set) => new()
    {
        Definition = Row(IPPROTO_IPV6, number),
        Get = socket => get((RawSocket6)socket),
        Set = (socket, _, value) => set((RawSocket6)socket, value),
        AppliesTo = static socket => socket is RawSocket6,
        Inapplicable = Errno.ENOPROTOOPT,
    };

    private static CallResult ReadFilter(RawSocket4 socket, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[IcmpFilterLength];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, socket.IcmpFilter);
        return OptionTable.Cut(bytes, value);
    }

    private static Errno WriteFilter(RawSocket4 socket, ReadOnlySpan<byte> value)
    {
        Span<byte> bytes = stackalloc byte[IcmpFilterLength];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, socket.IcmpFilter);
        value[..Math.Min(value.Length, IcmpFilterLength)].CopyTo(bytes);
        socket.IcmpFilter = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return Errno.None;
    }
}
