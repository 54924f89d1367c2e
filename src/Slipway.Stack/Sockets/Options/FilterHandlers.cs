using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.OpenSocket>;

namespace Slipway.Stack;

/// <summary>Options of SOL_SOCKET that have to do with filters (socket(7); Linux net/core/filter.c).</summary>
internal static class FilterHandlers
{
    /// <summary>struct sock_fprog: a count of 16 bits and an address of 64.</summary>
    private const int ProgramLength = 16;

    public static OptionHandler[] All { get; } =
    [
        new()
        {
            Definition = SocketOptions.Find(SOL_SOCKET, SO_ATTACH_FILTER)!,
            ReadProgram = ReadFilter,
            Write = static (s, _, value) => ReadStructure(s, value),
        },
        Bytes(SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, null, static (s, _, value) => ReadStructure(s, value)),
        Bytes(SOL_SOCKET, SO_ATTACH_BPF, null, static (s, caller, value) => FindProgram(s, caller, value, out EbpfProgram? program) is var e && e == Errno.None ? Attach(s, program!) : e),
        Bytes(SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, null, static (s, caller, value) => FindProgram(s, caller, value, out EbpfProgram? program) is var e && e == Errno.None ? AttachToGroup(s, program!) : e),
        Number(SOL_SOCKET, SO_DETACH_FILTER, null, static (s, _, _) => Detach(s)),
        Number(SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, null, static (s, _, _) => s.ClearGroupProgram()),
        ReadOnly(SOL_SOCKET, SO_BPF_EXTENSIONS, static _ => BpfCode.SKF_AD_MAX),
        Number(SOL_SOCKET, SO_LOCK_FILTER, static s => s.Has(SocketFlags.LockFilter) ? 1 : 0, static (s, _, value) =>
        {
            if (value == 0 && s.Has(SocketFlags.LockFilter)) return Errno.EPERM;
            s.Set(SocketFlags.LockFilter, value != 0);
            return Errno.None;
        }),
    ];

    /// <summary>SO_ATTACH_FILTER.</summary>
    public static Errno Attach(OpenSocket socket, ReadOnlySpan<ClassicInstruction> instructions)
    {
        Errno error = Create(socket, instructions, out ClassicProgram? program);
        return error == Errno.None ? Attach(socket, program!) : error;
    }

    /// <summary>Puts a program in the place of the one that is there; ENOMEM where both together are too long (sk_filter_charge).</summary>
    public static Errno Attach(OpenSocket socket, PacketProgram program)
    {
        int most = socket.Host.Sysctl.Core.OptmemMax.Value;
        if (program.Memory > most || (socket.Filter?.Memory ?? 0) + program.Memory >= most) return Errno.ENOMEM;
        socket.Filter = program;
        return Errno.None;
    }

    /// <summary>Puts a program over the group of a socket.</summary>
    public static Errno AttachToGroup(OpenSocket socket, PacketProgram program)
        => program.Memory > socket.Host.Sysctl.Core.OptmemMax.Value ? Errno.ENOMEM : socket.SetGroupProgram(program);

    /// <summary>SO_ATTACH_REUSEPORT_CBPF.</summary>
    public static Errno AttachToGroup(OpenSocket socket, ReadOnlySpan<ClassicInstruction> instructions)
    {
        Errno error = Create(socket, instructions, out ClassicProgram? program);
        return error == Errno.None ? AttachToGroup(socket, program!) : error;
    }

    /// <summary>The program that a descriptor names.</summary>
    public static Errno FindProgram(OpenSocket socket, Caller caller, ReadOnlySpan<byte> value, out EbpfProgram? program)
    {
        program = null;
        if (value.Length != sizeof(int)) return Errno.EINVAL;
        if (socket.IsFilterLocked) return Errno.EPERM;
        if (!caller.Descriptors.TryGet(BinaryPrimitives.ReadInt32LittleEndian(value), out OpenFile? file)) return Errno.EBADF;
        program = (file as EbpfProgramFile)?.Program;
        return program is null ? Errno.EINVAL : Errno.None;
    }

    private static Errno Create(OpenSocket socket, ReadOnlySpan<ClassicInstruction> instructions, out ClassicProgram? program)
    {
        program = null;
        return socket.IsFilterLocked ? Errno.EPERM : ClassicProgram.Create(instructions, out program);
    }

    private static Errno Detach(OpenSocket socket)
    {
        if (socket.IsFilterLocked) return Errno.EPERM;
        if (socket.Filter is null) return Errno.ENOENT;
        socket.Filter = null;
        return Errno.None;
    }

    /// <summary>struct sock_fprog as bytes: its address can point to nothing here, so the end is EFAULT at best; programs come by AttachFilter.</summary>
    public static Errno ReadStructure(OpenSocket socket, ReadOnlySpan<byte> value)
    {
        if (value.Length != ProgramLength) return Errno.EINVAL;
        if (socket.IsFilterLocked) return Errno.EPERM;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(value);
        bool isNull = BinaryPrimitives.ReadUInt64LittleEndian(value[8..]) == 0;
        return isNull || count is 0 or > BpfCode.BPF_MAXINSNS ? Errno.EINVAL : Errno.EFAULT;
    }

    private static CallResult ReadFilter(OpenSocket socket, Span<byte> value, int count)
    {
        if (socket.Filter is not { } filter) return 0;
        CallResult length = filter.Read(default);
        if (!length.Succeeded || count == 0) return length;
        if (count < length.Value) return Errno.EINVAL;
        var instructions = new ClassicInstruction[length.Value];
        filter.Read(instructions);
        ReadOnlySpan<byte> bytes = new ClassicFilter(instructions).ToBytes();
        OptionTable.Cut(bytes, value);
        return length;
    }
}
