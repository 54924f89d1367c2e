using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// A socket of the local domain (unix(7)): what streams, datagrams and sequenced packets share. Names, shutting and what is told of a peer are here; the other parts of the class are control
/// messages, messages and closing.
/// </summary>
internal abstract partial class UnixSocket : OpenSocket, IPacketAccount
{
    protected enum Phase : byte
    {
        Unconnected,
        Listening,
        Connected,
    }

    private int _sendMemory;
    private bool _wantsSpace;
    private List<UnixSocket>? _waiting;
    private List<UnixRights>? _carriers;

    protected UnixSocket(StackHost host, int userId, SocketType type, ulong cookie)
        : base(host, userId, AddressFamily.Unix, type, 0, cookie)
    {
        Flags = SocketFlags.PassRights;
        host.Unix.Enter(this);
    }

    /// <summary>Its neighbours among all local sockets of the host.</summary>
    public UnixSocket? NextOfHost, PreviousOfHost;

    /// <summary>TCP_ESTABLISHED, TCP_LISTEN or TCP_CLOSE: what sock_diag tells of it.</summary>
    public TcpState DiagnosticState => State == Phase.Listening ? TcpState.Listen : State == Phase.Connected || Peer is not null ? TcpState.Established : TcpState.Closed;

    /// <summary>Connections that nobody accepted yet, and how many there may be.</summary>
    public virtual (IReadOnlyCollection<UnixSocket> Pending, int Backlog) Waiting => ([], 0);

    /// <summary>What bind gave it, or its listener; null for an unnamed one.</summary>
    public UnixName? Name { get; protected set; }

    /// <summary>Where its path is.</summary>
    public LocalNode? Node { get; protected set; }

    /// <summary>The messages that it is in flight in, between processes; one for each time.</summary>
    public List<UnixRights> Carriers => _carriers ??= [];

    /// <summary>Who the peer is (SO_PEERCRED): who connected, listened or made the pair.</summary>
    public UnixCredentials PeerCredentials { get; protected set; } = UnixCredentials.Nobody;

    public UnixSocket? Peer { get; protected set; }

    /// <summary>Its last descriptor is gone.</summary>
    public bool IsDead { get; private set; }

    protected Phase State { get; set; }

    public bool IsReceiveShut { get; protected set; }

    public bool IsSendShut { get; protected set; }

    /// <inheritdoc/>
    public override bool HasPeekOffset => true;

    /// <inheritdoc/>
    public override Errno WouldWait => Errno.EAGAIN;

    /// <inheritdoc/>
    public override (int Received, int Sent, uint Drops) Memory => (0, _sendMemory, 0);

    /// <summary>Bytes that were sent and not read yet, with what they cost (SIOCOUTQ).</summary>
    public int SendMemory => _sendMemory;

    /// <summary>Whether its messages name their sender: it or the receiver asks for it.</summary>
    protected bool AsksForSender => Has(SocketFlags.PassCredentials) || PassesProcess;

    /// <summary>SO_PASSPIDFD: a descriptor of the sender comes with its messages.</summary>
    public bool PassesProcess { get; set; }

    /// <summary>Nobody has accepted it: as it cannot say what it wants to know, messages for it name their sender.</summary>
    protected virtual bool IsWaiting => false;

    /// <summary>Room in the send buffer for one message or piece more, of any length.</summary>
    protected bool HasRoom => _sendMemory < SendBuffer;

    /// <summary>Linux unix_writable: three quarters are free.</summary>
    protected bool IsWritable
    {
        get
        {
            if (State == Phase.Listening) return false;
            if ((long)_sendMemory << 2 <= SendBuffer) return true;
            _wantsSpace = true;
            return false;
        }
    }

    private UnixLayer Layer => Host.Unix;

