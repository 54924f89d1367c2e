using System.Buffers.Binary;

namespace Slipway.Stack;

/// <summary>The fields of struct __sk_buff that a socket filter may use (linux/bpf.h; Linux sk_filter_is_valid_access): 4 bytes each.</summary>
internal static class EbpfContext
{
    public const int ScratchStart = 48, ScratchLength = 20;

    private const int Length = 0, PacketType = 4, Protocol = 16, VlanPresent = 20, VlanTag = 24, VlanProtocol = 28, IngressInterface = 36, Interface = 40, Hash = 68;

    public static bool IsReadable(long offset, int size) => size == 4 && offset % 4 == 0 && offset is >= 0 and <= Hash;

    /// <summary>cb[0] to cb[4] are the program's own.</summary>
    public static bool IsWritable(long offset, int size) => size == 4 && offset % 4 == 0 && offset is >= ScratchStart and < ScratchStart + ScratchLength;

    /// <summary>Reads a field; cb aside.</summary>
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
        // Mark, queue, priority and hash: a packet of this stack has none.
        _ => 0,
    };
}
