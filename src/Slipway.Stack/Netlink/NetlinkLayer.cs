using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Netlink of a host (netlink(7)): who listens on which number and to which group, and who answers. All by the owner of the loop.</summary>
internal sealed class NetlinkLayer
{
    /// <summary>MAX_LINKS.</summary>
    public const int Protocols = 32;

    /// <summary>Where the search for a free number starts to go down (netlink_autobind).</summary>
    private const int LastAutomaticPort = -4097;

    private readonly StackHost _host;
    private readonly RandomSource _random;
    private readonly Dictionary<(int Protocol, uint Port), NetlinkSocket> _ports = [];
    private readonly List<NetlinkSocket> _sockets = [];
    private readonly NetlinkWriter _acknowledgement = new();
    private readonly RouteFamily _route;
    private readonly SocketDiagnosis _diagnosis;

    public NetlinkLayer(StackHost host)
    {
        _host = host;
        _random = host.Random.Derive("netlink");
        _route = new RouteFamily(host);
        _diagnosis = new SocketDiagnosis(host);
        Changes = new RouteChanges(this);
    }

    /// <summary>Tells those who listen of changes of links, addresses, routes and neighbours.</summary>
    public RouteChanges Changes { get; }

    /// <summary>The sockets, in the order in which they were made.</summary>
    public IReadOnlyList<NetlinkSocket> Sockets => _sockets;

    /// <summary>The socket whose request is being served; null outside of one.</summary>
    public NetlinkSocket? Requester { get; private set; }

    /// <summary>nlmsg_seq of the request that is being served.</summary>
    public uint RequestSequence { get; private set; }

    /// <summary>Whether who asked wants to be told of the changes too (NLM_F_ECHO).</summary>
    public bool IsEchoWanted { get; private set; }

    /// <summary>Whether a host has the protocol.</summary>
    public static bool Has(int protocol) => protocol is NetlinkProtocol.NETLINK_ROUTE or NetlinkProtocol.NETLINK_SOCK_DIAG;

