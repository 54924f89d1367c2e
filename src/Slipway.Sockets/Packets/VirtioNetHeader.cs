using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// What stands before every packet of a socket with PACKET_VNET_HDR: struct virtio_net_hdr (virtio 1.2 §5.1.6). It says what is still to be done to a packet, so that one which stands
/// for many segments can be sent and received whole. All numbers are little-endian in the structure.
/// </summary>
/// <param name="Flags">1: the checksum is to be completed; 2: it has been verified.</param>
/// <param name="Segmentation">0 none, 1 TCP over IPv4, 4 TCP over IPv6, 5 UDP; with 0x80 the segments have ECN's CWR.</param>
/// <param name="HeaderLength">Bytes of all headers: a hint.</param>
/// <param name="SegmentSize">Payload bytes of each segment.</param>
/// <param name="ChecksumStart">Where the checksum's sum begins: the transport header.</param>
/// <param name="ChecksumOffset">Where from there the checksum stands.</param>
public readonly record struct VirtioNetHeader(byte Flags, byte Segmentation, ushort HeaderLength, ushort SegmentSize, ushort ChecksumStart, ushort ChecksumOffset)
{
    /// <summary>Bytes of the structure.</summary>
    public const int StructureLength = 10;

    /// <summary>Bytes of struct virtio_net_hdr_mrg_rxbuf, which PACKET_VNET_HDR_SZ takes too: two more, of no meaning here.</summary>
    public const int MergeableStructureLength = 12;

    /// <summary>VIRTIO_NET_HDR_F_NEEDS_CSUM.</summary>
    public const byte NeedsChecksum = 1;

    /// <summary>VIRTIO_NET_HDR_F_DATA_VALID.</summary>
    public const byte DataValid = 2;

    /// <summary>VIRTIO_NET_HDR_GSO_TCPV4.</summary>
    public const byte TcpOverIPv4 = 1;

    /// <summary>VIRTIO_NET_HDR_GSO_TCPV6.</summary>
    public const byte TcpOverIPv6 = 4;

    /// <summary>VIRTIO_NET_HDR_GSO_UDP_L4.</summary>
    public const byte Udp = 5;

    /// <summary>VIRTIO_NET_HDR_GSO_ECN.</summary>
    public const byte CongestionBit = 0x80;

    /// <summary>Reads the structure.</summary>
    /// <returns>False if there are too few bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out VirtioNetHeader header)
    {
        header = default;
        if (bytes.Length < StructureLength) return false;
        header = new VirtioNetHeader(
            bytes[0],
            bytes[1],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));
        return true;
    }

    /// <summary>Writes the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is room for fewer than <see cref="StructureLength"/> bytes.</exception>
    public void Write(Span<byte> destination)
    {
        destination = destination[..StructureLength];
        destination[0] = Flags;
        destination[1] = Segmentation;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[8..], ChecksumOffset);
    }
}
