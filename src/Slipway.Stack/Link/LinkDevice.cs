using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A network device as a host sees it: it sends packets, hands received ones to its <see cref="Receiver"/>, has a name, an MTU, and is up or down. All
/// members belong to the owner of the loop.
/// </summary>
public abstract class LinkDevice
{
    /// <summary>Smallest MTU that the stack takes: the least that IPv4 allows (RFC 791 §3.2).</summary>
    public const int MinMtu = 68;

    /// <summary>Largest MTU: the loopback's.</summary>
    public const int MaxMtu = 65536;

    /// <summary>Bytes of an Ethernet header.</summary>
    public const int EthernetHeaderLength = 14;

    private int _mtu;
    private bool _isUp = true;
    private DeviceCounters _counters;

    /// <summary>Makes a device that is up.</summary>
    /// <param name="loop">The loop of the host that it belongs to.</param>
    /// <param name="name">Its name, as <c>eth0</c>; at most 15 bytes (IFNAMSIZ).</param>
    /// <param name="kind">What its frames look like.</param>
    /// <param name="mtu">Largest IP packet in bytes.</param>
    /// <exception cref="ArgumentException">The name is empty or too long, or the MTU out of range.</exception>
    protected LinkDevice(StackLoop loop, string name, LinkKind kind, int mtu)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 15 || name.AsSpan().ContainsAny(" /:")) throw new ArgumentException($"'{name}' cannot name a device: at most 15 characters, no space, no '/', no ':'.", nameof(name));
        ThrowIfBadMtu(mtu);
        Loop = loop;
        Name = name;
        Kind = kind;
        _mtu = mtu;
    }

    /// <summary>The device came up or went down, or its link did.</summary>
    public event Action<LinkDevice>? StateChanged;

    /// <summary>The MTU has changed.</summary>
    public event Action<LinkDevice>? MtuChanged;

    /// <summary>The loop that the device belongs to.</summary>
    public StackLoop Loop { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What the frames look like.</summary>
    public LinkKind Kind { get; }

    /// <summary>The interface index; the host that takes the device gives it. 0 before.</summary>
    public virtual int Index { get; set; }

    /// <summary>The Ethernet address; all zero where the link has none.</summary>
    public virtual MacAddress Address { get; set; }

    /// <summary>The counters.</summary>
    public virtual ref DeviceCounters Counters => ref _counters;

    /// <summary>What the device spares the host.</summary>
    public virtual DeviceFeatures Features => DeviceFeatures.None;

    /// <summary>The multicast addresses that the device is told to listen to.</summary>
    public virtual LinkGroups Groups { get; } = new();

    /// <summary>Who takes the received packets; without one they are dropped.</summary>
    public ILinkReceiver? Receiver { get; set; }

    /// <summary>Largest IP packet in bytes, without the Ethernet header. May change while packets flow.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below <see cref="MinMtu"/> or above <see cref="MaxMtu"/> (the kernel's EINVAL).</exception>
    public virtual int Mtu
    {
        get => _mtu;
        set
        {
            ThrowIfBadMtu(value);
            if (value == _mtu) return;
            _mtu = value;
            OnMtuChanged();
        }
    }

    /// <summary>Longest frame in bytes: the MTU and the Ethernet header where there is one.</summary>
    public int MaxFrame => Mtu + FrameHeaderLength;

    /// <summary>Bytes that stand before the IP packet in a frame.</summary>
    internal int FrameHeaderLength => Kind == LinkKind.Ethernet ? EthernetHeaderLength : 0;

    /// <summary>Whether the device is up, as an administrator set it. A device that is down drops all, both ways.</summary>
    public virtual bool IsUp
    {
        get => _isUp;
        set
        {
            if (value == _isUp) return;
            _isUp = value;
            OnStateChanged();
        }
    }

    /// <summary>Whether the link behind the device works (the kernel's IFF_RUNNING); a cut cable takes it away.</summary>
    public virtual bool HasCarrier => true;

    /// <summary>Sends a packet: a frame with its Ethernet header, or an IP packet where the link has none. Ownership moves, whatever becomes of it.</summary>
    public abstract void Transmit(PacketBuffer packet);

    /// <summary>Sends a packet in the form that the device takes: cut where it stands for several and the device wants each, with a real checksum where it wants that. Ownership moves.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="taps">The packet sockets that see what goes out; null for none.</param>
    /// <param name="protocol">What the packet carries, where they cannot tell from it; else 0.</param>
    /// <param name="sender">The packet socket that sends it, if one does.</param>
    internal void Send(PacketBuffer packet, PacketTaps? taps = null, ushort protocol = 0, PacketSocket? sender = null)
    {
        DeviceFeatures features = Features;
        bool complete = (features & DeviceFeatures.ChecksumOffload) == 0;
        if (packet.SegmentSize != 0 && !TakesWhole(packet, features))
        {
            var cutter = new SegmentCutter(packet, FrameHeaderLength, complete);
            if (!cutter.IsValid) Counters.TxErrors++;
            while (cutter.TryNext(out PacketBuffer? piece))
            {
                taps?.ShowOutgoing(piece, protocol, sender);
                Transmit(piece);
            }
            return;
        }
        if (complete) packet.CompleteChecksum();
        taps?.ShowOutgoing(packet, protocol, sender);
        Transmit(packet);
    }

    /// <summary>Hands a packet to the receiver, counts it and notes device, time and for whom it was. Ownership moves.</summary>
    protected void Deliver(PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Loop.AssertOwned();
        if (Receiver is not { } receiver || !IsUp)
        {
            Counters.RxDropped++;
            packet.Release();
            return;
        }
        if (Kind == LinkKind.Ethernet && !ClassifyFrame(packet))
        {
            Counters.RxErrors++;
            packet.Release();
            return;
        }
        Counters.RxPackets++;
        Counters.RxBytes += packet.Length;
        packet.Discharge();
        packet.Device = this;
        packet.ReceivedAt = Loop.Now;
        if (Kind != LinkKind.Loopback) packet.Mark = packet.Priority = 0;
        receiver.Receive(this, packet);
    }

    /// <summary>Tells the listeners that the device or its link came up or went down.</summary>
    protected void OnStateChanged() => StateChanged?.Invoke(this);

    /// <summary>Tells the listeners that the MTU has changed.</summary>
    protected void OnMtuChanged() => MtuChanged?.Invoke(this);

    /// <summary>For <see cref="Transmit"/>: checks that the device may send now and that the packet fits, and counts it. If not, the packet is released.</summary>
    protected bool TryBeginTransmit(PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Loop.AssertOwned();
        if (!IsUp || !HasCarrier)
        {
            Counters.TxDropped++;
        }
        else if (packet.SegmentSize == 0 ? packet.Length > MaxFrame && !IsTaggedWithin(packet) : !TakesWhole(packet, Features))
        {
            Counters.TxErrors++;
        }
        else
        {
            Counters.TxPackets++;
            Counters.TxBytes += packet.Length;
            return true;
        }
        packet.Release();
        return false;
    }

    /// <summary>A VLAN tag has room beside the MTU.</summary>
    private bool IsTaggedWithin(PacketBuffer packet)
        => Kind == LinkKind.Ethernet && packet.Length <= MaxFrame + TapFrame.TagLength && TapFrame.IsVlan(TapFrame.TypeOf(packet.Span));

    private static bool TakesWhole(PacketBuffer packet, DeviceFeatures features)
        => (features & (packet.ChecksumOffset == SegmentLayout.UdpChecksumOffset ? DeviceFeatures.DatagramSegmentation : DeviceFeatures.Segmentation)) != 0;

    private bool ClassifyFrame(PacketBuffer packet)
    {
        if (packet.Length < EthernetHeaderLength) return false;
        MacAddress destination = MacAddress.Read(packet.Span);
        packet.Destination = destination == Address ? LinkDestination.Host
            : destination.IsBroadcast ? LinkDestination.Broadcast
            : destination.IsMulticast && Groups.Hears(destination) ? LinkDestination.Multicast
            : LinkDestination.Other;
        if (packet.Destination == LinkDestination.Multicast) Counters.Multicast++;
        return true;
    }

    private static void ThrowIfBadMtu(int mtu)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, MinMtu);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mtu, MaxMtu);
    }
}
