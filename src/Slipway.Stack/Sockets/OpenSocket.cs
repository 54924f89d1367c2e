using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// An open socket. Its methods have the shape of the calls and never wait: what would have to wait returns <see cref="StackErrno.MustWait"/>, and
/// <see cref="StackSocketSystem"/> does the waiting. Owner of the loop only.
/// </summary>
internal abstract class OpenSocket : OpenFile
{
    /// <summary>S_IFSOCK with all permissions (sockfs).</summary>
    private const uint Mode = 0xC000 | 0x1FF;

    /// <summary>No timeout.</summary>
    public const long Forever = long.MaxValue;

    private readonly ulong _inode;

    protected OpenSocket(StackHost host, int userId, AddressFamily family, SocketType type, int protocol, ulong inode)
    {
        Host = host;
        Family = family;
        Type = type;
        Protocol = protocol;
        UserId = userId;
        _inode = inode;
    }

    public StackHost Host { get; }

    public AddressFamily Family { get; }

    public SocketType Type { get; }

    public int Protocol { get; }

    /// <summary>Who made it: SO_REUSEPORT shares a port only among sockets of one user.</summary>
    public int UserId { get; private set; }

    /// <summary>SO_RCVTIMEO in nanoseconds, or <see cref="Forever"/>.</summary>
    public long ReceiveTimeout { get; set; } = Forever;

    /// <summary>SO_SNDTIMEO in nanoseconds, or <see cref="Forever"/>.</summary>
    public long SendTimeout { get; set; } = Forever;

    /// <inheritdoc/>
    public override FileStatus Status => new(Mode, 0, _inode);

    public abstract Errno Bind(ProcessContext caller, ReadOnlySpan<byte> address);

    public abstract Errno Connect(ProcessContext caller, ReadOnlySpan<byte> address);

    public virtual Errno Listen(int backlog) => Errno.EOPNOTSUPP;

    public virtual Errno Accept(out OpenSocket? accepted)
    {
        accepted = null;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>Writes the local or the peer's address, as far as there is room.</summary>
    /// <returns>The true length of the address.</returns>
    public abstract CallResult GetName(bool peer, Span<byte> address);

    public abstract Errno Shutdown(ShutdownHow how);

    public abstract CallResult Send(ProcessContext caller, in SendMessage message, MessageFlags flags);

    public abstract CallResult Receive(ref ReceiveMessage message, MessageFlags flags);

    public abstract Errno GetOption(int level, int name, Span<byte> value, ref int length);

    public abstract Errno SetOption(ProcessContext caller, int level, int name, ReadOnlySpan<byte> value);

    /// <summary>Requests that belong to the protocol; ENOTTY for those that it does not know.</summary>
    public abstract CallResult Ioctl(uint request, Span<byte> argument);

    /// <summary>Something happened: wakes those who wait for it, and sends SIGIO to an owner who wants it.</summary>
    /// <param name="events">The events that may be there now.</param>
    /// <param name="code">POLL_IN, POLL_OUT or POLL_ERR.</param>
    protected void Announce(PollEvents events, int code)
    {
        if (HasWaiters) WakeWaiters(events);
        if ((StatusFlags & FileControl.O_ASYNC) != 0) Owner?.Notify(code);
    }

    /// <summary>fchown(2) on a socket changes the user that SO_REUSEPORT compares.</summary>
    public void ChangeOwner(int user)
    {
        if (user >= 0) UserId = user;
    }
}
