using System.Globalization;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Connections whose options are set before the handshake, and options of streams read and set in a word.</summary>
public static class StreamOptions
{
    /// <summary>How long a scenario waits for what must come, before it fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A connection over the host's loopback.</summary>
    /// <param name="host">Both ends.</param>
    /// <param name="listener">Done to the listener before it is bound.</param>
    /// <param name="client">Done to the client before it connects.</param>
    public static StreamPair TcpPairWith(this HostProcess host, Action<Socket>? listener = null, Action<Socket>? client = null)
        => Connect(host, host, InetAddress.LoopbackIPv4(), listener, client);

    /// <summary>A connection from the first of two hosts to the second.</summary>
    /// <param name="near">The client's.</param>
    /// <param name="far">The server's.</param>
    /// <param name="listener">Done to the listener before it is bound.</param>
    /// <param name="client">Done to the client before it connects.</param>
    public static StreamPair TcpPairWith(this HostProcess near, HostProcess far, Action<Socket>? listener = null, Action<Socket>? client = null)
        => Connect(near, far, new InetAddress("10.0.0.2", 0), listener, client);

    /// <summary>A receive gives up after a while, so that a scenario that fails ends.</summary>
    public static Socket Patient(this Socket socket)
    {
        socket.LimitReceive(Patience);
        return socket;
    }

    /// <summary>TCP_INFO as it is now.</summary>
    public static TcpInfoBlock Info(this Socket socket)
    {
        byte[] block = new byte[TcpInfoBlock.Length];
        int length = socket.GetOption(IPPROTO_TCP, TCP_INFO, block);
        return new TcpInfoBlock(block.AsMemory(0, length));
    }

    /// <summary>An int of IPPROTO_TCP.</summary>
    public static int GetTcp(this Socket socket, int name) => socket.GetOption(IPPROTO_TCP, name);

    /// <summary>An int of IPPROTO_TCP.</summary>
    public static void SetTcp(this Socket socket, int name, int value) => socket.SetOption(IPPROTO_TCP, name, value);

    /// <summary>setsockopt of an int of IPPROTO_TCP, as a result.</summary>
    public static Errno TrySetTcp(this Socket socket, int name, int value) => socket.TrySet(IPPROTO_TCP, name, value);

    /// <summary>A text of IPPROTO_TCP, such as the name of a congestion control.</summary>
    public static string GetTcpText(this Socket socket, int name)
    {
        byte[] value = new byte[64];
        int length = socket.GetOption(IPPROTO_TCP, name, value);
        return System.Text.Encoding.ASCII.GetString(value, 0, length).TrimEnd('\0');
    }

    /// <summary>close, as a result; the socket is done for.</summary>
    public static Errno TryClose(this Socket socket) => socket.System.Close(socket.Detach());

    /// <summary>The numbers of a file under /proc/sys/net.</summary>
    public static int[] Sysctl(this HostProcess host, string path)
    {
        string text = host.Files.ReadText("/proc/sys/net/" + path) ?? throw new ExpectationException($"/proc/sys/net/{path} cannot be read");
        return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(static word => int.Parse(word, CultureInfo.InvariantCulture))];
    }

    private static StreamPair Connect(HostProcess near, HostProcess far, InetAddress address, Action<Socket>? listener, Action<Socket>? client)
    {
        using Socket listening = far.Tcp();
        listener?.Invoke(listening);
        listening.Bind(address);
        listening.Listen(16);
        Socket connecting = near.Tcp();
        client?.Invoke(connecting);
        connecting.Connect(listening.LocalAddress);
        return new StreamPair(connecting, listening.Accept());
    }
}
