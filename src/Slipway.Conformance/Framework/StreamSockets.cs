using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What scenarios of stream sockets do over and over: listen, connect, accept, wait until something can be seen.</summary>
public static class StreamSockets
{
    /// <summary>What poll is asked for where a row states a whole mask.</summary>
    public const PollEvents StreamEvents = PollEvents.POLLIN | PollEvents.POLLPRI | PollEvents.POLLOUT | PollEvents.POLLRDHUP;

    /// <summary>The mask of a connection that is broken: everything can be tried at once, and fails.</summary>
    public const PollEvents Broken = PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLERR | PollEvents.POLLHUP | PollEvents.POLLRDHUP;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Step = TimeSpan.FromMilliseconds(5);

    /// <summary>A stream socket of the family.</summary>
    public static Socket Tcp(this HostProcess host, AddressFamily family = AddressFamily.Inet)
        => host.Sockets.Open(family, SocketType.Stream);

    /// <summary>A stream socket with O_NONBLOCK.</summary>
    public static Socket NonBlockingTcp(this HostProcess host, AddressFamily family = AddressFamily.Inet)
        => host.Sockets.Open(family, SocketType.Stream | SocketType.NonBlocking);

    /// <summary>A stream socket bound to the address.</summary>
    public static Socket TcpAt(this HostProcess host, InetAddress address, bool reuse = false)
    {
        Socket socket = host.Tcp(address.Family);
        if (reuse) socket.SetSocketLevel(SO_REUSEADDR, 1);
        socket.Bind(address);
        return socket;
    }

    /// <summary>A listener on the family's loopback address, at a port that the system picks.</summary>
    public static Socket TcpListener(this HostProcess host, int backlog = 16, AddressFamily family = AddressFamily.Inet)
        => host.TcpListenerAt(ScenarioSockets.Loopback(family), backlog);

    /// <summary>A listener at the address.</summary>
    public static Socket TcpListenerAt(this HostProcess host, InetAddress address, int backlog = 16)
    {
        Socket listener = host.TcpAt(address);
        listener.Listen(backlog);
        return listener;
    }

    /// <summary>A listener whose queue one connection has filled: whoever connects from now on gets no answer.</summary>
    public static (Socket Listener, Socket Queued) FullListener(this HostProcess host)
    {
        Socket listener = host.TcpListener(backlog: 0);
        return (listener, host.TcpTo(listener.LocalAddress));
    }

    /// <summary>A stream socket connected to the address.</summary>
    public static Socket TcpTo(this HostProcess host, InetAddress to)
    {
        Socket socket = host.Tcp(to.Family);
        socket.Connect(to);
        return socket;
    }

    /// <summary>A connection over the host's loopback.</summary>
    public static StreamPair TcpPair(this HostProcess host, AddressFamily family = AddressFamily.Inet)
    {
        using Socket listener = host.TcpListener(family: family);
        Socket client = host.TcpTo(listener.LocalAddress);
        return new StreamPair(client, listener.Accept());
    }

    /// <summary>A connection from the first of two hosts to the second.</summary>
    public static StreamPair TcpPair(this HostProcess near, HostProcess far)
    {
        using Socket listener = far.TcpListenerAt(new InetAddress("10.0.0.2", 0));
        Socket client = near.TcpTo(listener.LocalAddress);
        return new StreamPair(client, listener.Accept());
    }

    /// <summary>A port of TCP that nobody has now: bound by the system and given back.</summary>
    public static ushort FreeTcpPort(this HostProcess host)
    {
        using Socket probe = host.TcpAt(InetAddress.LoopbackIPv4());
        return probe.LocalAddress.Port;
    }

    /// <summary>connect, as a result.</summary>
    public static Errno TryConnect(this Socket socket, InetAddress to) => socket.System.Connect(socket.Descriptor, to.ToSockAddr());

    /// <summary>bind, as a result.</summary>
    public static Errno TryBind(this Socket socket, InetAddress address) => socket.System.Bind(socket.Descriptor, address.ToSockAddr());

    /// <summary>accept without an address, as a result.</summary>
    public static CallResult TryAccept(this Socket listener)
    {
        int none = 0;
        return listener.System.Accept(listener.Descriptor, default, ref none, SocketType.None);
    }

    /// <summary>A text in ASCII, sent without waiting and without SIGPIPE.</summary>
    public static CallResult TrySend(this Socket socket, string text, MessageFlags flags = MessageFlags.None)
        => socket.System.SendTo(socket.Descriptor, Encoding.ASCII.GetBytes(text), flags | MessageFlags.MSG_DONTWAIT | MessageFlags.MSG_NOSIGNAL, default);

    /// <summary>Waits until poll reports one of the events.</summary>
    /// <returns>What it reported.</returns>
    public static PollEvents WaitFor(this Socket socket, PollEvents events)
    {
        PollEvents seen = socket.Poll(events, Patience);
        return (seen & events) != PollEvents.None ? seen : throw new ExpectationException($"poll reports {seen}, waited for {events}");
    }

