using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A packet socket as sock_diag(7) tells of it (struct packet_diag_msg).</summary>
/// <param name="Type">Raw or datagram.</param>
/// <param name="Protocol">What it sees: an EtherType, or another constant of <see cref="EthernetProtocol"/>.</param>
/// <param name="Inode">The number that fstat tells.</param>
public sealed record DiagnosedPacketSocket(SocketType Type, ushort Protocol, uint Inode)
{
    private const int Length = 16, MembershipLength = 44, MembershipAddressOffset = 12, RingLength = 28, InfoLength = 24, InstructionLength = 8;
    private const ushort Info = 0, Members = 1, ReceiveRingAttribute = 2, SendRingAttribute = 3, FanoutAttribute = 4, User = 5, MemoryAttribute = 6, FilterAttribute = 7;

    /// <summary>The number that no other socket of the system has (SO_COOKIE).</summary>
    public ulong Cookie { get; init; }

    /// <summary>The interface; 0 for all, -1 of a socket whose interface is gone.</summary>
    public int Interface { get; init; }

    /// <summary>PACKET_VERSION.</summary>
    public PacketRingVersion Version { get; init; }

    /// <summary>PACKET_RESERVE.</summary>
    public uint Reserve { get; init; }

    /// <summary>PACKET_COPY_THRESH.</summary>
    public uint CopyThreshold { get; init; }

    /// <summary>PACKET_TIMESTAMP.</summary>
    public uint TimestampSource { get; init; }

    /// <summary>Facts about it.</summary>
    public DiagnosedPacketFlags Flags { get; init; }

    /// <summary>Whose it is.</summary>
    public uint UserId { get; init; }

    /// <summary>The ring to receive from, its step of time worked out; null for none.</summary>
    public PacketRingRequest? ReceiveRing { get; init; }

    /// <summary>The ring to send from; null for none.</summary>
    public PacketRingRequest? SendRing { get; init; }

    /// <summary>Its group, without flags; null for none.</summary>
    public PacketFanout? Fanout { get; init; }

    /// <summary>What it has devices let in, the newest first.</summary>
    public IReadOnlyList<DiagnosedPacketMembership> Memberships { get; init; } = [];

    /// <summary>Memory: received, its limit, sent, its limit, reserved, queued to send, options, backlog, drops.</summary>
    public IReadOnlyList<uint> Memory { get; init; } = [];

    /// <summary>Its classic filter, told to who may change the network; empty for none.</summary>
    public IReadOnlyList<ClassicInstruction> Filter { get; init; } = [];

    /// <summary>Reads SOCK_DIAG_BY_FAMILY of AF_PACKET.</summary>
    public static DiagnosedPacketSocket Read(NetlinkReader message)
    {
        ReadOnlySpan<byte> body = message.Body.Length >= Length ? message.Body : new byte[Length];
        var socket = new DiagnosedPacketSocket((SocketType)body[1], BinaryPrimitives.ReadUInt16LittleEndian(body[2..]), BinaryPrimitives.ReadUInt32LittleEndian(body[4..]))
        {
            Cookie = BinaryPrimitives.ReadUInt64LittleEndian(body[8..]),
        };
        NetlinkAttributeReader attributes = message.Attributes(Length);
        while (attributes.MoveNext()) socket = socket.With(attributes);
        return socket;
    }

    private DiagnosedPacketSocket With(in NetlinkAttributeReader attribute) => attribute.Type switch
    {
        Info when attribute.Value.Length >= InfoLength => WithInfo(attribute.Value),
        Members => this with { Memberships = ReadMemberships(attribute.Value) },
        ReceiveRingAttribute when attribute.Value.Length >= RingLength => this with { ReceiveRing = ReadRing(attribute.Value) },
        SendRingAttribute when attribute.Value.Length >= RingLength => this with { SendRing = ReadRing(attribute.Value) },
        FanoutAttribute => this with { Fanout = PacketFanout.FromValue(attribute.UInt32) },
        User => this with { UserId = attribute.UInt32 },
        MemoryAttribute => this with { Memory = ReadWords(attribute.Value) },
        FilterAttribute => this with { Filter = ReadFilter(attribute.Value) },
        _ => this,
    };

    private DiagnosedPacketSocket WithInfo(ReadOnlySpan<byte> info) => this with
    {
        Interface = BinaryPrimitives.ReadInt32LittleEndian(info),
        Version = (PacketRingVersion)BinaryPrimitives.ReadInt32LittleEndian(info[4..]),
        Reserve = BinaryPrimitives.ReadUInt32LittleEndian(info[8..]),
        CopyThreshold = BinaryPrimitives.ReadUInt32LittleEndian(info[12..]),
        TimestampSource = BinaryPrimitives.ReadUInt32LittleEndian(info[16..]),
        Flags = (DiagnosedPacketFlags)BinaryPrimitives.ReadUInt32LittleEndian(info[20..]),
    };

    /// <summary>The structure is that of a request of V3, whatever the version.</summary>
    private static PacketRingRequest ReadRing(ReadOnlySpan<byte> ring) => PacketRingRequest.TryRead(PacketRingVersion.V3, ring, out PacketRingRequest request) ? request : default;

    private static DiagnosedPacketMembership[] ReadMemberships(ReadOnlySpan<byte> list)
    {
        var memberships = new DiagnosedPacketMembership[list.Length / MembershipLength];
        for (int i = 0; i < memberships.Length; i++)
        {
            ReadOnlySpan<byte> one = list.Slice(i * MembershipLength, MembershipLength);
            int length = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(one[10..]), MembershipLength - MembershipAddressOffset);
            memberships[i] = new DiagnosedPacketMembership(BinaryPrimitives.ReadInt32LittleEndian(one), BinaryPrimitives.ReadInt32LittleEndian(one[4..]),
                (PacketMembership)BinaryPrimitives.ReadUInt16LittleEndian(one[8..]), one.Slice(MembershipAddressOffset, length).ToArray());
        }
        return memberships;
    }

    private static uint[] ReadWords(ReadOnlySpan<byte> bytes)
    {
        uint[] words = new uint[bytes.Length / sizeof(uint)];
        for (int i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
        return words;
    }

    private static ClassicInstruction[] ReadFilter(ReadOnlySpan<byte> bytes)
    {
        var program = new ClassicInstruction[bytes.Length / InstructionLength];
        for (int i = 0; i < program.Length; i++)
        {
            ReadOnlySpan<byte> one = bytes[(i * InstructionLength)..];
            program[i] = new ClassicInstruction(BinaryPrimitives.ReadUInt16LittleEndian(one), one[2], one[3], BinaryPrimitives.ReadUInt32LittleEndian(one[4..]));
        }
        return program;
    }
}
