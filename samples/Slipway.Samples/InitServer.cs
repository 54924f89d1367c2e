using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>initserver: the socket of a server, bound and, where it takes connections, listening.</summary>
public static class InitServer
{
    /// <summary>Opens, binds and listens. Nothing stays open where a step fails.</summary>
    /// <param name="sockets">Where.</param>
    /// <param name="type">Stream and seqpacket sockets listen; flags of socket(2) may be added.</param>
    /// <param name="address">The server's address.</param>
    /// <param name="backlog">Connections that may wait to be accepted.</param>
    /// <param name="error">Why there is no socket.</param>
    /// <param name="reuseAddress">SO_REUSEADDR: whether the server starts while connections of an earlier run of it are in TIME_WAIT.</param>
    /// <returns>The socket, or null.</returns>
    public static Socket? Open(SocketSystem sockets, SocketType type, InetAddress address, int backlog, out Errno error, bool reuseAddress = true)
    {
        CallResult opened = sockets.Socket(address.Family, type, 0);
        error = opened.Error;
        if (!opened.Succeeded) return null;
        error = Prepare(sockets, opened.Value, type, address, backlog, reuseAddress);
        if (error == Errno.None) return new Socket(sockets, opened.Value);
        sockets.Close(opened.Value);
        return null;
    }

    private static Errno Prepare(SocketSystem sockets, int descriptor, SocketType type, InetAddress address, int backlog, bool reuseAddress)
    {
        if (reuseAddress)
        {
            ReadOnlySpan<byte> on = [1, 0, 0, 0];
            Errno refused = sockets.SetSockOpt(descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_REUSEADDR, on);
            if (refused != Errno.None) return refused;
        }
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        Errno error = sockets.Bind(descriptor, bytes[..address.Write(bytes)]);
        bool listens = (type & ~(SocketType.NonBlocking | SocketType.CloseOnExec)) is SocketType.Stream or SocketType.SequencedPacket;
        return error == Errno.None && listens ? sockets.Listen(descriptor, backlog) : error;
    }
}
