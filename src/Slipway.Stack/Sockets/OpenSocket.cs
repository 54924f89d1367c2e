using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// An open socket. Its methods have the shape of the calls and never wait: what would have to wait returns <see cref="StackErrno.MustWait"/>, and
/// <see cref="StackSocketSystem"/> does the waiting. Owner of the loop only.
/// </summary>
internal abstract partial class OpenSocket : OpenFile
{
    /// <summary>S_IFSOCK with all permissions (sockfs).</summary>
    private const uint SocketFile = 0xC000;

    /// <summary>No timeout.</summary>
    public const long Forever = long.MaxValue;

    // si_code of SIGIO (sigaction(2)).
    protected const int PollIn = 1, PollOut = 2, PollErr = 4, PollPri = 5, PollHup = 6;

    protected const PollEvents Readable = PollEvents.POLLIN | PollEvents.POLLRDNORM;
    protected const PollEvents Writable = PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND;

    protected OpenSocket(StackHost host, int userId, AddressFamily family, SocketType type, int protocol, ulong cookie)
    {
        Host = host;
        Family = family;
        Type = type;
        Protocol = protocol;
        UserId = userId;
        Cookie = cookie;
        _receiveBuffer = host.Sysctl.Core.RmemDefault.Value;
        _sendBuffer = host.Sysctl.Core.WmemDefault.Value;
        BusyPoll = host.Sysctl.Core.BusyRead.Value;
    }

    public StackHost Host { get; }

    public AddressFamily Family { get; protected set; }

    public SocketType Type { get; }

    public int Protocol { get; }

    /// <summary>SO_COOKIE, and the inode.</summary>
    public ulong Cookie { get; }

    /// <summary>Who made it: SO_REUSEPORT shares a port only among sockets of one user.</summary>
    public int UserId { get; private set; }

    /// <summary>The group of who made it.</summary>
    public int GroupId { get; set; }

    /// <summary>The bits of fchmod(2). They protect nothing; but a local socket makes its name with them.</summary>
    public uint Mode => _uncommon is { } uncommon ? uncommon.Mode : UncommonOptions.UsualMode;

    /// <summary>SO_RCVTIMEO in nanoseconds, or <see cref="Forever"/>.</summary>
    public long ReceiveTimeout
    {
        get => _uncommon is { } uncommon ? uncommon.ReceiveTimeout : Forever;
        set
        {
            if (value != ReceiveTimeout) Uncommon.ReceiveTimeout = value;
        }
    }

    /// <summary>SO_SNDTIMEO in nanoseconds, or <see cref="Forever"/>.</summary>
    public long SendTimeout
    {
        get => _uncommon is { } uncommon ? uncommon.SendTimeout : Forever;
        set
        {
            if (value != SendTimeout) Uncommon.SendTimeout = value;
        }
    }

    /// <summary>SO_ATTACH_FILTER, SO_ATTACH_BPF: what judges each packet before it is queued; null for none.</summary>
    public virtual PacketProgram? Filter
    {
        get => _uncommon?.Filter;
        set
        {
            if (value != Filter) Uncommon.Filter = value;
        }
    }

    /// <summary>SO_MAX_PACING_RATE, bytes a second. Streams of the internet are paced at it; for others Linux leaves that to a queueing discipline, which virtual hosts do not have.</summary>
    public virtual ulong MaxPacingRate
    {
        get => _uncommon?.MaxPacingRate ?? ulong.MaxValue;
        set
        {
            if (value != MaxPacingRate) Uncommon.MaxPacingRate = value;
        }
    }

    /// <summary>SO_LOCK_FILTER: the programs cannot be changed any more.</summary>
    public bool IsFilterLocked => Has(SocketFlags.LockFilter);

    /// <inheritdoc/>
    public override FileStatus Status => new(SocketFile | Mode, 0, Cookie) { UserId = UserId, GroupId = GroupId };

    public abstract Errno Bind(Caller caller, ReadOnlySpan<byte> address);

    public abstract Errno Connect(Caller caller, ReadOnlySpan<byte> address);

    public virtual Errno Listen(Caller caller, int backlog) => Errno.EOPNOTSUPP;

