using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Listening, connecting and closing of local sockets with connections: streams and sequenced packets (Linux unix_stream_connect).</summary>
internal abstract class UnixConnectionSocket(StackHost host, int userId, SocketType type, ulong cookie) : UnixSocket(host, userId, type, cookie)
{
    private readonly Queue<UnixConnectionSocket> _pending = new();
    private int _backlog;
    private UnixConnectionSocket? _listener;

    /// <inheritdoc/>
    public override bool IsListening => State == Phase.Listening;

    /// <inheritdoc/>
    public override (IReadOnlyCollection<UnixSocket> Pending, int Backlog) Waiting => (_pending, _backlog);

    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            PollEvents events = PollEvents.None;
            if (HasPendingError) events |= PollEvents.POLLERR;
            if (IsReceiveShut && IsSendShut || State == Phase.Unconnected) events |= PollEvents.POLLHUP;
            if (IsReceiveShut) events |= PollEvents.POLLRDHUP | Readable;
            if (Queue.Count > 0 || _pending.Count > 0) events |= Readable;
            if (IsWritable) events |= Writable;
            return events;
        }
    }

    /// <inheritdoc/>
    public override Errno Listen(Caller caller, int backlog)
    {
        if (Name is null || State == Phase.Connected) return Errno.EINVAL;
        int cut = (int)Math.Min((uint)backlog, (uint)Host.Sysctl.Core.Somaxconn.Value);
        bool isLonger = cut > _backlog;
        _backlog = cut;
        State = Phase.Listening;
        PeerCredentials = UnixCredentials.Of(caller.Process);
        if (isLonger) TellRoom();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        Errno error = UnixName.Check(address);
        if (error != Errno.None) return error;
        BindIfCredentials();
        error = Host.Unix.Find(caller, address, Type, out UnixSocket? found);
        if (error != Errno.None) return error;
        var listener = (UnixConnectionSocket)found!;
        if (listener.State != Phase.Listening || listener.IsReceiveShut) return Errno.ECONNREFUSED;
        if (listener._pending.Count > listener._backlog)
        {
            listener.TellWhenRoom(this);
            return StackErrno.MustWait;
        }
        if (State != Phase.Unconnected) return State == Phase.Connected ? Errno.EISCONN : Errno.EINVAL;
        listener.Admit(this, caller);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ContinueConnect(Caller caller, ReadOnlySpan<byte> address) => Connect(caller, address);

    /// <inheritdoc/>
    public override Errno Accept(out OpenSocket? accepted)
    {
        accepted = null;
        if (State != Phase.Listening) return Errno.EINVAL;
        if (!_pending.TryDequeue(out UnixConnectionSocket? child)) return IsReceiveShut && !IsNonBlocking ? Errno.EINVAL : StackErrno.MustWait; // Linux looks only where it would wait
        child._listener = null;
        accepted = child;
        TellRoom();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override CallResult Ioctl(uint request, Span<byte> argument)
    {
        if (request is not (IoControl.FIONREAD or IoControl.SIOCOUTQ or IoControl.SIOCATMARK)) return Errno.ENOTTY;
        if (request == IoControl.FIONREAD && IsListening) return Errno.EINVAL;
        if (request == IoControl.SIOCATMARK && Type != SocketType.Stream) return Errno.EOPNOTSUPP;
        if (argument.Length < sizeof(int)) return Errno.EFAULT;
        int answer = request switch
        {
            IoControl.FIONREAD => QueuedBytes,
            IoControl.SIOCOUTQ => SendMemory,
            // A connection that waits to be accepted stands in the queue as a message without bytes, which Linux takes for a mark.
            _ => IsAtMark || IsListening && _pending.Count > 0 ? 1 : 0,
        };
        BinaryPrimitives.WriteInt32LittleEndian(argument, answer);
        return 0;
    }

    /// <inheritdoc/>
    /// <remarks>One that was not accepted is its listener's.</remarks>
    public override bool IsInHand => _listener is null && base.IsInHand;

    /// <inheritdoc/>
    public override IEnumerable<UnixSocket> Holders => _listener is { } listener ? [listener] : base.Holders;

    /// <inheritdoc/>
    public override void TakeQueuedRights(List<UnixRights> taken)
    {
        base.TakeQueuedRights(taken);
        foreach (UnixConnectionSocket child in _pending) child.TakeQueuedRights(taken);
    }

    /// <inheritdoc/>
    protected override bool IsWaiting => _listener is not null;

    /// <summary>A socket like this one, for the other end of a connection.</summary>
    protected abstract UnixConnectionSocket CreateChild();

    /// <summary>Whether the next byte is, or was, an urgent one. A message without bytes counts as one that was read, on sequenced packets too.</summary>
    protected virtual bool IsAtMark => Queue.Count > 0 && Queue[0].Packet.Length == 0;

    /// <summary>Whether closing loses data that the peer sent. Messages without bytes are none.</summary>
    protected virtual bool HasUnread => QueuedBytes > 0;

    /// <inheritdoc/>
    protected override void Shut(bool receive, bool send)
    {
        base.Shut(receive, send);
        // What one end no longer sends, the other no longer receives.
        if (Peer is UnixConnectionSocket { IsDead: false } peer) peer.ShutByPeer(receive: send, send: receive);
    }

    /// <inheritdoc/>
    protected override void LeavePeer()
    {
        if (Peer is UnixConnectionSocket { IsDead: false } peer)
        {
            if (HasUnread || _listener is not null) peer.SetPendingError(Errno.ECONNRESET);
            peer.ShutByPeer(receive: true, send: true);
        }
        Peer = null;
        State = Phase.Unconnected;
        while (_pending.TryDequeue(out UnixConnectionSocket? child)) Host.Unix.Release(child);
    }

    private void ShutByPeer(bool receive, bool send)
    {
        IsReceiveShut |= receive;
        IsSendShut |= send;
        AnnounceState(receive && send ? PollHup : PollIn);
    }

    /// <summary>Connects a socket to a new one in this listener's queue. Data may be sent to it before it is accepted.</summary>
    private void Admit(UnixConnectionSocket client, Caller caller)
    {
        UnixConnectionSocket child = CreateChild();
        const SocketFlags Inherited = SocketFlags.AnyUnixMessage | SocketFlags.PassRights;
        child.Flags = Flags & Inherited;
        child.PassesProcess = PassesProcess;
        child._listener = this;
        child.Name = Name;
        child.Node = Node;
        child.PeerCredentials = UnixCredentials.Of(caller.Process);
        child.Peer = client;
        child.State = Phase.Connected;
        client.PeerCredentials = PeerCredentials;
        client.Peer = child;
        client.State = Phase.Connected;
        _pending.Enqueue(child);
        Announce(Readable, PollIn);
    }
}
