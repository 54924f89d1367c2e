using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>Two UDP sockets, of one system or of two hosts that reach each other. The server's is bound.</summary>
internal sealed class UdpPair : IDisposable
{
    private readonly IDisposable? _network;

    /// <summary>Opens the sockets.</summary>
    /// <param name="client">The client's system.</param>
    /// <param name="server">The server's system.</param>
    /// <param name="address">The server's address; port 0 takes a free one.</param>
    /// <param name="network">What ends with the pair.</param>
    public UdpPair(SocketSystem client, SocketSystem server, InetAddress address, IDisposable? network = null)
    {
        _network = network;
        Client = client;
        Server = server;
        using Socket bound = server.Open(address.Family, SocketType.Datagram);
        bound.Bind(address);
        ServerDescriptor = server.Duplicate(bound.Descriptor).Value;
        byte[] bytes = new byte[InetAddress.IPv6StructureLength];
        ServerAddress = bytes[..bound.LocalAddress.Write(bytes)];
        ClientDescriptor = client.Socket(address.Family, SocketType.Datagram, 0).Value;
    }

    /// <summary>The client's system.</summary>
    public SocketSystem Client { get; }

    /// <summary>The server's system.</summary>
    public SocketSystem Server { get; }

    /// <summary>The client's socket.</summary>
    public int ClientDescriptor { get; }

    /// <summary>The server's socket.</summary>
    public int ServerDescriptor { get; }

    /// <summary>The sockaddr that the server's socket is bound to.</summary>
    public byte[] ServerAddress { get; }

    /// <summary>Connects the client's socket to the server's.</summary>
    public void Connect()
    {
        Errno error = Client.Connect(ClientDescriptor, ServerAddress);
        if (error != Errno.None) throw new SocketCallException(error, "connect");
    }

    /// <summary>Sends empty datagrams until one arrives, and takes all that arrived: the kernel's link watcher lets a new link carry packets a little after it says so.</summary>
    public void WaitUntilReached()
    {
        var server = new Socket(Server, ServerDescriptor);
        for (int attempt = 0; attempt < 300; attempt++)
        {
            Client.SendTo(ClientDescriptor, [], MessageFlags.None, ServerAddress);
            if (server.Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(10)) == PollEvents.None) continue;
            int none = 0;
            while (Server.RecvFrom(ServerDescriptor, [], MessageFlags.MSG_DONTWAIT, default, ref none).Succeeded)
            {
            }
            return;
        }
        throw new InvalidOperationException("no packet goes from the client to the server");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Close(ClientDescriptor);
        Server.Close(ServerDescriptor);
        _network?.Dispose();
    }
}
