using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>What a ring is to be: struct tpacket_req, and struct tpacket_req3 for <see cref="PacketRingVersion.V3"/> (packet(7), PACKET_RX_RING, PACKET_TX_RING).</summary>
/// <param name="BlockSize">Bytes of a block: a multiple of the page (4096), no less than a slot.</param>
/// <param name="BlockCount">Blocks; 0, together with <see cref="FrameCount"/>, takes the ring away.</param>
/// <param name="FrameSize">Bytes of a slot with its header: a multiple of 16. A ring of blocks has no slots, but the kernel checks it all the same.</param>
/// <param name="FrameCount">Slots: as many as fit into the blocks, exactly. A slot lies in one block.</param>
public readonly record struct PacketRingRequest(uint BlockSize, uint BlockCount, uint FrameSize, uint FrameCount)
{
    /// <summary>Bytes of struct tpacket_req.</summary>
    public const int StructureLength = 16;

    /// <summary>Bytes of struct tpacket_req3.</summary>
    public const int BlockStructureLength = 28;

    /// <summary>TP_FT_REQ_FILL_RXHASH: each packet in a block comes with a hash of its flow.</summary>
    public const uint FillsHash = 1;

    /// <summary>The layout.</summary>
    public PacketRingVersion Version { get; init; }

    /// <summary>tp_retire_blk_tov: milliseconds after which a block that holds packets is handed over though it is not full; 0 leaves it to the speed of the interface. Of V3 alone.</summary>
    public uint RetireMilliseconds { get; init; }

    /// <summary>tp_sizeof_priv: bytes behind the header of a block that are the program's own. Of V3 alone.</summary>
    public uint PrivateSize { get; init; }

    /// <summary>tp_feature_req_word: <see cref="FillsHash"/>. Of V3 alone.</summary>
    public uint Features { get; init; }

    /// <summary>Bytes of memory that it takes.</summary>
    public long Length => (long)BlockSize * BlockCount;

    /// <summary>A ring that is filled up with slots.</summary>
    /// <param name="version">The layout.</param>
    /// <param name="blocks">Blocks.</param>
    /// <param name="blockSize">Bytes of each, a multiple of 4096.</param>
    /// <param name="frameSize">Bytes of a slot, a multiple of 16: header, up to 84 bytes, and packet.</param>
    public static PacketRingRequest Of(PacketRingVersion version, uint blocks, uint blockSize = 1 << 16, uint frameSize = 1 << 11)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frameSize);
        return new PacketRingRequest(blockSize, blocks, frameSize, blockSize / frameSize * blocks) { Version = version };
    }

    /// <summary>Writes the structure of the version.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="ArgumentException">There is too little room.</exception>
    public int Write(Span<byte> destination)
    {
        int length = Version == PacketRingVersion.V3 ? BlockStructureLength : StructureLength;
        if (destination.Length < length) throw new ArgumentException($"The structure has {length} bytes.", nameof(destination));
        BinaryPrimitives.WriteUInt32LittleEndian(destination, BlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], BlockCount);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], FrameSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], FrameCount);
        if (length == StructureLength) return length;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], RetireMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], PrivateSize);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], Features);
        return length;
    }

    /// <summary>Reads the structure of a version.</summary>
    /// <returns>False if it is too short.</returns>
    public static bool TryRead(PacketRingVersion version, ReadOnlySpan<byte> structure, out PacketRingRequest request)
    {
        request = default;
        if (structure.Length < (version == PacketRingVersion.V3 ? BlockStructureLength : StructureLength)) return false;
        request = new PacketRingRequest(BinaryPrimitives.ReadUInt32LittleEndian(structure), BinaryPrimitives.ReadUInt32LittleEndian(structure[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(structure[8..]), BinaryPrimitives.ReadUInt32LittleEndian(structure[12..])) { Version = version };
        if (version != PacketRingVersion.V3) return true;
        request = request with
        {
            RetireMilliseconds = BinaryPrimitives.ReadUInt32LittleEndian(structure[16..]),
            PrivateSize = BinaryPrimitives.ReadUInt32LittleEndian(structure[20..]),
            Features = BinaryPrimitives.ReadUInt32LittleEndian(structure[24..]),
        };
        return true;
    }
}
