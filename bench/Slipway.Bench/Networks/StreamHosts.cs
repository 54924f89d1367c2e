using System.Text;
using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>A host that connects and one that listens, and what connections between them are like.</summary>
internal sealed class StreamHosts(SocketSystem client, SocketSystem server, InetAddress address, IDisposable? network = null) : IDisposable
{
    private const int Backlog = 4096;

    private static readonly byte[] s_on = [1, 0, 0, 0];

    private readonly byte[] _peer = new byte[InetAddress.IPv6StructureLength];

    /// <summary>The client's system.</summary>
    public SocketSystem Client => client;

    /// <summary>The server's system.</summary>
    public SocketSystem Server => server;

    /// <summary>The server's address.</summary>
    public InetAddress Address => address;

    /// <summary>
    /// TCP_CONGESTION for sockets of the client, of the server; null to leave it. The kernel's default on a machine may be bbr, whose pacing costs its loopback a quarter.
    /// </summary>
    public string? ClientCongestion { get; init; }

    /// <inheritdoc cref="ClientCongestion"/>
    public string? ServerCongestion { get; init; }

    /// <summary>A listening socket and its sockaddr.</summary>
    public (int Descriptor, byte[] Address) Listen(ushort port = 0)
    {
        using Socket socket = server.Open(address.Family, SocketType.Stream | SocketType.CloseOnExec);
        socket.SetOption(SocketOptions.ReuseAddress, true);
        Prepare(server, socket.Descriptor, ServerCongestion);
        socket.Bind(address.WithPort(port));
        socket.Listen(Backlog);
        byte[] bytes = new byte[InetAddress.IPv6StructureLength];
        bytes = bytes[..socket.LocalAddress.Write(bytes)];
        return (socket.Detach(), bytes);
    }

    /// <summary>A connection by way of a listener, both ends with TCP_NODELAY. It allocates nothing.</summary>
    public (int Client, int Server) Connect(int listener, ReadOnlySpan<byte> to)
    {
        int connecting = Require(client.Socket(address.Family, SocketType.Stream | SocketType.CloseOnExec, 0), "socket");
        Prepare(client, connecting, ClientCongestion);
        Require(client.Connect(connecting, to), "connect");
        int length = _peer.Length;
        // What is not inherited from the listener is inherited all the same: TCP_NODELAY and TCP_CONGESTION are (LSN rows of the specification).
        int accepted = Require(server.Accept(listener, _peer, ref length, SocketType.CloseOnExec), "accept");
        return (connecting, accepted);
    }

    /// <summary>A connection, by way of a listener that ends.</summary>
    public (int Client, int Server) Connect()
    {
        (int listener, byte[] to) = Listen();
        try
        {
            return Connect(listener, to);
        }
        finally
        {
            server.Close(listener);
        }
    }

    /// <summary>The value of a call that must succeed.</summary>
    public static int Require(CallResult result, string call) => result.Succeeded ? result.Value : throw new SocketCallException(result.Error, call);

    /// <summary>A call that must succeed.</summary>
    public static void Require(Errno error, string call)
    {
        if (error != Errno.None) throw new SocketCallException(error, call);
    }

    /// <inheritdoc/>
    public void Dispose() => network?.Dispose();

    private static void Prepare(SocketSystem system, int descriptor, string? congestion)
    {
        Require(system.SetSockOpt(descriptor, SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_NODELAY, s_on), "setsockopt(TCP_NODELAY)");
        if (congestion is null) return;
        Span<byte> name = stackalloc byte[16];
        Require(system.SetSockOpt(descriptor, SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_CONGESTION, name[..Encoding.ASCII.GetBytes(congestion, name)]), "setsockopt(TCP_CONGESTION)");
    }
}
