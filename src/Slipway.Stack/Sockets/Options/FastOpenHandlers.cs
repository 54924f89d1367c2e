using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Options of fast open (RFC 7413, tcp(7)).</summary>
internal static class FastOpenHandlers
{
    public static OptionHandler[] All { get; } =
    [
        Number(IPPROTO_TCP, TCP_FASTOPEN, static s => Extras(s)?.FastOpenQueue ?? 0, SetQueue),
        Number(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, static s => Extras(s)?.FastOpensAtConnect == true ? 1 : 0, SetAtConnect),
        Number(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, static s => Extras(s)?.FastOpensWithoutCookie == true ? 1 : 0, SetWithoutCookie),
        Bytes(IPPROTO_TCP, TCP_FASTOPEN_KEY, ReadKeys, WriteKeys),
    ];

    private static TcpExtras? Extras(InetSocket socket) => ((TcpSocket)socket).Connection.KnownExtras;

    private static bool IsUnconnected(TcpSocket socket) => socket.State is TcpState.Closed or TcpState.Listen;

    private static Errno SetQueue(InetSocket socket, Caller caller, int value)
    {
        var stream = (TcpSocket)socket;
        if (value < 0 || !IsUnconnected(stream)) return Errno.EINVAL;
        stream.Connection.Extras.FastOpenQueue = Math.Min(value, stream.Host.Sysctl.Core.Somaxconn.Value);
        // From now on the host has a key, which tcp_fastopen_key shows.
        _ = stream.Host.Tcp.FastOpenKeys;
        return Errno.None;
    }

    private static Errno SetAtConnect(InetSocket socket, Caller caller, int value)
    {
        var stream = (TcpSocket)socket;
        if (value is < 0 or > 1) return Errno.EINVAL;
        if (((FastOpenMode)stream.Host.Sysctl.Tcp.FastOpen.Value & FastOpenMode.Client) == 0) return Errno.EOPNOTSUPP;
        if (stream.State != TcpState.Closed) return Errno.EINVAL;
        stream.Connection.Extras.FastOpensAtConnect = value != 0;
        return Errno.None;
    }

    private static Errno SetWithoutCookie(InetSocket socket, Caller caller, int value)
    {
        var stream = (TcpSocket)socket;
        if (value is < 0 or > 1 || !IsUnconnected(stream)) return Errno.EINVAL;
        stream.Connection.Extras.FastOpensWithoutCookie = value != 0;
        return Errno.None;
    }

    /// <summary>The socket's own keys, as far as there is room; nothing where the host's count, which no socket tells.</summary>
    private static CallResult ReadKeys(InetSocket socket, Span<byte> value) =>
        Extras(socket)?.FastOpenKeys is { } keys ? OptionTable.Cut(keys.ToBytes(), value) : 0;

    private static Errno WriteKeys(InetSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        if (FastOpenKeys.Read(value) is not { } keys) return Errno.EINVAL;
        ((TcpSocket)socket).Connection.Extras.FastOpenKeys = keys;
        return Errno.None;
    }
}
