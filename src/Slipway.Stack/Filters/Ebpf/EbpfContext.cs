using System.Buffers.Binary;

namespace Slipway.Stack;

/// <summary>The fields of struct __sk_buff that a socket filter may use, whole or in parts that are aligned (linux/bpf.h; Linux sk_filter_is_valid_access).</summary>
internal static class EbpfContext
{
    /// <summary>cb[0] to cb[4]: five words that are the program's own.</summary>
    public const int ScratchStart = 48, ScratchLength = 20;

    private const int FieldLength = 4;

    private const int Length = 0, PacketType = 4, Protocol = 16, VlanPresent = 20, VlanTag = 24, VlanProtocol = 28, IngressInterface = 36, Interface = 40, Hash = 68;
    private const int NapiId = 84, SegmentCount = 164, SegmentSize = 176;

    public static bool IsReadable(int offset, int size)
    {
        if (offset % size != 0) return false;
        bool isField = offset is >= 0 and < Hash + FieldLength || (offset & -FieldLength) is NapiId or SegmentCount or SegmentSize;
        return isField && size <= FieldLength || IsWritable(offset, size);
    }

    public static bool IsWritable(int offset, int size) => offset % size == 0 && offset >= ScratchStart && offset + size <= ScratchStart + ScratchLength;

    /// <summary>Reads the field of an offset; cb aside.</summary>
    public static uint Read(in FilterPacket packet, int offset) => offset switch
    {
        Length => (uint)packet.Length,
        PacketType => packet.PacketType,
        // In network order, as the kernel keeps it.
        Protocol => BinaryPrimitives.ReverseEndianness((ushort)packet.Protocol),
        VlanPresent => packet.VlanProtocol == 0 ? 0u : 1u,
        VlanTag => packet.VlanTag,
        VlanProtocol => BinaryPrimitives.ReverseEndianness((ushort)packet.VlanProtocol),
        IngressInterface or Interface => packet.InterfaceIndex,
        // Mark, queue, priority, hash, receive queue and segments of a device: a packet of this stack has none.
        _ => 0,
    };

    /// <summary>Reads a part of a field: the machine is a little-endian one.</summary>
    public static ulong ReadPart(in FilterPacket packet, int offset) => Read(packet, offset & -FieldLength) >> (offset & FieldLength - 1) * 8;
}
