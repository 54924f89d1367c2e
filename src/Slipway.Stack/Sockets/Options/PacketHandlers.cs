using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.PacketSocket>;

namespace Slipway.Stack;

/// <summary>Options of SOL_PACKET (packet(7)).</summary>
internal static class PacketHandlers
{
    public static OptionHandler[] All { get; } =
    [
        Bytes(SOL_PACKET, PACKET_ADD_MEMBERSHIP, null, static (s, _, value) => s.SetMembership(value, adds: true)),
        Bytes(SOL_PACKET, PACKET_DROP_MEMBERSHIP, null, static (s, _, value) => s.SetMembership(value, adds: false)),
        Bytes(SOL_PACKET, PACKET_RX_RING, null, static (s, _, value) => s.SetRing(value, sends: false)),
        Bytes(SOL_PACKET, PACKET_TX_RING, null, static (s, _, value) => s.SetRing(value, sends: true)),
        Exact(PACKET_VERSION, static s => (int)s.RingVersion, static (s, value) => s.SetRingVersion(value)),
        Bytes(SOL_PACKET, PACKET_HDRLEN, ReadHeaderLength, null),
        Exact(PACKET_RESERVE, static s => s.RingReserve, static (s, value) => s.SetRingReserve(value)),
        Exact(PACKET_LOSS, static s => s.PassesOverMalformed ? 1 : 0, static (s, value) => s.SetLoss(value)),
        Exact(PACKET_TX_HAS_OFF, static s => s.HasSendOffset ? 1 : 0, static (s, value) => s.SetSendOffset(value)),
        Exact(PACKET_COPY_THRESH, static s => s.CopyThreshold, static (s, value) =>
        {
            s.CopyThreshold = value;
            return Errno.None;
        }),
        Exact(PACKET_TIMESTAMP, static s => s.TimestampSource, static (s, value) =>
        {
            s.TimestampSource = value;
            return Errno.None;
        }),
        Bytes(SOL_PACKET, PACKET_STATISTICS, ReadStatistics, null),
        Number(SOL_PACKET, PACKET_AUXDATA, static s => s.TellsAuxiliaryData ? 1 : 0, static (s, value) => s.TellsAuxiliaryData = value != 0),
        Number(SOL_PACKET, PACKET_ORIGDEV, static s => s.TellsOriginalDevice ? 1 : 0, static (s, value) => s.TellsOriginalDevice = value != 0),
        Number(SOL_PACKET, PACKET_VNET_HDR, static s => s.VirtioLength != 0 ? 1 : 0, static (s, _, value) => SetVirtioLength(s, value == 0 ? 0 : VirtioNetHeader.StructureLength)),
        Number(SOL_PACKET, PACKET_VNET_HDR_SZ, static s => s.VirtioLength, static (s, _, value) => SetVirtioLength(s, value)),
        Exact(PACKET_QDISC_BYPASS, static s => s.BypassesQueue ? 1 : 0, static (s, value) =>
        {
            s.BypassesQueue = value != 0;
            return Errno.None;
        }),
        Exact(PACKET_IGNORE_OUTGOING, static s => s.IgnoresOutgoing ? 1 : 0, static (s, value) =>
        {
            if (value is < 0 or > 1) return Errno.EINVAL;
            s.IgnoresOutgoing = value == 1;
            return Errno.None;
        }),
        new()
        {
            Definition = Row(SOL_PACKET, PACKET_FANOUT),
            Get = static s => ((PacketSocket)s).Group?.Value ?? 0,
            Write = static (s, _, value) => s.Host.Packets.Fanouts.Join((PacketSocket)s, value),
        },
        Bytes(SOL_PACKET, PACKET_ROLLOVER_STATS, ReadRolloverStatistics, null),
        Bytes(SOL_PACKET, PACKET_FANOUT_DATA, null, WriteFanoutData),
    ];

    /// <summary>PACKET_FANOUT_DATA with the instructions themselves.</summary>
    public static Errno AttachToFanout(PacketSocket socket, ReadOnlySpan<ClassicInstruction> instructions)
    {
        Errno error = CheckFanoutData(socket, PacketFanoutMode.ClassicProgram);
        if (error != Errno.None) return error;
        error = ClassicProgram.Create(instructions, out ClassicProgram? program);
        if (error == Errno.None) socket.Group!.Program = program;
        return error;
    }

    /// <summary>An int of exactly four bytes.</summary>
    private static OptionHandler Exact(int number, Func<PacketSocket, int> get, Func<PacketSocket, int, Errno> set) => new()
    {
        Definition = Row(SOL_PACKET, number),
        Get = socket => get((PacketSocket)socket),
        Write = (socket, _, value) => value.Length == sizeof(int) ? set((PacketSocket)socket, BinaryPrimitives.ReadInt32LittleEndian(value)) : Errno.EINVAL,
    };

    private static Errno SetVirtioLength(PacketSocket socket, int length)
    {
        if (socket.Type != SocketType.Raw || length is not (0 or VirtioNetHeader.StructureLength or VirtioNetHeader.MergeableStructureLength)) return Errno.EINVAL;
        if (socket.HasRing) return Errno.EBUSY;
        socket.VirtioLength = length;
        return Errno.None;
    }

    private static CallResult ReadStatistics(PacketSocket socket, Span<byte> value)
    {
        PacketStatistics statistics = socket.TakeStatistics();
        Span<byte> bytes = stackalloc byte[3 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, statistics.Packets);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[sizeof(uint)..], statistics.Drops);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(2 * sizeof(uint))..], statistics.Freezes);
        return OptionTable.Cut(socket.RingVersion == PacketRingVersion.V3 ? bytes : bytes[..(2 * sizeof(uint))], value);
    }

    /// <summary>PACKET_HDRLEN: asked with a version in the place of the answer.</summary>
    private static CallResult ReadHeaderLength(PacketSocket socket, Span<byte> value)
    {
        if (value.Length < sizeof(int)) return Errno.EINVAL;
        int version = BinaryPrimitives.ReadInt32LittleEndian(value);
        if (version is < (int)PacketRingVersion.V1 or > (int)PacketRingVersion.V3) return Errno.EINVAL;
        BinaryPrimitives.WriteInt32LittleEndian(value, PacketRingFormat.HeaderLength((PacketRingVersion)version));
        return sizeof(int);
    }

    private static CallResult ReadRolloverStatistics(PacketSocket socket, Span<byte> value)
    {
        if (socket.Rollover is not { } rollover) return Errno.EINVAL;
        Span<byte> bytes = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, rollover.All);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(ulong)..], rollover.Huge);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(2 * sizeof(ulong))..], rollover.Failed);
        return OptionTable.Cut(bytes, value);
    }

    private static Errno CheckFanoutData(PacketSocket socket, PacketFanoutMode mode)
        => socket.Group is not { } group || group.Mode != mode ? Errno.EINVAL : socket.IsFilterLocked ? Errno.EPERM : Errno.None;

    private static Errno WriteFanoutData(PacketSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        if (socket.Group is not { } group || group.Mode is not (PacketFanoutMode.ClassicProgram or PacketFanoutMode.ExtendedProgram)) return Errno.EINVAL;
        if (socket.IsFilterLocked) return Errno.EPERM;
        if (group.Mode == PacketFanoutMode.ClassicProgram) return FilterHandlers.ReadStructure(socket, value);
        Errno error = FilterHandlers.FindProgram(socket, caller, value, out EbpfProgram? program);
        if (error == Errno.None) group.Program = program;
        return error;
    }
}
