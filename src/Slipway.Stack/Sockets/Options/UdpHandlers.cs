using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Options of IPPROTO_UDP (udp(7)).</summary>
internal static class UdpHandlers
{
    public static OptionHandler[] All { get; } =
    [
        Number(IPPROTO_UDP, UDP_CORK, static s => s.Has(SocketFlags.Cork) ? 1 : 0, static (s, _, value) =>
        {
            s.Set(SocketFlags.Cork, value != 0);
            // What was held back goes now; what becomes of it is not this call's result.
            if (value == 0) ((UdpSocket)s).PushPending();
            return Errno.None;
        }),
        Flag(IPPROTO_UDP, UDP_NO_CHECK6_TX, SocketFlags.NoChecksum6Send),
        Flag(IPPROTO_UDP, UDP_NO_CHECK6_RX, SocketFlags.NoChecksum6Receive),
        Number(IPPROTO_UDP, UDP_SEGMENT, 0, ushort.MaxValue, static s => ((UdpSocket)s).SegmentSize, static (s, value) => ((UdpSocket)s).SegmentSize = value),
        Flag(IPPROTO_UDP, UDP_GRO, SocketFlags.Coalesce),
        // There is no IPsec and no tunnel to hand packets to: as on a kernel without them, only none can be chosen.
        Number(IPPROTO_UDP, UDP_ENCAP, static _ => 0, static (_, _, value) => value == 0 ? Errno.None : Errno.ENOPROTOOPT),
    ];
}
