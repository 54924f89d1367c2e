using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    /// <inheritdoc/>
    public override Errno AttachFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program) => SetProgram(descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_ATTACH_FILTER, program);

    /// <inheritdoc/>
    public override Errno AttachReusePortFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program)
        => SetProgram(descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_ATTACH_REUSEPORT_CBPF, program);

    /// <inheritdoc/>
    public override Errno AttachFanoutFilter(int descriptor, ReadOnlySpan<ClassicInstruction> program)
        => SetProgram(descriptor, SocketLevel.SOL_PACKET, SocketOptionName.PACKET_FANOUT_DATA, program);

    /// <inheritdoc/>
    public override unsafe CallResult GetFilter(int descriptor, Span<ClassicInstruction> program)
    {
        // Here the length counts instructions, not bytes (sk_get_filter).
        int count = program.Length;
        NativeInstruction[] native = new NativeInstruction[Math.Max(1, count)];
        fixed (NativeInstruction* room = native)
        {
            Errno error = Libc.Status(Libc.GetSockOpt(descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_ATTACH_FILTER, (byte*)room, &count));
            if (error != Errno.None) return error;
        }
        for (int i = 0; i < program.Length && i < count; i++) program[i] = new ClassicInstruction(native[i].Code, native[i].JumpTrue, native[i].JumpFalse, native[i].K);
        return count;
    }

    /// <summary>SO_GET_FILTER by getsockopt: the length counts instructions, so the kernel writes eight times as many bytes, into room of that size; what fits comes over.</summary>
    private static unsafe Errno GetProgramBytes(int descriptor, Span<byte> value, ref int length)
    {
        int room = Math.Clamp(length, 0, BpfCode.BPF_MAXINSNS) * ClassicInstruction.StructureLength;
        byte[] scratch = new byte[room + 1];
        fixed (byte* bytes = scratch)
        fixed (int* count = &length)
        {
            // No program is longer than the room, so a longer claim changes nothing.
            *count = Math.Min(*count, BpfCode.BPF_MAXINSNS);
            Errno error = Libc.Status(Libc.GetSockOpt(descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_ATTACH_FILTER, bytes, count));
            if (error == Errno.None && room > 0) scratch.AsSpan(0, Math.Min(Math.Min(*count * ClassicInstruction.StructureLength, room), value.Length)).CopyTo(value);
            return error;
        }
    }

    private static unsafe Errno SetProgram(int descriptor, int level, int option, ReadOnlySpan<ClassicInstruction> program)
    {
        // One more, so that there is an address even of no instructions: the kernel then judges their number.
        var native = new NativeInstruction[program.Length + 1];
        for (int i = 0; i < program.Length; i++)
            native[i] = new NativeInstruction { Code = program[i].Code, JumpTrue = program[i].JumpTrue, JumpFalse = program[i].JumpFalse, K = program[i].K };
        fixed (NativeInstruction* first = native)
        {
            // More than 16 bits can count are too many in any case: the most that can be counted is as invalid.
            var structure = new NativeProgram { Length = (ushort)Math.Min(program.Length, ushort.MaxValue), First = first };
            return Libc.Status(Libc.SetSockOpt(descriptor, level, option, (byte*)&structure, sizeof(NativeProgram)));
        }
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeInstruction
    {
        public ushort Code;
        public byte JumpTrue, JumpFalse;
        public uint K;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct NativeProgram
    {
        public ushort Length;
        public NativeInstruction* First;
    }
}
