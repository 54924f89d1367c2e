using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A packet socket (packet(7)): frames of the devices as they are, or what is in them. Binding, names and readiness are here; the other parts of the class are receiving, sending and memberships.</summary>
internal sealed partial class PacketSocket : OpenSocket, IPacketTap, IPacketAccount
{
    /// <summary>Bytes of struct sockaddr_ll before its address.</summary>
    private const int AddressOffset = 12;

    private const int GoneInterface = -1;

    private readonly PacketLayer _layer;
    private bool _isRunning;
    private int _boundIndex;
    private int _sendMemory;
    private bool _wantsSpace;

    public PacketSocket(PacketLayer layer, StackHost host, int userId, SocketType type, ushort protocol, ulong cookie)
        : base(host, userId, AddressFamily.Packet, type, 0, cookie)
    {
        _layer = layer;
        TapProtocol = protocol;
    }

    /// <inheritdoc/>
    public ushort TapProtocol { get; private set; }

    /// <inheritdoc/>
    public NetworkInterface? TapInterface { get; private set; }

    /// <inheritdoc/>
    public bool IgnoresOutgoing { get; set; }

    /// <summary>The group that it is a member of (PACKET_FANOUT).</summary>
    public PacketFanoutGroup? Group { get; set; }

    /// <summary>What it remembers as a member of a group that rolls over; null for others.</summary>
    public PacketRollover? Rollover { get; private set; }

    /// <summary>PACKET_AUXDATA.</summary>
    public bool TellsAuxiliaryData { get; set; }

    /// <summary>PACKET_ORIGDEV. No device stands above another here, so that both are the same.</summary>
    public bool TellsOriginalDevice { get; set; }

    /// <summary>PACKET_QDISC_BYPASS.</summary>
    public bool BypassesQueue { get; set; }

    /// <summary>Bytes of struct virtio_net_hdr before each packet: 0, 10 or 12 (PACKET_VNET_HDR, PACKET_VNET_HDR_SZ).</summary>
    public int VirtioLength { get; set; }

    /// <summary>The interface that it is bound to: 0 for all, -1 for one that is gone.</summary>
    public int BoundIndex => _boundIndex;

    /// <summary>Whether it sees frames now.</summary>
    public bool IsRunning => _isRunning;

    /// <inheritdoc/>
    public override (int Received, int Sent, uint Drops) Memory => (_receiveMemory, _sendMemory, _drops);

    /// <inheritdoc/>
    public override PollEvents Readiness
    {
        get
        {
            TryRelievePressure();
            PollEvents events = PollEvents.None;
            if (HasPendingError || HasStamps) events |= Has(SocketFlags.SelectErrorQueue) ? PollEvents.POLLERR | PollEvents.POLLPRI : PollEvents.POLLERR;
            if (_queue.Count > 0 || _receiveRing is { HasUnread: true }) events |= Readable;
            if (_sendMemory < SendBuffer >> 1) events |= Writable;
            else _wantsSpace = true;
            if (_sendRing is { Status: PacketSendStatus.Available }) events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM;
            return events;
        }
    }

    /// <inheritdoc/>
    public bool Includes(PacketSocket sender) => sender == this;