    public NetlinkSocket CreateSocket(ProcessContext creator, SocketType type, int protocol)
    {
        var socket = new NetlinkSocket(_host, creator, type, protocol, ++_host.Udp.LastCookie);
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>Number of the groups of a protocol.</summary>
    public int GroupsOf(int protocol) => FamilyOf(protocol).Groups;

    public NetlinkSocket? Find(int protocol, uint port) => _ports.GetValueOrDefault((protocol, port));

    /// <summary>Gives a socket a number.</summary>
    /// <returns>False if another one has it.</returns>
    public bool TryBind(NetlinkSocket socket, uint port) => _ports.TryAdd((socket.Protocol, port), socket);

    /// <summary>Gives a socket a free number: the process's where it is free.</summary>
    public uint BindAutomatically(NetlinkSocket socket, ProcessContext process)
    {
        if (TryBind(socket, (uint)process.ProcessId)) return (uint)process.ProcessId;
        int port = LastAutomaticPort - _random.Next(int.MaxValue + LastAutomaticPort);
        while (!TryBind(socket, (uint)port)) port = port == int.MinValue ? LastAutomaticPort : port - 1;
        return (uint)port;
    }

    public void Remove(NetlinkSocket socket)
    {
        _sockets.Remove(socket);
        if (socket.Port != 0) _ports.Remove((socket.Protocol, socket.Port));
    }

    /// <summary>Whether anybody listens to a group of NETLINK_ROUTE.</summary>
    public bool HasListeners(int group)
    {
        if (_sockets.Count == 0) return false;
        if (IsEchoWanted) return true;
        foreach (NetlinkSocket socket in _sockets)
        {
            if (socket.Protocol == NetlinkProtocol.NETLINK_ROUTE && socket.Listens(group)) return true;
        }
        return false;
    }

    /// <summary>Hands a datagram to all who listen to the group, but the sender.</summary>
    public void Broadcast(int protocol, int group, byte[] datagram, NetlinkSocket? sender)
    {
        uint from = sender?.Port ?? 0;
        foreach (NetlinkSocket socket in _sockets)
        {
            if (socket.Protocol == protocol && socket.Listens(group) && !ReferenceEquals(socket, sender)) socket.Deliver(new NetlinkDatagram(datagram, from, group));
        }
    }

    /// <summary>Tells of a change: to all who listen, and to who caused it where it wants an echo, which then gets it once (Linux nlmsg_notify).</summary>
    public void Notify(int group, byte[] datagram)
    {
        NetlinkSocket? requester = IsEchoWanted ? Requester : null;
        foreach (NetlinkSocket socket in _sockets)
        {
            if (socket.Protocol == NetlinkProtocol.NETLINK_ROUTE && socket.Listens(group) && !ReferenceEquals(socket, requester)) socket.Deliver(new NetlinkDatagram(datagram, 0, group));
        }
        requester?.Deliver(new NetlinkDatagram(datagram, 0, 0));
    }

    /// <summary>Serves what a socket has sent to the kernel (Linux netlink_rcv_skb): message by message, until one whose length does not hold.</summary>
    public void Serve(NetlinkSocket socket, ProcessContext process, ReadOnlySpan<byte> datagram)
    {
        INetlinkFamily family = FamilyOf(socket.Protocol);
        var reader = new NetlinkReader(datagram);
        while (reader.MoveNext())
        {
            NetlinkRefusal refusal = Errno.None;
            bool isForFamily = (reader.Flags & NetlinkFlags.NLM_F_REQUEST) != 0 && reader.Type >= FirstType;
            if (isForFamily) refusal = Serve(family, new NetlinkRequest(socket, process, reader));
            if (refusal.Error != Started && ((reader.Flags & NetlinkFlags.NLM_F_ACK) != 0 || refusal.Error != Errno.None)) Acknowledge(socket, reader, refusal);
        }
    }

    /// <summary>A dump was begun: its end is the answer.</summary>
    public const Errno Started = (Errno)(-3);

    /// <summary>NLMSG_MIN_TYPE: lesser types are of netlink itself, and nothing to do for the kernel.</summary>
    private const int FirstType = 16;

    private NetlinkRefusal Serve(INetlinkFamily family, in NetlinkRequest request)
    {
        Requester = request.Socket;
        RequestSequence = request.Sequence;
        IsEchoWanted = request.Has(NetlinkFlags.NLM_F_ECHO);
        try
        {
            return family.Serve(request);
        }
        finally
        {
            Requester = null;
            RequestSequence = 0;
            IsEchoWanted = false;
        }
    }

    /// <summary>NLMSG_ERROR: the errno, the request or its header alone, and attributes (Linux netlink_ack).</summary>
    private void Acknowledge(NetlinkSocket socket, in NetlinkReader request, in NetlinkRefusal refusal)
    {
        bool isCapped = refusal.Error == Errno.None || socket.Has(NetlinkOptions.CappedAcknowledgements);
        bool explains = refusal.Message is not null && socket.Has(NetlinkOptions.ExtendedAcknowledgements);
        ushort flags = (ushort)((isCapped ? NetlinkFlags.NLM_F_CAPPED : 0) | (explains ? NetlinkFlags.NLM_F_ACK_TLVS : 0));
        ReadOnlySpan<byte> repeated = isCapped ? request.Message[..NetlinkWriter.HeaderLength] : request.Message;
        NetlinkWriter writer = _acknowledgement;
        writer.Clear();
        writer.BeginMessage(NetlinkMessageType.NLMSG_ERROR, flags, request.Sequence, socket.Port);
        Span<byte> body = writer.Fixed(sizeof(int) + repeated.Length);
        BitConverter.TryWriteBytes(body, -(int)refusal.Error);
        repeated.CopyTo(body[sizeof(int)..]);
        if (explains) writer.Attribute(NetlinkErrorAttribute.NLMSGERR_ATTR_MSG, refusal.Message!);
        writer.EndMessage();
        socket.Deliver(new NetlinkDatagram(writer.Written.ToArray(), 0, 0));
    }

    private INetlinkFamily FamilyOf(int protocol) => protocol == NetlinkProtocol.NETLINK_ROUTE ? _route : _diagnosis;
}
