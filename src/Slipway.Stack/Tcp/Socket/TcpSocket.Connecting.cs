using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>connect, listen, accept, and names.</summary>
internal sealed partial class TcpSocket
{
    /// <inheritdoc/>
    public override Errno WouldWait => _phase == Phase.Connecting && _hasReportedProgress ? Errno.EALREADY : Errno.EINPROGRESS;

    private bool _hasReportedProgress;

    /// <inheritdoc/>
    protected override bool IsBindable => State == TcpState.Closed && base.IsBindable;

    /// <inheritdoc/>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length < 2) return Errno.EINVAL;
        if (SockAddr.FamilyOf(address) == AddressFamily.Unspecified)
        {
            Dissolve();
            return Errno.None;
        }
        if (_phase == Phase.Connected) return Errno.EISCONN;
        if (_phase == Phase.Broken) return Errno.EINVAL;
        if (_phase == Phase.Connecting)
        {
            if (Connection.IsOpeningDeferred) return Errno.EISCONN;
            _hasReportedProgress = true;
            return ContinueConnect();
        }
        if (State != TcpState.Closed) return Errno.EISCONN;
        Errno error = CheckPeer(address);
        if (error != Errno.None) return error;
        error = ReadPeer(address, out SendTarget peer);
        if (error == Errno.None) error = StartConnection(peer);
        if (error != Errno.None) return error;
        _phase = Phase.Connecting;
        _hasReportedProgress = false;
        return Connection.IsOpeningDeferred ? Errno.None : ContinueConnect();
    }

    /// <summary>A stream of IPv6 goes to no sockaddr_in and to no group, which it says before it looks at the link (Linux tcp_v6_connect).</summary>
    private Errno CheckPeer(ReadOnlySpan<byte> address)
    {
        if (!IsIPv6) return Errno.None;
        if (address.Length < SockAddr.IPv6LeastLength) return Errno.EINVAL;
        if (SockAddr.FamilyOf(address) != AddressFamily.Inet6) return Errno.EAFNOSUPPORT;
        IpAddress peer = SockAddr.IPv6Of(address);
        return peer.IsMulticast && !peer.IsIPv4 ? Errno.ENETUNREACH : Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ContinueConnect(Caller caller, ReadOnlySpan<byte> address) => ContinueConnect();

    private Errno ContinueConnect()
    {
        if (Connection.State is TcpState.SynSent or TcpState.SynReceived) return StackErrno.MustWait;
        if (Connection.State != TcpState.Closed)
        {
            _phase = Phase.Connected;
            return Errno.None;
        }
        Errno error = TakeError();
        Dissolve();
        return error == Errno.None ? Errno.ECONNABORTED : error;
    }

    /// <inheritdoc/>
    public override Errno Listen(Caller caller, int backlog)
    {
        if (_phase != Phase.Unconnected || State is not (TcpState.Closed or TcpState.Listen)) return Errno.EINVAL;
        int most = Host.Sysctl.Core.Somaxconn.Value;
        int cut = (int)Math.Min((uint)backlog, (uint)most);
        if (Listener is { } already)
        {
            already.Backlog = cut;
            return Errno.None;
        }
        Errno error = LocalPort == 0 ? TakePort(0) : TcpPorts.MayListen(Connection) ? Errno.None : Errno.EADDRINUSE;
        if (error != Errno.None) return error;
        RenewConnection();
        Connection.IsReceiveShut = Connection.IsSendShut = false;
        var listener = new TcpListener(this) { Backlog = cut };
        error = Host.Tcp.Listeners.Add(listener);
        if (error == Errno.None) Listener = listener;
        return error;
    }

    /// <inheritdoc/>
    public override Errno Accept(out OpenSocket? accepted)
    {
        accepted = null;
        if (Listener is not { } listener) return Errno.EINVAL;
        accepted = listener.Accept();
        return accepted is null ? StackErrno.MustWait : Errno.None;
    }

    /// <inheritdoc/>
    /// <remarks>From connect until the socket is connected to nobody again, whatever became of the connection.</remarks>
    public override CallResult GetPeerOption(Span<byte> address) => WritePeer(address);

    /// <inheritdoc/>
    public override CallResult GetAcceptedName(Span<byte> address) => SockAddr.Write(address, Family, PeerAddress, PeerPort, 0, ScopeOf(PeerAddress));

    /// <summary>A connection for the accept queue: a copy of this listening socket's settings at the end of the handshake (INH-007).</summary>
    public TcpSocket CreateChild(TcpRequest request, in TcpArrival segment)
    {
        var child = new TcpSocket(Host, UserId, Family, ++Host.Udp.LastCookie) { _phase = Phase.Connected };
        child.CopyOptionsFrom(this);
        if (child.Priority != 0) child.Priority = 0;
        child.ReflectsFlowLabel = ReflectsFlowLabel;
        child.BoundAddress = child.SourceAddress = request.LocalAddress;
        child.PeerAddress = request.RemoteAddress;
        child.PeerPort = request.RemotePort;
        child.LocalPort = request.LocalPort;
        child.IsAddressLocked = IsAddressLocked;
        child.IsConnected = true;
        child.NoteArrival(segment, request.IsCookie ? KeptHeaders.OfSyn(segment, Flags) : request.KeptHeaders);
        if (child.BoundInterface == 0 && request.RemoteAddress.IsLinkLocal) child.BoundInterface = request.BoundInterface;
        child.Connection.CopyOptionsFrom(Connection);
        child.SetCongestionName(CongestionName);
        child.Connection.EstablishFrom(request, segment);
        if (child.ReflectsFlowLabel) child.PeerFlowInfo = (uint)segment.FlowLabel;
        child.ForgetRoute();
        child.Connection.BoundInterface = request.BoundInterface;
        child.Connection.Sender.SetCongestion(CongestionRegistry.Create(CongestionName)!);
        return child;
    }

    private void SetCongestionName(string name) => CongestionName = name;

    private Errno StartConnection(in SendTarget peer, bool opensBySend = false)
    {
        IpAddress source = SourceAddress;
        FlowKey flow = FlowOf(default, peer.Address);
        Errno error = Host.Tcp.FindPath(flow, out TcpPath path);
        if (error != Errno.None) return error;
        if (HasForeignSource(peer.Address)) return Errno.EAFNOSUPPORT;
        // What shutdown said of the socket before it was connected goes for the connection (SHUT-02).
        bool isReceiveShut = Connection.IsReceiveShut, isSendShut = Connection.IsSendShut;
        RenewConnection();
        (Connection.IsReceiveShut, Connection.IsSendShut) = (isReceiveShut, isSendShut);
        HasLostRoute = false;
        TakeError();
        RouteDecision decision = path.Decision;
        TcpConnection connection = Connection;
        IpAddress bound = BoundAddress;
        // A stream of IPv4 that is bound to a group has no source yet either, and gives up the group for it (Linux inet_bhash2_update_saddr).
        if (BoundAddress.IsUnspecified || SourceAddress.IsUnspecified && BoundAddress.IsIPv4) BoundAddress = decision.Source;
        if (SourceAddress.IsUnspecified) SourceAddress = decision.Source;
        PeerAddress = peer.Address.IsUnspecified ? decision.Destination : peer.Address;
        PeerPort = peer.Port;
        PeerFlowInfo = peer.FlowInfo;
        connection.LocalAddress = SourceAddress;
        connection.RemoteAddress = PeerAddress;
        connection.RemotePort = PeerPort;
        connection.LocalPort = LocalPort;
        ForgetRoute();
        error = LocalPort == 0 ? Host.Tcp.Ports.Connect(connection, LocalPortRange) : Host.Tcp.IsFreeTuple(connection) ? Errno.None : Errno.EADDRNOTAVAIL;
        if (error != Errno.None)
        {
            if (!IsAddressLocked) (SourceAddress, BoundAddress) = (source, bound);
            PeerPort = 0;
            connection.LocalAddress = BoundAddress;
            return error;
        }
        LocalPort = connection.LocalPort;
        if (!connection.IsIPv4) connection.FlowLabel = FlowLabelOf(connection);
        connection.TimestampOffset = Host.Tcp.TimestampOffsetFor(connection.LocalAddress, connection.RemoteAddress);
        connection.Sender.SetCongestion(CongestionRegistry.Create(CongestionName)!);
        Host.Tcp.Connections.Add(connection);
        uint initial = connection.ChooseInitialSequence();
        if (opensBySend) connection.PrepareToOpen(initial);
        else if (connection.KnownExtras?.FastOpensAtConnect == true) connection.OpenAtFirstWrite(initial);
        else connection.Open(initial);
        return Errno.None;
    }

    /// <summary>SIOCOUTQNSD. Disconnecting passes over the numbers that the peer's window had room for and two more, which Linux counts until the next connection (tcp_disconnect).</summary>
    private int Unsent => Connection.Sender.Iss == 0 ? UncommonIfAny?.PassedOver ?? 0 : Connection.Sender.Unsent;

    /// <summary>SIOCOUTQ, which counts them too.</summary>
    private int Unacknowledged => Connection.Sender.Iss == 0 ? UncommonIfAny?.PassedUnacknowledged ?? 0 : Connection.Sender.Unacknowledged;

    /// <summary>Back to an unconnected socket: the peer is reset, queues are emptied, what bind(2) named stays (Linux tcp_disconnect).</summary>
    private void Dissolve()
    {
        if (LocalPort != 0) _formerPort = LocalPort;
        StopListening();
        const int Gap = 2;
        Uncommon.LargestWindow = Math.Max(Uncommon.LargestWindow, Connection.Sender.MaxWindow);
        int passed = unchecked((int)Uncommon.LargestWindow + Gap);
        (Uncommon.PassedOver, Uncommon.PassedUnacknowledged) = (unchecked(Unsent + passed), unchecked(Unacknowledged + passed));
        Errno broken = Connection.Disconnect();
        if (broken != Errno.None) SetPendingError(broken);
        Connection.Receiver.Clear();
        _phase = Phase.Unconnected;
        _isDone = false;
        if (PeekOffset >= 0) PeekOffset = -1;
        PeerAddress = AnyAddress;
        PeerPort = 0;
        IsConnected = false;
        if (!IsAddressLocked) BoundAddress = SourceAddress = AnyAddress;
        if (!IsPortLocked && LocalPort != 0) Unbind();
        RenewConnection();
        Connection.LocalAddress = BoundAddress;
        OnStateChanged();
    }

    /// <summary>A new connection object for a new life, which takes the old one's settings and port.</summary>
    private void RenewConnection()
    {
        TcpConnection old = Connection;
        if (old.IsFresh) return;
        var renewed = new TcpConnection(Host.Tcp) { Socket = this };
        renewed.CopyOptionsFrom(old);
        renewed.LocalAddress = old.LocalAddress;
        renewed.RemoteAddress = AnyAddress;
        renewed.PortFlags = old.PortFlags;
        renewed.UserId = old.UserId;
        renewed.Receiver.SetBuffer(old.Receiver.Buffer, old.Receiver.IsBufferLocked);
        renewed.Sender.SetBuffer(old.Sender.Buffer, old.Sender.IsBufferLocked);
        old.Socket = null;
        if (old.Bucket is { } bucket)
        {
            Host.Tcp.Ports.Leave(old);
            renewed.LocalPort = bucket.Port;
            Host.Tcp.Ports.Join(renewed, bucket.Port);
        }
        Connection = renewed;
    }

    private void StopListening()
    {
        if (Listener is not { } listener) return;
        Listener = null;
        Host.Tcp.Listeners.Remove(listener);
        listener.Close();
        if (!IsPortLocked) Unbind();
        // Those who wait in accept get EINVAL.
        OnStateChanged();
    }
}
