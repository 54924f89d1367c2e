using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>What PACKET_AUXDATA tells of a received packet: struct tpacket_auxdata, a control message of SOL_PACKET (packet(7)).</summary>
/// <param name="Status">Facts about checksum, VLAN tag and segmentation.</param>
/// <param name="Length">Bytes of the packet as it was.</param>
/// <param name="CapturedLength">Bytes that the filter left of it.</param>
/// <param name="NetworkOffset">Where the network header begins, from the first byte that was received.</param>
/// <param name="VlanTag">Priority and number of the VLAN, with <see cref="PacketStatus.VlanValid"/>.</param>
/// <param name="VlanProtocol">EtherType of the tag, with <see cref="PacketStatus.VlanProtocolValid"/>.</param>
public readonly record struct PacketAuxiliaryData(PacketStatus Status, int Length, int CapturedLength, ushort NetworkOffset, ushort VlanTag, ushort VlanProtocol)
{
    /// <summary>Bytes of the structure.</summary>
    public const int StructureLength = 20;

    /// <summary>Reads the data of a control message.</summary>
    /// <returns>False if it is shorter than the structure.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out PacketAuxiliaryData auxiliary)
    {
        auxiliary = default;
        if (data.Length < StructureLength) return false;
        auxiliary = new PacketAuxiliaryData(
            (PacketStatus)BinaryPrimitives.ReadUInt32LittleEndian(data),
            BinaryPrimitives.ReadInt32LittleEndian(data[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(data[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(data[14..]),
            BinaryPrimitives.ReadUInt16LittleEndian(data[16..]),
            BinaryPrimitives.ReadUInt16LittleEndian(data[18..]));
        return true;
    }

    /// <summary>Writes the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is room for fewer than <see cref="StructureLength"/> bytes.</exception>
    public void Write(Span<byte> destination)
    {
        destination[..StructureLength].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)Status);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], CapturedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[14..], NetworkOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[16..], VlanTag);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[18..], VlanProtocol);
    }
}
