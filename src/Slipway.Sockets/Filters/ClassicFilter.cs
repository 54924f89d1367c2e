using System.Runtime.InteropServices;
using System.Text;

namespace Slipway.Sockets;

/// <summary>
/// A program of classic BPF, as <see cref="Socket.AttachFilter"/> takes it. It is only held here: whether it is valid the system says that it is attached to, with EINVAL.
/// </summary>
/// <remarks>A program gives for each packet how many bytes of it are kept: 0 drops the packet (socket(7), SO_ATTACH_FILTER). On UDP the packet begins at the UDP header, on TCP at the TCP header.</remarks>
public sealed class ClassicFilter
{
    private readonly ClassicInstruction[] _instructions;

    /// <summary>A program of these instructions.</summary>
    public ClassicFilter(params ReadOnlySpan<ClassicInstruction> instructions) => _instructions = instructions.ToArray();

    /// <summary>The instructions, first to last.</summary>
    public ReadOnlySpan<ClassicInstruction> Instructions => _instructions;

    /// <summary>How many there are.</summary>
    public int Length => _instructions.Length;

    /// <summary>Reads a program in the syntax of bpf_asm, or as <c>tcpdump -d</c>, <c>-dd</c> or <c>-ddd</c> prints one. See docs/filters.md.</summary>
    /// <exception cref="FilterSyntaxException">A line is none of these; the message says which and why.</exception>
    public static ClassicFilter Assemble(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ClassicFilter(new ClassicAssembler().Assemble(text));
    }

    /// <summary>Reads an array of struct sock_filter, in the machine's byte order.</summary>
    /// <exception cref="ArgumentException">The bytes are no whole number of instructions.</exception>
    public static ClassicFilter Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % ClassicInstruction.StructureLength != 0) throw new ArgumentException("An instruction has 8 bytes.", nameof(bytes));
        var instructions = new ClassicInstruction[bytes.Length / ClassicInstruction.StructureLength];
        for (int i = 0; i < instructions.Length; i++, bytes = bytes[ClassicInstruction.StructureLength..])
        {
            instructions[i] = new ClassicInstruction(
                MemoryMarshal.Read<ushort>(bytes), bytes[2], bytes[3], MemoryMarshal.Read<uint>(bytes[4..]));
        }
        return new ClassicFilter(instructions);
    }

    /// <summary>The array of struct sock_filter, in the machine's byte order.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[_instructions.Length * ClassicInstruction.StructureLength];
        Span<byte> rest = bytes;
        foreach (ClassicInstruction instruction in _instructions)
        {
            MemoryMarshal.Write(rest, instruction.Code);
            rest[2] = instruction.JumpTrue;
            rest[3] = instruction.JumpFalse;
            MemoryMarshal.Write(rest[4..], instruction.K);
            rest = rest[ClassicInstruction.StructureLength..];
        }
        return bytes;
    }

    /// <summary>The program in the syntax that <see cref="Assemble"/> reads; an instruction that has no such form stands in its numbers.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        ClassicDisassembler.Write(_instructions, text);
        return text.ToString();
    }
}
