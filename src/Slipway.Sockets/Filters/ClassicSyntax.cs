using static Slipway.Sockets.BpfCode;

namespace Slipway.Sockets;

/// <summary>Names of the assembler's language: those of bpf_asm (Linux Documentation/networking/filter.rst).</summary>
internal static class ClassicSyntax
{
    /// <summary>Arithmetic on A with a constant or X.</summary>
    public static readonly (string Name, int Operation)[] Arithmetic =
    [
        ("add", BPF_ADD), ("sub", BPF_SUB), ("mul", BPF_MUL), ("div", BPF_DIV), ("mod", BPF_MOD), ("and", BPF_AND), ("or", BPF_OR), ("xor", BPF_XOR), ("lsh", BPF_LSH), ("rsh", BPF_RSH),
    ];

    /// <summary>Conditional jumps; an inverted one jumps where the condition of the operation does not hold.</summary>
    public static readonly (string Name, int Operation, bool Inverted)[] Jumps =
    [
        ("jeq", BPF_JEQ, false), ("jgt", BPF_JGT, false), ("jge", BPF_JGE, false), ("jset", BPF_JSET, false),
        ("jne", BPF_JEQ, true), ("jneq", BPF_JEQ, true), ("jlt", BPF_JGE, true), ("jle", BPF_JGT, true),
    ];

    /// <summary>Facts about a packet, as operands of ld.</summary>
    public static readonly (string Name, int Offset)[] Facts =
    [
        ("proto", SKF_AD_PROTOCOL), ("type", SKF_AD_PKTTYPE), ("ifidx", SKF_AD_IFINDEX), ("nla", SKF_AD_NLATTR), ("nlan", SKF_AD_NLATTR_NEST), ("mark", SKF_AD_MARK),
        ("queue", SKF_AD_QUEUE), ("hatype", SKF_AD_HATYPE), ("rxhash", SKF_AD_RXHASH), ("cpu", SKF_AD_CPU), ("vlan_tci", SKF_AD_VLAN_TAG), ("vlan_avail", SKF_AD_VLAN_TAG_PRESENT),
        ("poff", SKF_AD_PAY_OFFSET), ("rand", SKF_AD_RANDOM), ("vlan_tpid", SKF_AD_VLAN_TPID),
    ];
}
