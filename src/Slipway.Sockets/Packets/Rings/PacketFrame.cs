using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A packet in a ring, where it lies. It is the reader's until the ring is told to go on or to give back; then the kernel writes there again.</summary>
public readonly ref struct PacketFrame
{
    private readonly ReadOnlySpan<byte> _slot;
    private readonly PacketRingVersion _version;
    private readonly int _start;

    /// <summary>Takes a slot, or a packet of a block, whose header and bounds hold.</summary>
    internal PacketFrame(PacketRingVersion version, ReadOnlySpan<byte> slot, PacketStatus status, int start, int length)
    {
        _version = version;
        _slot = slot;
        _start = start;
        Status = status;
        Data = slot.Slice(start, length);
    }

    /// <summary>The packet, as far as it was kept: of a raw socket from the link header on, else from the network header.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>tp_status.</summary>
    public PacketStatus Status { get; }

    /// <summary>tp_len: its length before a filter or too little room cut it.</summary>
    public int OriginalLength => (int)PacketRingFormat.Read(_slot, PacketRingFormat.LengthOffset(_version));

    /// <summary>Where in <see cref="Data"/> the network header begins.</summary>
    public int NetworkOffset => BinaryPrimitives.ReadUInt16LittleEndian(_slot[(PacketRingFormat.OffsetsOffset(_version) + 2)..]) - _start;

    /// <summary>When it came or went, nanoseconds since 1970; of V1 in whole microseconds.</summary>
    public long UnixNanoseconds
    {
        get
        {
            ReadOnlySpan<byte> time = _slot[PacketRingFormat.TimeOffset(_version)..];
            long fraction = PacketRingFormat.Read(time, sizeof(uint));
            return PacketRingFormat.Read(time, 0) * 1_000_000_000L + (_version == PacketRingVersion.V1 ? fraction * 1000 : fraction);
        }
    }

    /// <summary>Where it came from.</summary>
    public LinkLayerAddress From => LinkLayerAddress.TryRead(_slot[PacketRingFormat.HeaderLength(_version)..], out LinkLayerAddress from) ? from : default;

    /// <summary>Priority and number of the VLAN, with <see cref="PacketStatus.VlanValid"/>. V1 does not tell.</summary>
    public ushort VlanTag => _version switch
    {
        PacketRingVersion.V1 => 0,
        PacketRingVersion.V2 => BinaryPrimitives.ReadUInt16LittleEndian(_slot[PacketRingFormat.TagOffset..]),
        _ => (ushort)PacketRingFormat.Read(_slot, PacketRingFormat.LongTagOffset),
    };

    /// <summary>EtherType of the tag, with <see cref="PacketStatus.VlanProtocolValid"/>. V1 does not tell.</summary>
    public ushort VlanProtocol => _version switch
    {
        PacketRingVersion.V1 => 0,
        PacketRingVersion.V2 => BinaryPrimitives.ReadUInt16LittleEndian(_slot[PacketRingFormat.TagProtocolOffset..]),
        _ => BinaryPrimitives.ReadUInt16LittleEndian(_slot[PacketRingFormat.LongTagProtocolOffset..]),
    };

    /// <summary>tp_rxhash, where <see cref="PacketRingRequest.FillsHash"/> asked for it: the same for all packets of a flow; 0 for what is of none.</summary>
    public uint Hash => _version == PacketRingVersion.V3 ? PacketRingFormat.Read(_slot, PacketRingFormat.HashOffset) : 0;

    /// <summary>What stands before the packet with PACKET_VNET_HDR.</summary>
    /// <returns>False where there is no room for it: the packet was cut to nothing.</returns>
    public bool TryReadVirtioHeader(out VirtioNetHeader header)
    {
        int start = _start - VirtioNetHeader.StructureLength;
        header = default;
        return start >= PacketRingFormat.HeaderLength(_version) && VirtioNetHeader.TryRead(_slot[start..], out header);
    }
}
