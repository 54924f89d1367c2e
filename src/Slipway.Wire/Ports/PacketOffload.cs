namespace Slipway.Wire;

/// <summary>What remains to be done to a packet before a wire could carry it, as it goes along with the packet through a port. The default value: nothing.</summary>
/// <remarks>The contents of the header that virtio network devices and the kernel's TUN devices use (virtio 1.2 §5.1.6).</remarks>
public readonly record struct PacketOffload
{
    /// <summary>What is known about the transport checksum.</summary>
    public OffloadChecksum Checksum { get; init; }

    /// <summary>With a partial checksum: where the sum begins, counted from the packet's first byte: the transport header.</summary>
    public ushort ChecksumStart { get; init; }

    /// <summary>With a partial checksum: where the field stands, counted from <see cref="ChecksumStart"/> (TCP 16, UDP 6).</summary>
    public ushort ChecksumOffset { get; init; }

    /// <summary>Payload bytes of each segment where the packet stands for several, the last of which may be shorter; 0 if it is one.</summary>
    public ushort SegmentSize { get; init; }
}
