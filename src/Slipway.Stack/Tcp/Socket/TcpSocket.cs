using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A stream socket: what programs hold of a <see cref="TcpConnection"/> or a <see cref="TcpListener"/>. Its behaviour at the calls is Linux's (inet_stream_connect, tcp_sendmsg, tcp_recvmsg,
/// tcp_poll); the other parts of the class: connecting and listening, sending, receiving, closing.
/// </summary>
internal sealed partial class TcpSocket : InetSocket
{
    private enum Phase : byte
    {
        Unconnected,
        Connecting,
        Connected,

        /// <summary>shutdown found a connection that was refused: only connect to AF_UNSPEC leads on (SS_DISCONNECTING).</summary>
        Broken,
    }

    [Flags]
    private enum Marks : byte
    {
        None = 0,
        HasBegunClosing = 1,
        IsOpenedBySend = 2,
    }

    private Phase _phase;
    private Marks _marks;
    private bool _wantsSpace;
    private bool _isDone;

    public TcpSocket(StackHost host, int userId, AddressFamily family, ulong cookie)
        : base(host, userId, family, SocketType.Stream, (int)IpProtocol.Tcp, cookie)
    {
        Connection = new TcpConnection(host.Tcp) { Socket = this };
        base.SetReceiveBuffer((int)Math.Min(host.Sysctl.Tcp.Rmem[1], int.MaxValue));
        base.SetSendBuffer((int)Math.Min(host.Sysctl.Tcp.Wmem[1], int.MaxValue));
        Connection.Receiver.SetBuffer(base.ReceiveBuffer, isLocked: false);
        Connection.LocalAddress = Connection.RemoteAddress = AnyAddress;
        Connection.UserId = userId;
        Connection.ChoosesPaths = host.Sysctl.Core.TxRehash.IsOn;
        CongestionName = host.Tcp.DefaultCongestion;
        if (IsIPv6 && host.FlowLabels.ReflectsStreams) ReflectsFlowLabel = true;
    }

    /// <summary>The last descriptor was closed, or nobody accepted the connection.</summary>
    private bool HasBegunClosing
    {
        get => (_marks & Marks.HasBegunClosing) != 0;
        set => Remember(Marks.HasBegunClosing, value);
    }

    /// <summary>A send that waits has begun the connection.</summary>
    private bool IsOpenedBySend
    {
        get => (_marks & Marks.IsOpenedBySend) != 0;
        set => Remember(Marks.IsOpenedBySend, value);
    }

    public TcpConnection Connection { get; private set; }

    public TcpListener? Listener { get; private set; }

    /// <inheritdoc/>
    public override bool IsListening => Listener is not null;

    /// <inheritdoc/>
    public override bool HasPeekOffset => true;

    public TcpState State => IsListening ? TcpState.Listen : Connection.State;

    /// <summary>TCP_CONGESTION.</summary>
    public string CongestionName { get; private set; }

    /// <inheritdoc/>
    /// <remarks>The connection has it: it works on after close.</remarks>
    public override PacketProgram? Filter
    {
        get => Connection.Filter;
        set => Connection.Filter = value;
    }

    /// <inheritdoc/>
    public override ulong MaxPacingRate
    {
        get => Connection.MaxPacingRate;
        set => Connection.MaxPacingRate = value;
    }

    /// <inheritdoc/>
    protected override bool IsInTable => IsListening || Connection.IsInTable;

    /// <inheritdoc/>
    protected override bool TrySetGroupProgram(PacketProgram? program, out PacketProgram? old)
    {
        ListenerGroup? group = Listener?.ReuseGroup;
        old = group?.Program;
        if (group is null) return false;
        group.Program = program;
        return true;
    }

    /// <inheritdoc/>
    public override int ReceiveBuffer => Connection.Receiver.Buffer;

    /// <inheritdoc/>
    public override int SendBuffer => Connection.Sender.Buffer;

    /// <inheritdoc/>
    public override int BufferLocks
    {
        get => (Connection.Sender.IsBufferLocked ? 1 : 0) | (Connection.Receiver.IsBufferLocked ? 2 : 0);
        set
        {
            Connection.Sender.IsBufferLocked = (value & 1) != 0;
            Connection.Receiver.IsBufferLocked = (value & 2) != 0;
        }
    }

    /// <inheritdoc/>
    protected override int ReceiveMemory => Connection.Receiver.Memory;

    /// <inheritdoc/>
    public override (int Received, int Sent, uint Drops) Memory => (Connection.Receiver.Memory, Connection.Sender.Memory, Connection.FilterDrops);

