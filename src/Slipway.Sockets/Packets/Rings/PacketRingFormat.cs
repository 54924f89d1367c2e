using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The headers in rings of packet sockets on a 64-bit machine (linux/if_packet.h): where their fields stand.</summary>
public static class PacketRingFormat
{
    /// <summary>TPACKET_ALIGNMENT.</summary>
    public const int Alignment = 16;

    /// <summary>Bytes of struct tpacket_block_desc, which begins a block of V3; the program's own bytes and the packets follow.</summary>
    public const int BlockHeaderLength = 48;

    /// <summary>Fields of a block's header: version, where the program's own bytes begin, tp_status (block_status), number of packets, where the first one begins.</summary>
    public const int BlockVersion = 0, BlockPrivate = 4, BlockStatus = 8, BlockPackets = 12, BlockFirst = 16;

    /// <summary>Further ones: bytes used, number of the block (64 bits), when it was begun and the time of its last packet (seconds and nanoseconds each).</summary>
    public const int BlockLength = 20, BlockSequence = 24, BlockBegan = 32, BlockEnded = 40;

    /// <summary>Fields of V3's packets: bytes to the next one (0 in the last), tp_rxhash, tp_vlan_tci, tp_vlan_tpid.</summary>
    public const int NextOffset = 0, HashOffset = 28, LongTagOffset = 32, LongTagProtocolOffset = 36;

    /// <summary>Fields of V2's packets: tp_vlan_tci, tp_vlan_tpid.</summary>
    public const int TagOffset = 24, TagProtocolOffset = 26;

    private const int StatusOfV3 = 20;

    /// <summary>Bytes of the header of a packet: struct tpacket_hdr, tpacket2_hdr, tpacket3_hdr (PACKET_HDRLEN). In a ring to receive from, struct sockaddr_ll follows.</summary>
    public static int HeaderLength(PacketRingVersion version) => version == PacketRingVersion.V3 ? 48 : 32;

    /// <summary>Where tp_status stands in the header.</summary>
    public static int StatusOffset(PacketRingVersion version) => version == PacketRingVersion.V3 ? StatusOfV3 : 0;

    /// <summary>Where tp_len stands; <see cref="CapturedOffset"/> is that of tp_snaplen.</summary>
    public static int LengthOffset(PacketRingVersion version) => version switch
    {
        PacketRingVersion.V1 => 8,
        PacketRingVersion.V2 => 4,
        _ => 16,
    };

    /// <summary>Where tp_snaplen stands.</summary>
    public static int CapturedOffset(PacketRingVersion version) => version switch
    {
        PacketRingVersion.V1 => 12,
        PacketRingVersion.V2 => 8,
        _ => 12,
    };

    /// <summary>Where tp_mac stands; tp_net follows.</summary>
    public static int OffsetsOffset(PacketRingVersion version) => version switch
    {
        PacketRingVersion.V1 => 16,
        PacketRingVersion.V2 => 12,
        _ => 24,
    };

    /// <summary>Where tp_sec stands; microseconds or nanoseconds follow.</summary>
    public static int TimeOffset(PacketRingVersion version) => version switch
    {
        PacketRingVersion.V1 => 20,
        PacketRingVersion.V2 => 16,
        _ => 4,
    };

    /// <summary>Reads a status word, and then sees all that was written before it was set.</summary>
    public static uint ReadStatus(Span<byte> word)
    {
        ref uint status = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<uint>(word[..sizeof(uint)]);
        return Volatile.Read(ref status);
    }

    /// <summary>Sets a status word; who sees it sees all that was written before.</summary>
    public static void WriteStatus(Span<byte> word, uint value)
    {
        ref uint status = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<uint>(word[..sizeof(uint)]);
        Volatile.Write(ref status, value);
    }

    /// <summary>A word of a header.</summary>
    public static uint Read(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