    /// <inheritdoc/>
    public override Errno Bind(Caller caller, ReadOnlySpan<byte> address)
    {
        if (address.Length < LinkLayerAddress.StructureLength || !LinkLayerAddress.TryRead(address, out LinkLayerAddress wanted)) return Errno.EINVAL;
        if (Group is not null) return Errno.EINVAL;
        NetworkInterface? device = Host.Interfaces.Find(wanted.InterfaceIndex);
        if (wanted.InterfaceIndex != 0 && device is null) return Errno.ENODEV;
        ushort protocol = wanted.Protocol != 0 ? wanted.Protocol : TapProtocol;
        bool isChange = protocol != TapProtocol || device != TapInterface;
        if (isChange)
        {
            Stop();
            TapProtocol = protocol;
            TapInterface = device;
            _boundIndex = wanted.InterfaceIndex;
        }
        if (protocol == 0 || !isChange) return Errno.None;
        if (device is { IsUp: false }) Fail(Errno.ENETDOWN);
        else Start();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Connect(Caller caller, ReadOnlySpan<byte> address) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno Shutdown(ShutdownHow how) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override CallResult GetName(bool peer, Span<byte> address)
    {
        if (peer) return Errno.EOPNOTSUPP;
        Span<byte> bytes = stackalloc byte[LinkLayerAddress.StructureLength];
        var name = new LinkLayerAddress(_boundIndex, TapProtocol);
        if (Host.Interfaces.Find(_boundIndex) is { } device)
        {
            Span<byte> link = stackalloc byte[Wire.MacAddress.Length];
            device.Device.Address.Write(link);
            if (device.Device.Kind == LinkKind.PointToPoint) link = default;
            name = new LinkLayerAddress(_boundIndex, TapProtocol, TapFrame.HardwareTypeOf(device.Device.Kind), LinkPacketType.Host, link);
        }
        name.Write(bytes);
        int length = AddressOffset + name.AddressLength;
        bytes[..Math.Min(length, address.Length)].CopyTo(address);
        return length;
    }

    /// <inheritdoc/>
    public override CallResult Ioctl(uint request, Span<byte> argument)
    {
        if (request is not (IoControl.FIONREAD or IoControl.SIOCOUTQ)) return AnswerStamp(ref _stamp, request, argument);
        if (argument.Length < sizeof(int)) return Errno.EFAULT;
        int first = _queue.TryPeek(out QueuedFrame frame) ? frame.Packet.Length : 0;
        BinaryPrimitives.WriteInt32LittleEndian(argument, request == IoControl.FIONREAD ? first : _sendMemory);
        return 0;
    }

    /// <summary>Begins to see frames.</summary>
    public void Start()
    {
        if (_isRunning) return;
        _isRunning = true;
        if (Group is { } group) group.Link(this);
        else _layer.Register(this);
    }

    /// <summary>Sees no more frames for now.</summary>
    public void Stop()
    {
        if (!_isRunning) return;
        _isRunning = false;
        if (Group is { } group) group.Unlink(this);
        else _layer.Unregister(this);
    }

    /// <summary>Becomes a member of a group, which sees its frames from now on.</summary>
    public void Join(PacketFanoutGroup group)
    {
        bool wasRunning = _isRunning;
        Stop();
        Group = group;
        if (group.RollsOver) Rollover = new PacketRollover();
        if (wasRunning) Start();
    }

    /// <summary>An interface came up or went down: who is bound to it begins or ends to see frames, and learns of the end.</summary>
    public void OnStateChanged(NetworkInterface device)
    {
        if (device != TapInterface) return;
        if (device.IsUp)
        {
            if (TapProtocol != 0) Start();
        }
        else if (_isRunning)
        {
            Stop();
            Fail(Errno.ENETDOWN);
        }
    }

    /// <summary>An interface is gone.</summary>
    public void OnRemoved(NetworkInterface device)
    {
        ForgetMemberships(device);
        if (device != TapInterface) return;
        Stop();
        TapInterface = null;
        _boundIndex = GoneInterface;
    }

    /// <inheritdoc/>
    void IPacketAccount.Discharge(int bytes)
    {
        _sendMemory -= bytes;
        if (!_wantsSpace || _sendMemory >= SendBuffer >> 1) return;
        _wantsSpace = false;
        Announce(Writable, PollOut);
    }

    /// <inheritdoc/>
    protected override void OnClosed()
    {
        Stop();
        Group?.Leave();
        Group = null;
        DropMemberships();
        _receiveRing?.Close();
        DropQueue();
        _layer.Remove(this);
    }
}
