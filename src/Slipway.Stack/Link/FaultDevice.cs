namespace Slipway.Stack;

/// <summary>Treats the packets of a device badly, by chance (<see cref="LinkModel"/>) or by script (<see cref="PacketFilter"/>), each direction for itself.</summary>
public sealed class FaultDevice : DeviceDecorator
{
    private readonly Path _outbound, _inbound;

    /// <summary>Wraps a device; at first nothing happens to packets.</summary>
    /// <param name="inner">The device.</param>
    /// <param name="random">The stream of its own for chance; each direction derives one from it.</param>
    public FaultDevice(LinkDevice inner, RandomSource random) : base(inner)
    {
        ArgumentNullException.ThrowIfNull(random);
        _outbound = new Path(this, outbound: true, random.Derive("outbound"));
        _inbound = new Path(this, outbound: false, random.Derive("inbound"));
    }

    /// <summary>The inner device's, without segmentation.</summary>
    public override DeviceFeatures Features => Inner.Features & ~(DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation);

    /// <summary>What chance does to packets that the host sends. Its MTU counts IP bytes.</summary>
    public LinkModel Outbound
    {
        get => _outbound.Model;
        set => _outbound.Model = value;
    }

    /// <summary>What chance does to packets that the host is to receive.</summary>
    public LinkModel Inbound
    {
        get => _inbound.Model;
        set => _inbound.Model = value;
    }

    /// <summary>Asked about each packet that the host sends, before chance.</summary>
    public PacketFilter? OutboundFilter
    {
        get => _outbound.Filter;
        set => _outbound.Filter = value;
    }

    /// <summary>Asked about each packet that the host is to receive, before chance.</summary>
    public PacketFilter? InboundFilter
    {
        get => _inbound.Filter;
        set => _inbound.Filter = value;
    }

    /// <summary>What became of the packets that the host sent.</summary>
    public PathCounters OutboundCounters => _outbound.Counters;

    /// <summary>What became of the packets for the host.</summary>
    public PathCounters InboundCounters => _inbound.Counters;

    /// <inheritdoc/>
    public override void Transmit(PacketBuffer packet) => _outbound.Take(packet);

    /// <summary>A packet that stands for several is cut: each has its own fate. Ownership moves.</summary>
    public override void Receive(LinkDevice device, PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (packet.SegmentSize == 0)
        {
            _inbound.Take(packet);
            return;
        }
        var cutter = new SegmentCutter(packet, FrameHeaderLength, complete: false);
        if (!cutter.IsValid) Counters.RxErrors++;
        while (cutter.TryNext(out PacketBuffer? piece)) _inbound.Take(piece);
    }

    private sealed class Path(FaultDevice device, bool outbound, RandomSource random)
        : PacketPath(device.Loop, device.Kind == LinkKind.Ethernet ? EthernetHeaderLength : 0, random, LinkModel.Plain)
    {
        private long _number;

        public PacketFilter? Filter { get; set; }

        public void Take(PacketBuffer packet)
        {
            ArgumentNullException.ThrowIfNull(packet);
            _number++;
            FaultVerdict verdict = Filter is { } filter ? Ask(filter, packet) : FaultVerdict.Pass;
            if (verdict == FaultVerdict.Drop)
            {
                Counters.Entered++;
                Counters.Lost++;
                packet.Release();
                return;
            }
            PacketBuffer? second = verdict == FaultVerdict.Duplicate ? packet.Clone() : null;
            Enter(packet);
            if (second is not null) Enter(second);
        }

        protected override void Leave(PacketBuffer packet)
        {
            if (outbound) device.Inner.Transmit(packet);
            else device.PassUp(packet);
        }

        private FaultVerdict Ask(PacketFilter filter, PacketBuffer packet)
        {
            packet.CompleteChecksum();
            packet.Checksum = PacketChecksum.Unverified;
            packet.EnsureWritable();
            return filter(packet, _number);
        }
    }
}
