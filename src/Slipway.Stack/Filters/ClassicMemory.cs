using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Stack;

/// <summary>
/// What a program of classic BPF costs a socket of its optmem_max: Linux translates it, and charges the translation of 8 bytes an instruction. The numbers are what the kernel was seen
/// to charge for long programs of one instruction each.
/// </summary>
internal static class ClassicMemory
{
    /// <summary>struct bpf_prog without its instructions.</summary>
    public const int Header = 96;

    public const int Instruction = 8;

    private const int ClassMask = 0x07, ModeMask = 0xE0, SizeMask = 0x18;

    public static int Of(ReadOnlySpan<ClassicInstruction> program)
    {
        const int Prologue = 3, PacketPrologue = 4;
        int count = Prologue;
        bool readsPacket = false;
        foreach (ClassicInstruction instruction in program)
        {
            count += LengthOf(instruction);
            readsPacket |= IsPacketLoad(instruction);
        }
        return Header + (count + (readsPacket ? PacketPrologue : 0)) * Instruction;
    }

    private static bool IsPacketLoad(ClassicInstruction instruction)
        => (instruction.Code & ClassMask) == BPF_LD && (instruction.Code & ModeMask) is BPF_ABS or BPF_IND && !IsFact(instruction) || instruction.Code == (BPF_LDX | BPF_B | BPF_MSH);

    private static bool IsFact(ClassicInstruction instruction) => (instruction.Code & ModeMask) == BPF_ABS && instruction.K >= unchecked((uint)SKF_AD_OFF);

    private static int LengthOf(ClassicInstruction instruction)
    {
        if (instruction.Code == (BPF_LDX | BPF_B | BPF_MSH)) return 6 + LoadLength(instruction.K, BPF_B);
        if (IsPacketLoad(instruction))
        {
            if ((instruction.Code & ModeMask) == BPF_IND) return instruction.K == 0 ? 8 : 9;
            return LoadLength(instruction.K, instruction.Code & SizeMask);
        }
        return (instruction.Code & ClassMask) switch
        {
            BPF_LD when IsFact(instruction) => FactLength((int)instruction.K - SKF_AD_OFF),
            BPF_ALU when (int)instruction.Code is (BPF_ALU | BPF_DIV | BPF_X) or (BPF_ALU | BPF_MOD | BPF_X) => 5,
            BPF_JMP when instruction.Code != (BPF_JMP | BPF_JA) => JumpLength(instruction),
            BPF_RET => instruction.Code == (BPF_RET | BPF_A) ? 1 : 2,
            _ => 1,
        };
    }

    private static int LoadLength(uint k, int size) => (int)k < 0 ? 8 : size == BPF_B ? 12 : 13;

    private static int FactLength(int number) => number switch
    {
        SKF_AD_MARK or SKF_AD_QUEUE or SKF_AD_RXHASH or SKF_AD_VLAN_TAG or SKF_AD_ALU_XOR_X => 1,
        SKF_AD_PROTOCOL or SKF_AD_PKTTYPE or SKF_AD_VLAN_TPID or SKF_AD_VLAN_TAG_PRESENT => 2,
        _ => 4,
    };

    private static int JumpLength(ClassicInstruction instruction)
    {
        bool isBothWays = instruction.JumpFalse != 0 && (instruction.JumpTrue != 0 || (instruction.Code & ~BPF_X) == (BPF_JMP | BPF_JSET));
        bool hasGreatConstant = (instruction.Code & BPF_X) == 0 && (int)instruction.K < 0;
        return (isBothWays ? 2 : 1) + (hasGreatConstant ? 1 : 0);
    }
}
