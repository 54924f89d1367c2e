using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// A descriptor of a socket, with the calls of sockets(7) as methods that throw. The same class works on the machine's kernel and on a virtual host.
/// </summary>
/// <remarks>
/// A <see cref="Socket"/> is one descriptor; the open socket behind it may have several (<see cref="Duplicate"/>). Safe for use from several threads, as descriptors are.
/// Methods throw <see cref="SocketCallException"/> with the errno of the manual page that they name.
/// </remarks>
public sealed partial class Socket : IDisposable
{
    /// <summary>sizeof(struct sockaddr_storage).</summary>
    private const int LongestAddress = 128;

    private readonly SocketSystem _system;
    private int _descriptor;

    /// <summary>Takes over a descriptor: <see cref="Dispose"/> closes it.</summary>
    public Socket(SocketSystem system, int descriptor)
    {
        ArgumentNullException.ThrowIfNull(system);
        _system = system;
        _descriptor = descriptor;
    }

    /// <summary>The system that the descriptor belongs to.</summary>
    public SocketSystem System => _system;

    /// <summary>The number, or -1 once closed.</summary>
    public int Descriptor => Volatile.Read(ref _descriptor);

    /// <summary>bind(2).</summary>
    public void Bind(InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        Bind(bytes[..address.Write(bytes)]);
    }

    /// <summary>bind(2) with any sockaddr.</summary>
    public void Bind(ReadOnlySpan<byte> address) => Check(_system.Bind(_descriptor, address), "bind", address);

    /// <summary>connect(2).</summary>
    public void Connect(InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        Connect(bytes[..address.Write(bytes)]);
    }

    /// <summary>connect(2) with any sockaddr.</summary>
    public void Connect(ReadOnlySpan<byte> address) => Check(_system.Connect(_descriptor, address), "connect", address);

    /// <summary>connect(2) with AF_UNSPEC: takes the peer away from a datagram socket, ends the connection of a stream.</summary>
    public void Disconnect() => Connect(stackalloc byte[16]);

    /// <summary>listen(2).</summary>
    public void Listen(int backlog = 4096) => Check(_system.Listen(_descriptor, backlog), "listen");

    /// <summary>accept(2).</summary>
    public Socket Accept() => Accept(out _);

