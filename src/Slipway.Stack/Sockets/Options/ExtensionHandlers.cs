using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Options about extension headers of IPv6: what is sent with every packet, and the older numbers of what is received (RFC 3542, RFC 2292).</summary>
internal static class ExtensionHandlers
{
    /// <summary>The kernel's bound on IPV6_2292PKTOPTIONS.</summary>
    private const int MaxOptions = 64 * 1024;

    public static OptionHandler[] All { get; } =
    [
        Header(IPV6_HOPOPTS),
        Header(IPV6_RTHDRDSTOPTS),
        Header(IPV6_DSTOPTS),
        // Type 0 is forbidden (RFC 5095), type 2 is for mobile nodes, and segment routing is not spoken here: no type is left.
        Bytes(IPPROTO_IPV6, IPV6_RTHDR, static (_, _) => 0, static (_, _, value) => value.IsEmpty ? Errno.None : Errno.EINVAL),
        Flag(IPPROTO_IPV6, IPV6_2292PKTINFO, SocketFlags.OldPacketInfo6),
        Flag(IPPROTO_IPV6, IPV6_2292HOPLIMIT, SocketFlags.OldHopLimit),
        Flag(IPPROTO_IPV6, IPV6_2292HOPOPTS, SocketFlags.OldHopOptions),
        Flag(IPPROTO_IPV6, IPV6_2292DSTOPTS, SocketFlags.OldDestinationOptions),
        Flag(IPPROTO_IPV6, IPV6_2292RTHDR, SocketFlags.OldRouting),
        Bytes(IPPROTO_IPV6, IPV6_2292PKTOPTIONS, static (s, value) => s is TcpSocket stream ? stream.ReadPacketOptions6(value) : Errno.ENOPROTOOPT, WriteAll),
    ];

    private static OptionHandler Header(int number) => Bytes(IPPROTO_IPV6, number, (s, value) => OptionTable.Cut(s.Extensions[number], value), (s, caller, value) =>
    {
        if (!caller.Process.HasCapability(Capability.NetRaw)) return Errno.EPERM;
        byte[] header = [];
        if (!value.IsEmpty && !ExtensionHeaders.TryReadOption(value, out header)) return Errno.EINVAL;
        s.Extensions = s.Extensions.With(number, header);
        return Errno.None;
    });

    /// <summary>All headers at once, as control messages (RFC 2292 §4.1): those that are not named go.</summary>
    private static Errno WriteAll(InetSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        if (value.Length > MaxOptions) return Errno.EINVAL;
        var messages = new SendOverrides();
        Errno error = messages.Read6(value, socket, caller.Process);
        if (error == Errno.None) socket.Extensions = messages.Extensions ?? ExtensionHeaders.None;
        return error;
    }
}