    /// <inheritdoc/>
    public override Errno Bind(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length == UnixName.PathOffset && SockAddr.FamilyOf(address) == AddressFamily.Unix) return BindAutomatically();
        Errno error = UnixName.Check(address);
        if (error != Errno.None) return error;
        if (UnixName.IsAbstractAddress(address))
        {
            if (Name is not null) return Errno.EINVAL;
            UnixName name = UnixName.FromAbstract(address[UnixName.PathOffset..]);
            if (!Layer.TryBindAbstract(this, name)) return Errno.EADDRINUSE;
            Name = name;
            return Errno.None;
        }
        ReadOnlySpan<byte> path = UnixName.PathOf(address);
        error = Layer.Tree.MakeSocket(caller, path, this, out LocalNode? node);
        if (error != Errno.None) return error;
        if (Name is not null)
        {
            // Linux makes the file first, finds the socket bound, and takes the file away again.
            Layer.Tree.Unlink(caller, path);
            return Errno.EINVAL;
        }
        Node = node;
        Name = UnixName.FromPath(path);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override CallResult GetName(bool peer, Span<byte> address)
    {
        if (!peer) return UnixName.Write(Name, address);
        return Peer is { } other ? UnixName.Write(other.Name, address) : Errno.ENOTCONN;
    }

    /// <inheritdoc/>
    public override Errno Shutdown(ShutdownHow how)
    {
        Shut(how is ShutdownHow.Receive or ShutdownHow.Both, how is ShutdownHow.Send or ShutdownHow.Both);
        return Errno.None;
    }

    /// <inheritdoc/>
    void IPacketAccount.Discharge(int bytes)
    {
        _sendMemory -= bytes;
        if (!_wantsSpace || (long)_sendMemory << 2 > SendBuffer) return;
        _wantsSpace = false;
        Announce(Writable, PollOut);
    }

    /// <summary>socketpair(2): two sockets without names, each the other's peer.</summary>
    public static void Join(UnixSocket first, UnixSocket second, ProcessContext maker)
    {
        first.Peer = second;
        second.Peer = first;
        first.State = second.State = Phase.Connected;
        first.PeerCredentials = second.PeerCredentials = UnixCredentials.Of(maker);
    }

    protected virtual void Shut(bool receive, bool send)
    {
        IsReceiveShut |= receive;
        IsSendShut |= send;
        AnnounceState(receive && send ? PollHup : PollIn);
    }

    protected void AnnounceState(int code) => Announce(PollEvents.POLLHUP | PollEvents.POLLRDHUP | PollEvents.POLLERR | Readable | Writable, code);

    /// <summary>Whoever asks for credentials gets a name for those who answer, if it has none yet.</summary>
    protected void BindIfCredentials()
    {
        if (Name is null && AsksForSender) BindAutomatically();
    }

    /// <summary>Another socket found this one's queue full, and is told when there is room again (Linux peer_wait).</summary>
    protected void TellWhenRoom(UnixSocket sender)
    {
        _waiting ??= [];
        if (_waiting.Contains(sender)) return;
        if (_waiting.Count == _waiting.Capacity) _waiting.RemoveAll(static waiting => waiting.IsDead);
        _waiting.Add(sender);
    }

    /// <summary>The queue has room, or there is no queue any more.</summary>
    protected void TellRoom()
    {
        if (_waiting is not { Count: > 0 } waiting) return;
        // Those who find it full once more enter themselves anew, behind the others.
        for (int left = waiting.Count; left > 0; left--)
        {
            UnixSocket sender = waiting[0];
            waiting.RemoveAt(0);
            sender.Announce(Writable, PollOut);
        }
    }

    private Errno BindAutomatically()
    {
        if (Name is not null) return Errno.None;
        Name = Layer.BindAutomatically(this);
        return Name is null ? Errno.ENOSPC : Errno.None;
    }

    /// <summary>Puts bytes into a packet at this socket's expense.</summary>
    protected PacketBuffer Pack(in SendMessage message, int from, int length, int memory)
    {
        PacketBuffer packet = Host.Loop.Packets.Rent(length, headroom: 0);
        Gather(message, packet.Span, from);
        packet.ReceivedAt = Host.Loop.Now;
        _sendMemory += memory;
        packet.Charge(this, memory);
        return packet;
    }
}
