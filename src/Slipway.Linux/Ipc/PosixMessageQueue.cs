using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A POSIX message queue (mq_overview(7)): the message with the highest priority comes first, and of equal ones the oldest.</summary>
/// <remarks>The name, a slash and then no other, belongs to the machine: the queue and its messages outlive every program until <see cref="Unlink"/> and the last close.</remarks>
public sealed unsafe class PosixMessageQueue : IDisposable
{
    // struct mq_attr: flags, most messages, longest message, messages now; then four reserved.
    private const int AttributeCount = 8, MostIndex = 1, LongestIndex = 2, NowIndex = 3;

    private PosixMessageQueue(string name, FileDescriptor descriptor)
    {
        Name = name;
        Descriptor = descriptor;
        MostMessages = (int)Attribute(MostIndex);
        LongestMessage = (int)Attribute(LongestIndex);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>On Linux a queue is a descriptor, which poll and epoll take: readable when there is a message, writable when there is room.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>How many messages it holds at most.</summary>
    public int MostMessages { get; }

    /// <summary>The longest message in bytes, and the least room that a receiver must give.</summary>
    public int LongestMessage { get; }

    /// <summary>How many messages wait in it.</summary>
    public int Messages => (int)Attribute(NowIndex);

    /// <summary>Makes the queue of this name, or opens the one that exists, whose sizes stay.</summary>
    /// <param name="name">A slash and up to 254 other characters.</param>
    /// <param name="mostMessages">How many messages it holds at most: 1 to /proc/sys/fs/mqueue/msg_max, or more with CAP_SYS_RESOURCE.</param>
    /// <param name="longestMessage">The longest in bytes: 1 to /proc/sys/fs/mqueue/msgsize_max, or more with CAP_SYS_RESOURCE.</param>
    /// <param name="mode">Who may use a new one, less the umask.</param>
    /// <param name="exclusive">Fail with EEXIST where there is one.</param>
    /// <exception cref="LinuxCallException">EEXIST; EINVAL: the name or a size; ENAMETOOLONG, EACCES, EMFILE (RLIMIT_MSGQUEUE).</exception>
    public static PosixMessageQueue Create(
        string name,
        int mostMessages = 10,
        int longestMessage = 8192,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        bool exclusive = false)
    {
        long* attributes = stackalloc long[AttributeCount];
        new Span<long>(attributes, AttributeCount).Clear();
        attributes[MostIndex] = mostMessages;
        attributes[LongestIndex] = longestMessage;
        OpenFlags flags = OpenFlags.O_RDWR | OpenFlags.O_CREAT | (exclusive ? OpenFlags.O_EXCL : 0);
        return Open(name, flags, mode, attributes, $", {mostMessages} messages of {longestMessage} bytes");
    }

    /// <summary>Opens the queue of this name for sending and receiving.</summary>
    /// <exception cref="LinuxCallException">ENOENT: there is none; EINVAL: the name; EACCES.</exception>
    public static PosixMessageQueue Open(string name) => Open(name, OpenFlags.O_RDWR, 0, null, "");

    /// <summary>Removes the name at once; the queue stays for those who have it open.</summary>
    /// <exception cref="LinuxCallException">ENOENT, EACCES.</exception>
    public static void Unlink(string name)
    {
        fixed (byte* text = CString.Encode(name, "mq_unlink"))
            if (Libc.MqUnlink(text) < 0) throw new LinuxCallException(Libc.LastError, $"mq_unlink({CString.Quote(name)})");
    }

    /// <summary>Waits for room and sends.</summary>
    /// <param name="message">Its bytes; none are allowed.</param>
    /// <param name="priority">0 to 32767, the highest first.</param>
    /// <exception cref="LinuxCallException">EMSGSIZE: too long; EINVAL: the priority; EINTR; EAGAIN: the descriptor is non-blocking.</exception>
    public void Send(ReadOnlySpan<byte> message, uint priority = 0)
    {
        Errno error = Send(message, priority, null);
        if (error != Errno.None) throw SendFailure(error, message.Length, priority);
    }

    /// <summary>As <see cref="Send(ReadOnlySpan{byte}, uint)"/>, if it needs no waiting.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TrySend(ReadOnlySpan<byte> message, uint priority = 0)
    {
        TimeSpecification past = default; // a time long over: no waiting
        Errno error = Send(message, priority, &past);
        if (error is not (Errno.None or Errno.ETIMEDOUT or Errno.EAGAIN)) throw SendFailure(error, message.Length, priority);
        return error == Errno.None;
    }

    /// <summary>Waits for a message and takes it.</summary>
    /// <param name="room">For its bytes: at least <see cref="LongestMessage"/>.</param>
    /// <param name="priority">Its priority.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="LinuxCallException">EMSGSIZE: too little room, whatever the message; EINTR; EAGAIN: the descriptor is non-blocking.</exception>
    public int Receive(Span<byte> room, out uint priority)
    {
        CallResult result = Receive(room, out priority, null);
        return result.Succeeded ? result.Value : throw ReceiveFailure(result.Error, room.Length);
    }

    /// <summary>As <see cref="Receive(Span{byte}, out uint)"/>, if it needs no waiting.</summary>
    /// <returns>How many bytes, or -1 where there is no message.</returns>
    public int TryReceive(Span<byte> room, out uint priority)
    {
        TimeSpecification past = default;
        CallResult result = Receive(room, out priority, &past);
        if (result.Error is not (Errno.None or Errno.ETIMEDOUT or Errno.EAGAIN)) throw ReceiveFailure(result.Error, room.Length);
        return result.Value;
    }

    /// <summary>Closes it in this process; name and messages stay.</summary>
    public void Dispose() => Descriptor.Dispose();

    private static PosixMessageQueue Open(string name, OpenFlags flags, UnixFileMode mode, long* attributes, string sizes)
    {
        fixed (byte* text = CString.Encode(name, "mq_open"))
        {
            int number = Libc.MqOpen(text, (int)(flags | OpenFlags.O_CLOEXEC), (uint)mode, attributes);
            if (number < 0) throw new LinuxCallException(Libc.LastError, $"mq_open({CString.Quote(name)}, {flags}{sizes})");
            return new PosixMessageQueue(name, new FileDescriptor(number));
        }
    }

    private Errno Send(ReadOnlySpan<byte> message, uint priority, TimeSpecification* end)
    {
        using var hold = new FileDescriptor.Hold(Descriptor);
        fixed (byte* bytes = message) return Libc.Status(Libc.MqSend(hold.Number, bytes, (nuint)message.Length, priority, end));
    }

    private CallResult Receive(Span<byte> room, out uint priority, TimeSpecification* end)
    {
        using var hold = new FileDescriptor.Hold(Descriptor);
        uint came = 0;
        CallResult result;
        fixed (byte* bytes = room) result = Libc.Result(Libc.MqReceive(hold.Number, bytes, (nuint)room.Length, &came, end));
        priority = came;
        return result;
    }

    private long Attribute(int index)
    {
        long* attributes = stackalloc long[AttributeCount];
        using var hold = new FileDescriptor.Hold(Descriptor);
        return Libc.MqAttributes(hold.Number, attributes) < 0 ? throw new LinuxCallException(Libc.LastError, $"mq_getattr({CString.Quote(Name)})") : attributes[index];
    }

    private LinuxCallException SendFailure(Errno error, int length, uint priority) => new(error, $"mq_send({CString.Quote(Name)}, {length} bytes, priority {priority})");

    private LinuxCallException ReceiveFailure(Errno error, int length) => new(error, $"mq_receive({CString.Quote(Name)}, {length} bytes)");
}
