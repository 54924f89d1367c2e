using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A datagram socket of the internet: what UDP and ping sockets share. Names, state, errors and readiness are here; the other parts of the class are sending, receiving and options.</summary>
internal abstract partial class InetSocket : OpenSocket, IPacketAccount
{
    // si_code of SIGIO (sigaction(2)).
    private const int PollIn = 1, PollOut = 2, PollErr = 4;

    private const PollEvents Readable = PollEvents.POLLIN | PollEvents.POLLRDNORM;
    private const PollEvents Writable = PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND;

    private Errno _error;
    private bool _receiveShut, _sendShut;

    protected InetSocket(StackHost host, ProcessContext creator, AddressFamily family, int protocol, ulong cookie)
        : base(host, creator, family, SocketType.Datagram, protocol, cookie)
    {
        Cookie = cookie;
        BoundAddress = SourceAddress = AnyAddress;
        PeerAddress = AnyAddress;
        ReceiveBuffer = host.Sysctl.Core.RmemDefault.Value;
        SendBuffer = host.Sysctl.Core.WmemDefault.Value;
        BusyPoll = host.Sysctl.Core.BusyRead.Value;
        _releaseThreshold = ReceiveBuffer >> 2;
        Flags = SocketFlags.MulticastLoop | SocketFlags.MulticastLoop6;
        if (IsIPv6 && host.Sysctl.IPv6.BindV6Only.IsOn) Flags |= SocketFlags.IPv6Only;
    }

    /// <summary>SO_COOKIE, and the inode.</summary>
    public ulong Cookie { get; }

    public bool IsIPv6 => Family == AddressFamily.Inet6;

    public bool IsIPv6Only => (Flags & SocketFlags.IPv6Only) != 0;

    /// <summary>The address that datagrams must have been sent to; unspecified for any.</summary>
    public IpAddress BoundAddress { get; protected set; }

    /// <summary>The address that datagrams are sent from; unspecified to have one chosen. Differs from <see cref="BoundAddress"/> where that is a group or broadcast.</summary>
    public IpAddress SourceAddress { get; protected set; }

    /// <summary>The local port, or identifier of a ping socket; 0 while unbound.</summary>
    public ushort LocalPort { get; protected set; }

    public IpAddress PeerAddress { get; protected set; }

    public ushort PeerPort { get; protected set; }

    /// <summary>Flow information of the peer's address (IPV6_FLOWINFO_SEND), in host order.</summary>
    public uint PeerFlowInfo { get; protected set; }

    public bool IsConnected { get; protected set; }

    /// <summary>bind named the address: disconnecting leaves it.</summary>
    public bool IsAddressLocked { get; protected set; }

    /// <summary>bind named the port: disconnecting leaves it.</summary>
    public bool IsPortLocked { get; protected set; }

    protected IpAddress AnyAddress => IsIPv6 ? IpAddress.AnyIPv6 : IpAddress.AnyIPv4;

    protected bool IsSendShut => _sendShut;

    protected bool IsReceiveShut => _receiveShut;

    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            PollEvents events = PollEvents.None;
            if (_error != Errno.None || HasErrors)
            {
                events |= PollEvents.POLLERR;
                if ((Flags & SocketFlags.SelectErrorQueue) != 0) events |= PollEvents.POLLPRI;
            }
            if (_receiveShut) events |= PollEvents.POLLRDHUP | Readable;
            if (_receiveShut && _sendShut) events |= PollEvents.POLLHUP;
            if (_queue.Count > 0) events |= Readable;
            if (_sendMemory < SendBuffer >> 1) events |= Writable;
            else _wantsSpace = true;
            return events;
        }
    }

    /// <inheritdoc/>
    public override CallResult GetName(bool peer, Span<byte> address)
    {
        if (peer)
        {
            if (PeerPort == 0 || !IsConnected) return Errno.ENOTCONN;
            uint flow = (Flags & SocketFlags.FlowInfoSend) != 0 ? PeerFlowInfo : 0;
            return SockAddr.Write(address, Family, PeerAddress, PeerPort, flow, ScopeOf(PeerAddress));
        }
        IpAddress local = BoundAddress.IsUnspecified && !BoundAddress.IsIPv4 == IsIPv6 ? SourceAddress : BoundAddress;
        return SockAddr.Write(address, Family, local, LocalPort, 0, ScopeOf(local));
    }

    /// <inheritdoc/>
    public override Errno Shutdown(ShutdownHow how)
    {
        // Linux notes the directions even where it refuses (SHUT-02).
        _receiveShut |= how is ShutdownHow.Receive or ShutdownHow.Both;
        _sendShut |= how is ShutdownHow.Send or ShutdownHow.Both;
        Announce(Readable | Writable | PollEvents.POLLHUP | PollEvents.POLLRDHUP, PollIn);
        return IsConnected ? Errno.None : Errno.ENOTCONN;
    }

    /// <summary>Takes the pending error: who gets it clears it (SO_ERROR, or the next call).</summary>
    public Errno TakeError()
    {
        Errno error = _error;
        _error = Errno.None;
        return error;
    }

    /// <summary>Sets the pending error and tells those who wait.</summary>
    protected void Fail(Errno error)
    {
        _error = error;
        Announce(PollEvents.POLLERR | PollEvents.POLLPRI | Readable | Writable, PollErr);
    }

    /// <summary>Scope of an address in a sockaddr_in6: the interface that a link-local one belongs to.</summary>
    private int ScopeOf(IpAddress address) => address.IsIPv6 && (address.IsLinkLocal || address.IsLinkScopeMulticast) ? BoundInterface : 0;

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        Unbind();
        ClearQueues();
    }

    /// <summary>Gives the local port up and leaves the tables of the protocol.</summary>
    protected abstract void Unbind();
}
