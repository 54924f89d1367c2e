namespace Slipway.Stack;

/// <summary>
/// Shows all packets of a device, both ways, to a sink: real segments with complete checksums, as a wire would carry them. A loopback's packets, which pass
/// twice, are shown once, when they come back (as libpcap does).
/// </summary>
public sealed class CaptureDevice : DeviceDecorator
{
    private readonly IPacketSink _sink;

    /// <summary>Wraps a device.</summary>
    public CaptureDevice(LinkDevice inner, IPacketSink sink) : base(inner)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sink = sink;
    }

    /// <summary>The inner device's, without segmentation.</summary>
    public override DeviceFeatures Features => Inner.Features & ~(DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation);

    /// <summary>Shows the packet, then hands it to the host: one that stands for several is cut before, so that the file tells what the host was given. Ownership moves.</summary>
    public override void Receive(LinkDevice device, PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (packet.SegmentSize == 0)
        {
            ShowAndPassUp(packet);
            return;
        }
        var cutter = new SegmentCutter(packet, FrameHeaderLength, complete: false);
        if (!cutter.IsValid) Counters.RxErrors++;
        while (cutter.TryNext(out PacketBuffer? piece)) ShowAndPassUp(piece);
    }

    /// <summary>Shows the packet, then sends it. One that the device refuses (down, too long) is not shown. Ownership moves.</summary>
    public override void Transmit(PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (Kind != LinkKind.Loopback && IsUp && HasCarrier && packet.Length <= MaxFrame) Show(packet, PacketDirection.Outbound);
        Inner.Transmit(packet);
    }

    private void ShowAndPassUp(PacketBuffer packet)
    {
        // The bytes come from inside the machine: the host need not verify what was only computed to be shown.
        bool isTrusted = packet.Checksum == PacketChecksum.Partial;
        Show(packet, PacketDirection.Inbound);
        if (isTrusted) packet.Checksum = PacketChecksum.Trusted;
        PassUp(packet);
    }

    private void Show(PacketBuffer packet, PacketDirection direction)
    {
        packet.CompleteChecksum();
        _sink.Write(this, direction, Loop.Clock.UnixNanoseconds, packet.Span);
    }
}