    public virtual Errno Accept(out OpenSocket? accepted)
    {
        accepted = null;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>Writes the local or the peer's address, as far as there is room.</summary>
    /// <returns>The true length of the address.</returns>
    public abstract CallResult GetName(bool peer, Span<byte> address);

    /// <summary>SO_PEERNAME: the peer's address, also where getpeername does not tell it any more, or not yet.</summary>
    public virtual CallResult GetPeerOption(Span<byte> address) => GetName(peer: true, address);

    public abstract Errno Shutdown(ShutdownHow how);

    /// <summary>What connect returns where it does not wait: EINPROGRESS the first time.</summary>
    public virtual Errno WouldWait => Errno.EINPROGRESS;

    /// <summary>Looks again at a connection attempt that the caller waits for.</summary>
    public virtual Errno ContinueConnect(Caller caller, ReadOnlySpan<byte> address) => Errno.None;

    /// <summary>The peer's address of a connection that was just accepted, though it may be over by now.</summary>
    public virtual CallResult GetAcceptedName(Span<byte> address) => GetName(peer: true, address);

    /// <summary>How long close waits for what was sent to arrive (SO_LINGER), nanoseconds; 0 for not at all.</summary>
    public virtual long LingerTime => 0;

    /// <summary>Whether close still has something to wait for.</summary>
    public virtual bool IsLingering => false;

    /// <summary>close of the last descriptor begins; the waiting, if any, comes between this and the release.</summary>
    public virtual void BeginClose()
    {
    }

    /// <param name="caller">Who sends.</param>
    /// <param name="message">All of what is to be sent.</param>
    /// <param name="flags">MSG_DONTWAIT where the call must not wait.</param>
    /// <param name="done">Bytes of a stream that were queued before the call had to wait, and now.</param>
    public abstract CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done);

    /// <summary>Goes on with a send that has waited. What is looked at once, when the call begins, is not looked at again.</summary>
    public virtual CallResult SendOn(Caller caller, in SendMessage message, MessageFlags flags, ref int done) => Send(caller, message, flags, ref done);

    /// <summary>What a send fails with whose time (SO_SNDTIMEO) is over.</summary>
    public virtual Errno SendExpired => Errno.EAGAIN;

    /// <param name="caller">Who receives.</param>
    /// <param name="message">Where to put what was received.</param>
    /// <param name="flags">MSG_DONTWAIT where the call must not wait.</param>
    /// <param name="done">Bytes of a stream that were taken before the call had to wait for more, and now.</param>
    public abstract CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done);

    /// <summary>getsockopt, by the table.</summary>
    public Errno GetOption(int level, int name, Span<byte> value, ref int length) => OptionTable.Get(this, level, name, value, ref length);

    /// <summary>setsockopt, by the table.</summary>
    public Errno SetOption(Caller caller, int level, int name, ReadOnlySpan<byte> value) => OptionTable.Set(this, caller, level, name, value);

    /// <summary>mmap(2) of a length that is not 0, to read and to write.</summary>
    /// <returns>ENODEV where there is nothing to map.</returns>
    public virtual Errno Map(int length, out RingMapping? mapping)
    {
        mapping = null;
        return Errno.ENODEV;
    }

    /// <summary>Sets the program that chooses among the sockets that share the port (SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF).</summary>
    /// <returns>EINVAL without SO_REUSEPORT, or where the socket is in no such group.</returns>
    public virtual Errno SetGroupProgram(PacketProgram program) => Errno.EINVAL;

    /// <summary>Takes that program away (SO_DETACH_REUSEPORT_BPF).</summary>
    /// <returns>ENOENT without a program, EINVAL without SO_REUSEPORT.</returns>
    public virtual Errno ClearGroupProgram() => Errno.EINVAL;

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
    /// <returns>EPERM, as for any file (chown(2)).</returns>
    public Errno ChangeOwner(ProcessContext caller, int user, int group)
    {
        bool isOwner = UserId == caller.UserId && (user == -1 || user == UserId) && (group == -1 || group == GroupId || group == caller.GroupId);
        if (!isOwner && (user != -1 || group != -1) && !caller.HasCapability(Capability.Chown)) return Errno.EPERM;
        if (user != -1) UserId = user;
        if (group != -1) GroupId = group;
        return Errno.None;
    }

    /// <summary>fchmod(2).</summary>
    /// <returns>EPERM for who does not own it.</returns>
    public Errno ChangeMode(ProcessContext caller, uint mode)
    {
        if (UserId != caller.UserId && !caller.HasCapability(Capability.FileOwner)) return Errno.EPERM;
        if (mode != Mode) Uncommon.Mode = mode & LocalNode.ModeMask;
        return Errno.None;
    }
}
