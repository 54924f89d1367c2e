namespace Slipway.Stack;

/// <summary>What a device spares the host.</summary>
[Flags]
public enum DeviceFeatures
{
    /// <summary>Nothing: it wants packets as they stand on the wire.</summary>
    None = 0,

    /// <summary>It takes packets whose transport checksum is <see cref="PacketChecksum.Partial"/>.</summary>
    ChecksumOffload = 1,

    /// <summary>It takes packets that stand for several TCP segments (<see cref="PacketBuffer.SegmentSize"/>) and are longer than the MTU. Their checksum is partial, so it has <see cref="ChecksumOffload"/> too.</summary>
    Segmentation = 2,

    /// <summary>It takes packets that stand for several UDP datagrams likewise.</summary>
    DatagramSegmentation = 4,
}
