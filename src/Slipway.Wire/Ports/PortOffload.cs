namespace Slipway.Wire;

/// <summary>What a port leaves to whatever lies behind it, in both directions: it takes such packets, and it brings them.</summary>
[Flags]
public enum PortOffload
{
    /// <summary>Nothing: packets are as the wire carries them.</summary>
    None = 0,

    /// <summary>Transport checksums may be partial (<see cref="OffloadChecksum.Partial"/>).</summary>
    Checksum = 1,

    /// <summary>A packet may stand for several TCP segments (<see cref="PacketOffload.SegmentSize"/>), up to 65535 bytes of IP packet.</summary>
    TcpSegmentation = 2,

    /// <summary>A packet may stand for several UDP datagrams likewise.</summary>
    UdpSegmentation = 4,
}