    /// <summary>Waits until poll reports exactly this mask of <see cref="StreamEvents"/>; for a change that comes with a packet.</summary>
    public static void WaitForMask(this Socket socket, HostProcess host, PollEvents mask)
        => host.WaitUntil(() => socket.PollNow(StreamEvents) == mask, () => $"poll reports {socket.PollNow(StreamEvents)}, waited for {mask}");

    /// <summary>Waits until so many bytes can be read.</summary>
    public static void WaitForBytes(this Socket socket, HostProcess host, int count)
        => host.WaitUntil(() => socket.Available >= count, () => $"{socket.Available} bytes can be read, waited for {count}");

    /// <summary>Waits for a condition that no call can wait for.</summary>
    public static void WaitUntil(this HostProcess host, Func<bool> condition, Func<string> otherwise)
    {
        for (TimeSpan waited = TimeSpan.Zero; waited < Patience; waited += Step)
        {
            if (condition()) return;
            host.Sleep(Step);
        }
        throw new ExpectationException(otherwise());
    }

    /// <summary>Waits for data and takes it without waiting for more.</summary>
    public static string ReceiveReady(this Socket socket, int room = 2048)
    {
        socket.WaitFor(PollEvents.POLLIN);
        return socket.ReceiveText(room, MessageFlags.MSG_DONTWAIT);
    }

    /// <summary>All that comes until the other end has finished.</summary>
    public static byte[] ReceiveToEnd(this Socket socket)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[65536];
        for (int count; (count = socket.Receive(buffer)) > 0;) all.Write(buffer, 0, count);
        return all.ToArray();
    }

    /// <summary>Writes until both the sender's buffer and the receiver's are full, and stay so.</summary>
    /// <returns>How many bytes were taken.</returns>
    public static int Fill(this Socket socket, HostProcess host)
    {
        byte[] block = new byte[65536];
        int total = 0;
        while (true)
        {
            bool stuck = socket.Info().Backoff >= 2; // looked at before the try: what fails then fails for good
            CallResult sent = socket.System.SendTo(socket.Descriptor, block, MessageFlags.MSG_DONTWAIT | MessageFlags.MSG_NOSIGNAL, default);
            if (sent.Succeeded)
            {
                total += sent.Value;
                continue;
            }
            Expect.Fails(Errno.EAGAIN, sent);
            if (stuck) return total;
            socket.WaitForFullWindow(host);
        }
    }

    /// <summary>Waits until the peer's window is full to the last byte: a first probe sends what little still fits, the second finds no room.</summary>
    public static void WaitForFullWindow(this Socket socket, HostProcess host)
        => host.WaitUntil(() => socket.Info().Backoff >= 2, static () => "the peer's window does not fill up");

    /// <summary>The connection is reset: ECONNRESET once, then the end.</summary>
    public static void ExpectReset(this Socket socket)
    {
        socket.WaitFor(PollEvents.POLLERR);
        Expect.Fails(Errno.ECONNRESET, socket.TryReceive(new byte[1]));
        Expect.Equal(0, Expect.Success(socket.TryReceive(new byte[1])));
    }

    /// <summary>The other end has finished, and all is read.</summary>
    public static void ExpectEnd(this Socket socket)
    {
        socket.WaitFor(PollEvents.POLLIN);
        Expect.Equal(0, Expect.Success(socket.TryReceive(new byte[1])));
    }

    /// <summary>Closes with SO_LINGER on and no time: the other end sees a reset.</summary>
    public static void Abort(this Socket socket)
    {
        socket.SetLinger(0);
        socket.Dispose();
    }

    /// <summary>SO_LINGER on, so many seconds.</summary>
    public static void SetLinger(this Socket socket, int seconds)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(value, 1);
        BinaryPrimitives.WriteInt32LittleEndian(value[4..], seconds);
        socket.SetOption(SOL_SOCKET, SO_LINGER, value);
    }

    /// <summary>A blocked send or connect gives up after so long (SO_SNDTIMEO).</summary>
    public static void LimitSend(this Socket socket, TimeSpan limit)
    {
        Span<byte> value = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(value, (long)limit.TotalSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(value[8..], limit.Ticks % TimeSpan.TicksPerSecond / 10);
        socket.SetOption(SOL_SOCKET, SO_SNDTIMEO, value);
    }

    /// <summary>SO_ERROR, which reading clears.</summary>
    public static Errno TakeError(this Socket socket) => (Errno)socket.GetSocketLevel(SO_ERROR);

    /// <summary>An int that an ioctl writes.</summary>
    public static int Ask(this Socket socket, uint request)
    {
        Span<byte> value = stackalloc byte[4];
        socket.Ioctl(request, value);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }
}
