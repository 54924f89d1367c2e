using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A device over a packet port, such as a TUN or TAP device: a thread reads, enters the loop with what waits and so runs the host on it; what the host sends is written at
/// once.
/// </summary>
/// <remarks>
/// A port with offloads takes and brings whole chains of segments and leaves checksums alone. Of a port without, TCP segments that are read in one go are joined before the
/// host sees them, unless a decorator stands above: a capture or a fault wants the packets as they came.
/// </remarks>
public sealed class PortDevice : LinkDevice, IDisposable
{
    private readonly IPacketPort _port;
    private readonly PortReader _reader;
    private readonly SegmentCoalescer? _coalescer;
    private readonly Thread _thread;
    private volatile bool _started, _closed, _hasRead;

    /// <summary>Makes a device that is up. Nothing is read before <see cref="Start"/>.</summary>
    /// <param name="loop">The loop of the host that it belongs to.</param>
    /// <param name="name">Its name in the host.</param>
    /// <param name="port">The port; the device disposes of it.</param>
    /// <param name="address">The Ethernet address, where the port carries frames.</param>
    public PortDevice(StackLoop loop, string name, IPacketPort port, MacAddress address = default)
        : base(loop, name, (port ?? throw new ArgumentNullException(nameof(port))).HasEthernetHeader ? LinkKind.Ethernet : LinkKind.PointToPoint, port.Mtu)
    {
        _port = port;
        Address = address;
        Features = FeaturesOf(port.Offload);
        _reader = new PortReader(this, port);
        if ((port.Offload & PortOffload.TcpSegmentation) == 0) _coalescer = new SegmentCoalescer(FrameHeaderLength);
        _thread = new Thread(Read) { IsBackground = true, Name = "slipway " + name };
    }

    /// <summary>What the port takes.</summary>
    public override DeviceFeatures Features { get; }

    /// <summary>The next port of the loop.</summary>
    internal PortDevice? NextPort { get; set; }

    /// <summary>Whether packets wait in the port, or have been read and not delivered yet.</summary>
    internal bool HasInput => _hasRead || _port.HasPacket;

    /// <summary>Begins to read. Call it when the receiver is set.</summary>
    public void Start()
    {
        _started = true;
        _thread.Start();
    }

    /// <inheritdoc/>
    public override void Transmit(PacketBuffer packet)
    {
        if (!TryBeginTransmit(packet)) return;
        PacketOffload offload = default;
        if ((Features & DeviceFeatures.ChecksumOffload) == 0) packet.CompleteChecksum();
        else offload = OffloadOf(packet);
        if (_closed || !_port.Write(packet.Span, offload)) Counters.TxDropped++;
        packet.Release();
    }

    /// <summary>Waits until the port is closed by its other side and all that it had brought was delivered. Call it without owning the loop.</summary>
    internal void WaitUntilRead() => _thread.Join();

    /// <summary>Closes the port and waits for the reading thread. Call it without owning the loop.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _port.Dispose();
        if (_started && Thread.CurrentThread != _thread) _thread.Join();
    }

    private static DeviceFeatures FeaturesOf(PortOffload offload)
        => ((offload & PortOffload.Checksum) != 0 ? DeviceFeatures.ChecksumOffload : DeviceFeatures.None)
            | ((offload & PortOffload.TcpSegmentation) != 0 ? DeviceFeatures.Segmentation : DeviceFeatures.None)
            | ((offload & PortOffload.UdpSegmentation) != 0 ? DeviceFeatures.DatagramSegmentation : DeviceFeatures.None);

    private static PacketOffload OffloadOf(PacketBuffer packet) => packet.Checksum switch
    {
        PacketChecksum.Partial => new PacketOffload
        {
            Checksum = OffloadChecksum.Partial,
            ChecksumStart = (ushort)packet.TransportOffset,
            ChecksumOffset = (ushort)packet.ChecksumOffset,
            SegmentSize = (ushort)packet.SegmentSize,
        },
        PacketChecksum.Trusted => new PacketOffload { Checksum = OffloadChecksum.Verified },
        _ => default,
    };

    private void Read()
    {
        using (Loop.Enter())
        {
            _reader.Fill();
            Loop.AddPort(this);
        }
        while (!_closed && _reader.ReadBatch() > 0)
        {
            _hasRead = true;
            using (Loop.Enter())
            {
                _hasRead = false;
                while (_reader.TryTake(out PacketBuffer? packet, out PacketOffload offload)) Take(packet, offload);
                FlushJoined();
                _reader.Fill();
            }
        }
        using (Loop.Enter())
        {
            Loop.RemovePort(this);
            _reader.Clear();
        }
    }

    private void Take(PacketBuffer packet, in PacketOffload offload)
    {
        if (!Accept(packet, offload))
        {
            Counters.RxErrors++;
            packet.Release();
        }
        else if (_coalescer is null || Receiver is DeviceDecorator)
        {
            Deliver(packet);
        }
        else
        {
            _coalescer.Add(packet);
            DeliverJoined(_coalescer);
        }
    }

    private void FlushJoined()
    {
        if (_coalescer is null) return;
        _coalescer.Flush();
        DeliverJoined(_coalescer);
    }

    private void DeliverJoined(SegmentCoalescer coalescer)
    {
        // The counters tell what the port brought.
        (int packets, long bytes) = coalescer.TakeJoined();
        Counters.RxPackets += packets;
        Counters.RxBytes += bytes;
        while (coalescer.TryTake(out PacketBuffer? packet)) Deliver(packet);
    }

    /// <summary>Notes in a packet what the port says of it.</summary>
    /// <returns>False for one that is too long, or of which the port says what cannot be.</returns>
    private bool Accept(PacketBuffer packet, in PacketOffload offload)
    {
        if (offload.Checksum == OffloadChecksum.Verified) packet.Checksum = PacketChecksum.Trusted;
        if (offload.Checksum == OffloadChecksum.Partial)
        {
            if (offload.ChecksumStart + offload.ChecksumOffset + sizeof(ushort) > packet.Length) return false;
            packet.TransportOffset = offload.ChecksumStart;
            packet.ChecksumOffset = offload.ChecksumOffset;
            packet.Checksum = PacketChecksum.Partial;
        }
        if (offload.SegmentSize == 0) return packet.Length <= MaxFrame;
        packet.SegmentSize = offload.SegmentSize;
        return packet.Length > FrameHeaderLength && SegmentLayout.TryParse(packet.Span[FrameHeaderLength..], out SegmentLayout layout) && HasPartialChecksum(packet, layout);
    }

    private bool HasPartialChecksum(PacketBuffer packet, in SegmentLayout layout)
    {
        int transport = FrameHeaderLength + layout.TransportOffset;
        if (packet.Checksum == PacketChecksum.Partial) return packet.TransportOffset == transport && packet.ChecksumOffset == layout.ChecksumOffset;
        layout.MakePartial(packet, transport);
        return true;
    }
}