    /// <summary>The program has nothing more to send: not the window, it limits the rate.</summary>
    public bool IsSendBufferEmptyBecauseOfProgram => !_wantsSpace;

    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            if (Listener is { } listener) return listener.ReadyCount > 0 ? Readable : PollEvents.None;
            PollEvents events = PollEvents.None;
            TcpConnection connection = Connection;
            bool isReceiveShut = connection.IsReceiveShut, isSendShut = connection.IsSendShut;
            if (isReceiveShut && isSendShut || connection.State == TcpState.Closed) events |= PollEvents.POLLHUP;
            if (isReceiveShut) events |= Readable | PollEvents.POLLRDHUP;
            if (connection.State is not (TcpState.SynSent or TcpState.SynReceived) || connection.IsOpenEarly)
            {
                if (IsDataReadable) events |= Readable;
                if (isSendShut || connection.Sender.IsWritable && (uint)Unsent < connection.NotSentLimit) events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
                else _wantsSpace = true;
                if (connection.Receiver.Urgent == UrgentState.Valid) events |= PollEvents.POLLPRI;
            }
            else if (connection.IsOpeningDeferred) events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
            if (HasPendingError || HasErrors) events |= PollEvents.POLLERR;
            return events;
        }
    }

    /// <summary>Whether a read finds as much as SO_RCVLOWAT wants, or all that can come (Linux tcp_stream_is_readable).</summary>
    private bool IsDataReadable
    {
        get
        {
            TcpReceiver receiver = Connection.Receiver;
            int available = (int)(receiver.RcvNxt - receiver.CopiedSeq);
            if (available <= 0) return false;
            int wanted = ReceiveLowWater;
            if (receiver.Urgent != UrgentState.None && receiver.UrgentSeq == receiver.CopiedSeq && !Has(SocketFlags.OutOfBandInline)) wanted++;
            return available >= wanted || receiver.HasFin || receiver.ReceiveWindow <= (uint)receiver.SegmentEstimate && wanted > 1;
        }
    }

    /// <inheritdoc/>
    public override void ForgetRoute()
    {
        TcpConnection connection = Connection;
        connection.PortFlags = connection.PortFlags & PortFlags.IsBound
            | (Has(SocketFlags.ReuseAddress) ? PortFlags.ReuseAddress : 0)
            | (Has(SocketFlags.ReusePort) ? PortFlags.ReusePort : 0)
            | (IsIPv6Only ? PortFlags.IPv6Only : 0);
        connection.UserId = UserId;
        connection.BoundInterface = BoundInterface;
        connection.MinimumTtl = (byte)(connection.IsIPv4 ? MinTtl : MinHopCount);
        if (connection.KeepsAlive != Has(SocketFlags.KeepAlive)) connection.SetKeepAlive(Has(SocketFlags.KeepAlive));
        connection.TakeIpSettings(this);
    }

    /// <summary>The flow label of a connection's segments: of its peer's address, else made.</summary>
    public int FlowLabelOf(TcpConnection connection)
        => FlowLabelFor(PeerFlowInfo, connection.LocalAddress, connection.RemoteAddress, (uint)connection.LocalPort << 16 | connection.RemotePort, connection.PathChoice);

    /// <summary>The flow label of a listener's answer to a SYN.</summary>
    public int AnswerFlowLabel(in TcpArrival syn)
        => syn.Source.IsIPv4 ? 0 : FlowLabelFor(ReflectsFlowLabel ? (uint)syn.FlowLabel : 0, syn.Destination, syn.Source, (uint)syn.DestinationPort << 16 | syn.SourcePort);

    /// <summary>The flow label of an answer that is sent again; a reflected one stays.</summary>
    public int AnswerFlowLabel(TcpRequest request) => request.RemoteAddress.IsIPv4 || ReflectsFlowLabel && request.FlowLabel != 0
        ? request.FlowLabel
        : FlowLabelFor(0, request.LocalAddress, request.RemoteAddress, (uint)request.LocalPort << 16 | request.RemotePort, request.PathChoice);

    /// <inheritdoc/>
    protected override int RemoteFlowLabel => Connection.RemoteFlowLabel;

    /// <inheritdoc/>
    protected override bool HasAddressForm => true;

    /// <inheritdoc/>
    protected override bool IsEstablished => State == TcpState.Established;

    /// <summary>The question to the routing for a connection between two addresses.</summary>
    public FlowKey FlowOf(IpAddress local, IpAddress remote, int interfaceIndex = 0)
    {
        // By a source route the first hop is where segments go.
        bool isRouted = remote.IsIPv4 && Options is { RouteOffset: >= 0 };
        return FlowTo(isRouted ? Options!.FirstHop : remote, 0, interfaceIndex, local, Has(SocketFlags.DontRoute) || isRouted && Options!.IsStrict);
    }

    /// <inheritdoc/>
    public override void SetReceiveBuffer(int bytes)
    {
        base.SetReceiveBuffer(bytes);
        Connection.Receiver.SetBuffer(bytes, isLocked: true);
    }

    /// <inheritdoc/>
    public override void SetSendBuffer(int bytes)
    {
        base.SetSendBuffer(bytes);
        Connection.Sender.SetBuffer(bytes, isLocked: true);
        if (Connection.Sender.HasRoom) OnSpace();
    }

    /// <summary>TCP_CONGESTION: another algorithm, from now on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="caller">Who wants it: without CAP_NET_ADMIN only those of tcp_allowed_congestion_control can be had.</param>
    /// <returns>ENOENT: there is none of that name. EPERM: it is not for everybody.</returns>
    public Errno SetCongestion(string name, ProcessContext caller)
    {
        if (CongestionRegistry.Create(name) is not { } control) return Errno.ENOENT;
        if (!Host.Sysctl.Tcp.AllowedCongestion.Contains(name) && !caller.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        CongestionName = name;
        if (Connection.State is not (TcpState.Closed or TcpState.Listen)) Connection.Sender.SetCongestion(control);
        return Errno.None;
    }

    /// <summary>Whether ICMP errors are shown at once and queued (IP_RECVERR).</summary>
    public bool ReportsErrors(bool isIPv4) => Has(isIPv4 ? SocketFlags.ReceiveErrors : SocketFlags.ReceiveErrors6);

    private void Remember(Marks mark, bool isOn) => _marks = isOn ? _marks | mark : _marks & ~mark;

    // What the connection reports.

    public void OnReadable()
    {
        if (!IsDataReadable && Connection.Receiver.Urgent != UrgentState.Valid) return;
        Announce(Readable | (Connection.Receiver.Urgent == UrgentState.Valid ? PollEvents.POLLPRI | PollEvents.POLLRDBAND : 0), PollIn);
    }

    public void OnUrgentNotice() => Owner?.NotifyUrgent();

    /// <summary>Acknowledgments made room: tells those who wait, once there is enough (Linux tcp_check_space, sk_stream_write_space).</summary>
    public void OnSpace()
    {
        if (!_wantsSpace) return;
        Connection.Sender.NoteSpace();
        if (!Connection.Sender.IsWritable) return;
        _wantsSpace = false;
        Connection.Sender.EndLimit(SendLimit.SendBuffer);
        Announce(Writable, PollOut);
    }

    public void OnConnected()
    {
        IsConnected = true;
        Announce(Writable, PollOut);
    }

    public void OnConnectionReady() => Announce(Readable, PollIn);

    public void OnStateChanged() => Announce(PollEvents.POLLHUP | PollEvents.POLLRDHUP | Readable | Writable, PollIn);

    public void OnFinArrived()
    {
        _isDone = true;
        bool isOver = Connection.IsSendShut || Connection.State == TcpState.Closed;
        Announce(Readable | PollEvents.POLLRDHUP | (isOver ? PollEvents.POLLHUP : 0), isOver ? PollHup : PollIn);
    }

    /// <summary>The connection ended with an error.</summary>
    public void OnAborted(Errno error) => Fail(error);

    private ushort _formerPort;

    /// <inheritdoc/>
    /// <remarks>Linux gives the port up, but goes on to tell of it.</remarks>
    protected override ushort ToldPort => LocalPort != 0 ? LocalPort : _formerPort;

    /// <inheritdoc/>
    public override int CutLowWater(int bytes) => Connection.Receiver.MakeRoomFor(bytes);

    /// <inheritdoc/>
    protected override bool KnowsPeer => IsConnected || _phase != Phase.Unconnected;

    /// <summary>The connection is no more; the port that bind(2) did not name is free again.</summary>
    public void OnConnectionOver()
    {
        IsConnected = false;
        if (LocalPort != 0) _formerPort = LocalPort;
        if (!IsPortLocked) Unbind();
        Announce(PollEvents.POLLHUP | PollEvents.POLLRDHUP | Readable | Writable, PollHup);
    }

    /// <inheritdoc/>
    protected override void Unbind()
    {
        Host.Tcp.Ports.Leave(Connection);
        Connection.PortFlags &= ~PortFlags.IsBound;
        LocalPort = 0;
    }

    /// <inheritdoc/>
    protected override Errno TakePort(ushort port)
    {
        ForgetRoute();
        Connection.LocalAddress = BoundAddress;
        Errno error = Host.Tcp.Ports.Bind(Connection, port, LocalPortRange);
        if (error == Errno.None) LocalPort = Connection.LocalPort;
        return error;
    }

    /// <inheritdoc/>
    protected override void Rehash()
    {
        // A connection stands by its addresses, which do not change.
    }
}
