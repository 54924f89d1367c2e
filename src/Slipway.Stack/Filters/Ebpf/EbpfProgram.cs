using System.Runtime.InteropServices;
using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>
/// A checked program of eBPF and its machine (RFC 9669): eleven registers, and up to 512 bytes of stack for all functions that wait for each other. Addresses are numbers of the machine's own —
/// a region in the upper bits, an offset in the lower — so that whatever a program does with them names bytes of its stack or its maps, or nothing.
/// </summary>
internal sealed partial class EbpfProgram : PacketProgram
{
    /// <summary>Programs that one may call instead of its own end, one after the other (Linux MAX_TAIL_CALL_CNT).</summary>
    private const int MostTailCalls = 33;

    /// <summary>What a call keeps of its caller: r6 to r9, the frame pointer, and where it was.</summary>
    private const int FirstSaved = 6, SavedRegisters = 5, SavedLength = SavedRegisters + 1;

    private const int WordLength = sizeof(ulong), ScratchWords = (EbpfContext.ScratchLength + WordLength - 1) / WordLength;

    private readonly EbpfInstruction[] _program;
    private readonly EbpfMap[] _maps;
    private readonly StackLoop _loop;
    private readonly int _stackLength, _memoryLength;

    private EbpfProgram(EbpfInstruction[] program, EbpfMap[] maps, StackLoop loop, EbpfLayout layout)
    {
        _program = Resolve(program, layout);
        _maps = maps;
        _loop = loop;
        bool calls = layout.Main.Calls.Count > 0;
        _stackLength = calls ? layout.Main.ChainLength : layout.Main.Deepest + WordLength - 1 & -WordLength;
        _memoryLength = ScratchWords + _stackLength / WordLength + (layout.Main.ChainFrames - 1) * SavedLength;
    }

    /// <inheritdoc/>
    public override int Memory => ClassicMemory.Header + _program.Length * ClassicMemory.Instruction;

    /// <summary>Makes a program whose loads of maps name them by their number in the list.</summary>
    public static Errno Create(EbpfInstruction[] program, EbpfMap[] maps, StackLoop loop, out EbpfProgram? created)
    {
        Errno error = EbpfVerifier.Check(program, maps, out EbpfLayout layout);
        created = error == Errno.None ? new EbpfProgram(program, maps, loop, layout) : null;
        return error;
    }

    /// <summary>Writes into each call of a function of the program's own how much stack the caller has.</summary>
    private static EbpfInstruction[] Resolve(EbpfInstruction[] program, EbpfLayout layout)
    {
        EbpfInstruction[] resolved = [.. program];
        foreach (EbpfFunction function in layout.Functions)
        {
            for (int at = function.Start; at < function.End; at++)
            {
                if (IsLocalCall(program[at])) resolved[at] = program[at] with { Offset = (short)function.FrameLength };
            }
        }
        return resolved;
    }

    /// <inheritdoc/>
    /// <remarks>Linux keeps classic programs alone.</remarks>
    public override CallResult Read(Span<ClassicInstruction> room) => Errno.EACCES;

    /// <inheritdoc/>
    public override uint Run(in FilterPacket packet)
    {
        Span<ulong> memory = stackalloc ulong[_memoryLength];
        return Execute(packet, memory, MemoryMarshal.AsBytes(memory[..ScratchWords]), 0);
    }

    /// <summary>Runs the program in the place of one that called it.</summary>
    private uint RunNext(in FilterPacket packet, Span<byte> scratch, int tailCalls)
    {
        Span<ulong> memory = stackalloc ulong[_memoryLength];
        return Execute(packet, memory, scratch, tailCalls);
    }

    /// <summary>Runs the program.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="memory">Zeros: cb of a first program, the stack, and room for what calls keep.</param>
    /// <param name="scratch">cb, which the programs of a chain of tail calls share.</param>
    /// <param name="tailCalls">Programs that came before in the chain.</param>
    private uint Execute(in FilterPacket packet, Span<ulong> memory, Span<byte> scratch, int tailCalls)
    {
        Span<ulong> registers = stackalloc ulong[Registers];
        Span<byte> stack = MemoryMarshal.AsBytes(memory.Slice(ScratchWords, _stackLength / WordLength));
        Span<ulong> saved = memory[(ScratchWords + _stackLength / WordLength)..];
        int waiting = 0;
        registers[1] = PacketRegion;
        registers[Frame] = StackRegion + (uint)_stackLength;
        for (int at = 0; ; at++)
        {
            EbpfInstruction instruction = _program[at];
            switch (instruction.Code & ClassMask)
            {
                case Alu or Alu64:
                    EbpfArithmetic.Compute(instruction, registers);
                    break;
                case Ldx:
                    registers[instruction.Destination] = LoadMemory(instruction, registers[instruction.Source], packet, stack, scratch);
                    break;
                case St or Stx:
                    StoreMemory(instruction, registers, stack, scratch);
                    break;
                case Ld when instruction.Code == WideConstant:
                    registers[instruction.Destination] = WideValue(instruction, _program[++at].Immediate);
                    break;
                case Ld:
                    int place = instruction.Immediate + ((instruction.Code & ModeMask) == Ind ? (int)registers[instruction.Source] : 0);
                    if (!packet.TryLoad(place, SizeOf(instruction.Code), out uint loaded)) return 0;
                    registers[0] = loaded;
                    break;
                default:
                    switch (instruction.Code & OperationMask)
                    {
                        case Exit:
                            if (waiting == 0) return (uint)registers[0];
                            at = Return(registers, saved, waiting -= SavedLength);
                            break;
                        case Call when instruction.Source == LocalCall:
                            Save(registers, saved, waiting, at);
                            waiting += SavedLength;
                            registers[Frame] -= (ulong)instruction.Offset;
                            at += instruction.Immediate;
                            break;
                        case Call when instruction.Immediate == (int)EbpfHelper.TailCall:
                            if (tailCalls < MostTailCalls && FindProgram(registers) is { } next) return next.RunNext(packet, scratch, tailCalls + 1);
                            break;
                        case Call:
                            registers[0] = CallHelper((EbpfHelper)instruction.Immediate, registers, packet, stack);
                            break;
                        case Ja:
                            at += DistanceOf(instruction);
                            break;
                        default:
                            if (EbpfArithmetic.Holds(instruction, registers)) at += instruction.Offset;
                            break;
                    }
                    break;
            }
        }
    }

    private static void Save(ReadOnlySpan<ulong> registers, Span<ulong> saved, int to, int at)
    {
        registers.Slice(FirstSaved, SavedRegisters).CopyTo(saved[to..]);
        saved[to + SavedRegisters] = (ulong)at;
    }

    private static int Return(Span<ulong> registers, ReadOnlySpan<ulong> saved, int from)
    {
        saved.Slice(from, SavedRegisters).CopyTo(registers[FirstSaved..]);
        return (int)saved[from + SavedRegisters];
    }
}
