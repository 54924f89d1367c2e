using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.PacketRingFormat;

namespace Slipway.Stack;

/// <summary>Headers of packets in rings to receive from (struct tpacket_hdr, tpacket2_hdr, tpacket3_hdr, each followed by struct sockaddr_ll), all but their status.</summary>
internal static class RingHeader
{
    private const int AddressOffset = 12, PaddingOfV3 = 40, EndOfV2 = 28;

    public static void Write(PacketRingVersion version, Span<byte> slot, in QueuedFrame frame, int captured, int mac, int network, long time)
    {
        BinaryPrimitives.WriteInt32LittleEndian(slot[LengthOffset(version)..], frame.OriginalLength);
        BinaryPrimitives.WriteInt32LittleEndian(slot[CapturedOffset(version)..], captured);
        Span<byte> offsets = slot[OffsetsOffset(version)..];
        BinaryPrimitives.WriteUInt16LittleEndian(offsets, (ushort)mac);
        BinaryPrimitives.WriteUInt16LittleEndian(offsets[2..], (ushort)network);
        WriteTime(slot[TimeOffset(version)..], time, inNanoseconds: version != PacketRingVersion.V1);
        switch (version)
        {
            case PacketRingVersion.V2:
                BinaryPrimitives.WriteUInt16LittleEndian(slot[TagOffset..], frame.VlanTag);
                BinaryPrimitives.WriteUInt16LittleEndian(slot[TagProtocolOffset..], frame.VlanProtocol);
                slot[EndOfV2..HeaderLength(version)].Clear();
                break;
            case PacketRingVersion.V3:
                BinaryPrimitives.WriteUInt32LittleEndian(slot[LongTagOffset..], frame.VlanTag);
                BinaryPrimitives.WriteUInt16LittleEndian(slot[LongTagProtocolOffset..], frame.VlanProtocol);
                slot[PaddingOfV3..HeaderLength(version)].Clear();
                break;
        }
        Span<byte> address = stackalloc byte[LinkLayerAddress.StructureLength];
        frame.From.Write(address);
        // Of the address field no more is written than the link's addresses have.
        address[..(AddressOffset + frame.From.AddressLength)].CopyTo(slot[HeaderLength(version)..]);
    }

    /// <summary>Seconds, and micro- or nanoseconds, in 32 bits each.</summary>
    public static void WriteTime(Span<byte> destination, long sinceEpoch, bool inNanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(sinceEpoch, StackClock.Second);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[sizeof(uint)..], (uint)(inNanoseconds ? rest : rest / StackClock.Microsecond));
    }
}