    /// <summary>accept4(2), with the peer's address.</summary>
    public Socket Accept(out InetAddress from, SocketType flags = SocketType.None)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        int length = bytes.Length;
        CallResult result = _system.Accept(_descriptor, bytes, ref length, flags);
        if (!result.Succeeded) throw Failure(result.Error, "accept");
        InetAddress.TryRead(bytes[..Math.Min(length, bytes.Length)], out from);
        return new Socket(_system, result.Value);
    }

    /// <summary>getsockname(2).</summary>
    public InetAddress LocalAddress => GetName<InetAddress>(InetAddress.TryRead, peer: false);

    /// <summary>getpeername(2).</summary>
    public InetAddress RemoteAddress => GetName<InetAddress>(InetAddress.TryRead, peer: true);

    /// <summary>send(2).</summary>
    /// <returns>Bytes taken.</returns>
    public int Send(ReadOnlySpan<byte> data, MessageFlags flags = MessageFlags.None)
        => Check(_system.SendTo(_descriptor, data, flags, default), "send");

    /// <summary>sendto(2).</summary>
    /// <returns>Bytes taken.</returns>
    public int SendTo(ReadOnlySpan<byte> data, InetAddress to, MessageFlags flags = MessageFlags.None)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        bytes = bytes[..to.Write(bytes)];
        CallResult result = _system.SendTo(_descriptor, data, flags, bytes);
        return result.Succeeded ? result.Value : throw Failure(result.Error, "sendto", bytes);
    }

    /// <summary>sendmsg(2).</summary>
    /// <returns>Bytes taken.</returns>
    public int SendMessage(in SendMessage message, MessageFlags flags = MessageFlags.None)
        => Check(_system.SendMsg(_descriptor, message, flags), "sendmsg");

    /// <summary>recv(2).</summary>
    /// <returns>Bytes received; 0 at the end of a stream or for an empty datagram.</returns>
    public int Receive(Span<byte> data, MessageFlags flags = MessageFlags.None)
    {
        int length = 0;
        return Check(_system.RecvFrom(_descriptor, data, flags, default, ref length), "recv");
    }

    /// <summary>recvfrom(2).</summary>
    /// <returns>Bytes received; 0 at the end of a stream or for an empty datagram.</returns>
    public int ReceiveFrom(Span<byte> data, out InetAddress from, MessageFlags flags = MessageFlags.None)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        int length = bytes.Length;
        int count = Check(_system.RecvFrom(_descriptor, data, flags, bytes, ref length), "recvfrom");
        from = length == 0 ? default : ReadAddress<InetAddress>(InetAddress.TryRead, bytes, length);
        return count;
    }

    /// <summary>recvmsg(2).</summary>
    /// <returns>Bytes received.</returns>
    public int ReceiveMessage(ref ReceiveMessage message, MessageFlags flags = MessageFlags.None)
        => Check(_system.RecvMsg(_descriptor, ref message, flags), "recvmsg");

    /// <summary>shutdown(2).</summary>
    public void Shutdown(ShutdownHow how) => Check(_system.Shutdown(_descriptor, how), "shutdown");

    /// <summary>dup(2): another descriptor of the same open socket.</summary>
    public Socket Duplicate() => new(_system, Check(_system.Duplicate(_descriptor), "dup"));

    /// <summary>O_NONBLOCK of the open socket, shared by all its descriptors (fcntl(2)).</summary>
    public bool NonBlocking
    {
        get => (Fcntl(FileControl.F_GETFL) & FileControl.O_NONBLOCK) != 0;
        set
        {
            int flags = Fcntl(FileControl.F_GETFL);
            Fcntl(FileControl.F_SETFL, value ? flags | FileControl.O_NONBLOCK : flags & ~FileControl.O_NONBLOCK);
        }
    }

    /// <summary>FIONREAD: bytes to read on a stream, length of the first datagram otherwise.</summary>
    public int Available
    {
        get
        {
            Span<byte> value = stackalloc byte[4];
            Ioctl(IoControl.FIONREAD, value);
            return BinaryPrimitives.ReadInt32LittleEndian(value);
        }
    }

    /// <summary>fcntl(2).</summary>
    public int Fcntl(int command, int argument = 0) => Check(_system.Fcntl(_descriptor, command, argument), "fcntl");

    /// <summary>ioctl(2).</summary>
    public int Ioctl(uint request, Span<byte> argument) => Check(_system.Ioctl(_descriptor, request, argument), "ioctl");

    /// <summary>getsockopt(2) with raw bytes.</summary>
    /// <returns>Bytes of the value.</returns>
    public int GetOption(int level, int name, Span<byte> value)
    {
        int length = value.Length;
        Errno error = _system.GetSockOpt(_descriptor, level, name, value, ref length);
        return error == Errno.None ? length : throw Failure(error, $"getsockopt({level}, {name})");
    }

    /// <summary>setsockopt(2) with raw bytes.</summary>
    public void SetOption(int level, int name, ReadOnlySpan<byte> value)
    {
        Errno error = _system.SetSockOpt(_descriptor, level, name, value);
        if (error != Errno.None) throw Failure(error, $"setsockopt({level}, {name})");
    }

    /// <summary>getsockopt(2) of an int.</summary>
    public int GetOption(int level, int name)
    {
        Span<byte> value = stackalloc byte[4];
        GetOption(level, name, value);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }

    /// <summary>setsockopt(2) of an int.</summary>
    public void SetOption(int level, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        SetOption(level, name, bytes);
    }

    /// <summary>Waits until one of the events is there (poll(2) with one entry).</summary>
    /// <returns>The events that are there; none at the timeout.</returns>
    public PollEvents Poll(PollEvents events, TimeSpan? timeout = null)
    {
        var entry = new PollEntry(_descriptor, events);
        int milliseconds = timeout is { } limit ? (int)Math.Min(int.MaxValue, Math.Ceiling(limit.TotalMilliseconds)) : -1;
        Check(_system.Poll(new Span<PollEntry>(ref entry), milliseconds), "poll");
        return entry.Returned;
    }

    /// <summary>close(2).</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0) _system.Close(descriptor);
    }

    /// <summary>Gives the descriptor away: <see cref="Dispose"/> no longer closes it.</summary>
    public int Detach() => Interlocked.Exchange(ref _descriptor, -1);

    /// <summary>Reads an address structure of its own family.</summary>
    private delegate bool AddressReader<T>(ReadOnlySpan<byte> structure, out T address);

    private T GetName<T>(AddressReader<T> read, bool peer)
    {
        Span<byte> bytes = stackalloc byte[LongestAddress];
        int length = bytes.Length;
        Check(peer ? _system.GetPeerName(_descriptor, bytes, ref length) : _system.GetSockName(_descriptor, bytes, ref length), peer ? "getpeername" : "getsockname");
        return ReadAddress(read, bytes, length);
    }

    /// <summary>recvfrom(2). Without an address, and with one of another family, there is no source.</summary>
    private int ReceiveFrom<T>(AddressReader<T> read, Span<byte> data, out T from, MessageFlags flags)
    {
        Span<byte> bytes = stackalloc byte[LongestAddress];
        int length = bytes.Length;
        int count = Check(_system.RecvFrom(_descriptor, data, flags, bytes, ref length), "recvfrom");
        read(bytes[..Math.Min(length, bytes.Length)], out from);
        return count;
    }

    private static T ReadAddress<T>(AddressReader<T> read, ReadOnlySpan<byte> bytes, int length) => read(bytes[..Math.Min(length, bytes.Length)], out T address)
        ? address
        : throw new SocketCallException(Errno.EAFNOSUPPORT, $"the socket's address is no {typeof(T).Name}: use the calls of SocketSystem");

    private static int Check(CallResult result, string call) => result.Succeeded ? result.Value : throw Failure(result.Error, call);

    private static void Check(Errno error, string call)
    {
        if (error != Errno.None) throw Failure(error, call);
    }

    private static void Check(Errno error, string call, ReadOnlySpan<byte> address)
    {
        if (error != Errno.None) throw Failure(error, call, address);
    }

    private static SocketCallException Failure(Errno error, string call) => new(error, call);

    private static SocketCallException Failure(Errno error, string call, ReadOnlySpan<byte> address)
        => new(error, InetAddress.TryRead(address, out InetAddress inet) ? $"{call}({inet})" : UnixAddress.TryRead(address, out UnixAddress unix) ? $"{call}({unix})" : $"{call}(sockaddr of {address.Length} bytes)");
}
