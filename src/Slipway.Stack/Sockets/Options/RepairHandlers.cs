using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>
/// TCP_REPAIR and what belongs to it: a connection of a virtual host cannot be taken apart and put together elsewhere, so that everybody is answered as Linux answers those who may not
/// (no CAP_NET_ADMIN): the mode is off, and cannot be switched on.
/// </summary>
internal static class RepairHandlers
{
    public static OptionHandler[] All { get; } =
    [
        Number(IPPROTO_TCP, TCP_REPAIR, static _ => 0, static (_, _, _) => Errno.EPERM),
        Bytes(IPPROTO_TCP, TCP_REPAIR_QUEUE, static (_, _) => Errno.EINVAL, static (_, _, _) => Errno.EPERM),
        Bytes(IPPROTO_TCP, TCP_QUEUE_SEQ, static (_, _) => Errno.EINVAL, static (s, _, _) => ((TcpSocket)s).State == TcpState.Closed ? Errno.EINVAL : Errno.EPERM),
        Bytes(IPPROTO_TCP, TCP_REPAIR_OPTIONS, null, static (_, _, _) => Errno.EINVAL),
        Bytes(IPPROTO_TCP, TCP_REPAIR_WINDOW, static (_, value) => value.Length == WindowLength ? Errno.EPERM : Errno.EINVAL, static (_, _, _) => Errno.EPERM),
    ];

    /// <summary>struct tcp_repair_window: five words.</summary>
    private const int WindowLength = 20;
}
