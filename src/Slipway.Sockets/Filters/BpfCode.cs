namespace Slipway.Sockets;

/// <summary>The parts of an operation of classic BPF, and offsets with a meaning (linux/bpf_common.h, linux/filter.h). An operation is a class with what belongs to it, or-ed.</summary>
public static class BpfCode
{
    /// <summary>Class: load into A.</summary>
    public const int BPF_LD = 0x00;

    /// <summary>Class: load into X.</summary>
    public const int BPF_LDX = 0x01;

    /// <summary>Class: store A in the scratch memory.</summary>
    public const int BPF_ST = 0x02;

    /// <summary>Class: store X in the scratch memory.</summary>
    public const int BPF_STX = 0x03;

    /// <summary>Class: arithmetic on A.</summary>
    public const int BPF_ALU = 0x04;

    /// <summary>Class: jumps.</summary>
    public const int BPF_JMP = 0x05;

    /// <summary>Class: the end, with the verdict.</summary>
    public const int BPF_RET = 0x06;

    /// <summary>Class: A to X and X to A.</summary>
    public const int BPF_MISC = 0x07;

    /// <summary>Size of a load: 4 bytes.</summary>
    public const int BPF_W = 0x00;

    /// <summary>Size of a load: 2 bytes.</summary>
    public const int BPF_H = 0x08;

    /// <summary>Size of a load: 1 byte.</summary>
    public const int BPF_B = 0x10;

    /// <summary>Mode of a load: the constant.</summary>
    public const int BPF_IMM = 0x00;

    /// <summary>Mode of a load: the packet at k.</summary>
    public const int BPF_ABS = 0x20;

    /// <summary>Mode of a load: the packet at X + k.</summary>
    public const int BPF_IND = 0x40;

    /// <summary>Mode of a load: the scratch memory.</summary>
    public const int BPF_MEM = 0x60;

    /// <summary>Mode of a load: the packet's length.</summary>
    public const int BPF_LEN = 0x80;

    /// <summary>Mode of a load into X: four times the low half of the byte at k, the length of an IPv4 header.</summary>
    public const int BPF_MSH = 0xa0;

    /// <summary>Arithmetic: addition.</summary>
    public const int BPF_ADD = 0x00;

    /// <summary>Arithmetic: subtraction.</summary>
    public const int BPF_SUB = 0x10;

    /// <summary>Arithmetic: multiplication.</summary>
    public const int BPF_MUL = 0x20;

    /// <summary>Arithmetic: division; by an X of 0 it ends the program with verdict 0.</summary>
    public const int BPF_DIV = 0x30;

    /// <summary>Arithmetic: or.</summary>
    public const int BPF_OR = 0x40;

    /// <summary>Arithmetic: and.</summary>
    public const int BPF_AND = 0x50;

    /// <summary>Arithmetic: shift to the left.</summary>
    public const int BPF_LSH = 0x60;

    /// <summary>Arithmetic: shift to the right, zeros come in.</summary>
    public const int BPF_RSH = 0x70;

    /// <summary>Arithmetic: negation.</summary>
    public const int BPF_NEG = 0x80;

    /// <summary>Arithmetic: remainder; by an X of 0 it ends the program with verdict 0.</summary>
    public const int BPF_MOD = 0x90;

    /// <summary>Arithmetic: exclusive or.</summary>
    public const int BPF_XOR = 0xa0;

    /// <summary>Jump always, over k instructions.</summary>
    public const int BPF_JA = 0x00;

    /// <summary>Jump if equal.</summary>
    public const int BPF_JEQ = 0x10;

    /// <summary>Jump if greater, unsigned.</summary>
    public const int BPF_JGT = 0x20;

    /// <summary>Jump if greater or equal, unsigned.</summary>
    public const int BPF_JGE = 0x30;

    /// <summary>Jump if there are common bits.</summary>
    public const int BPF_JSET = 0x40;

    /// <summary>The operand is the constant.</summary>
    public const int BPF_K = 0x00;

    /// <summary>The operand is X.</summary>
    public const int BPF_X = 0x08;

    /// <summary>The verdict is A.</summary>
    public const int BPF_A = 0x10;

    /// <summary>A to X.</summary>
    public const int BPF_TAX = 0x00;

    /// <summary>X to A.</summary>
    public const int BPF_TXA = 0x80;

    /// <summary>Instructions of a program at most.</summary>
    public const int BPF_MAXINSNS = 4096;

    /// <summary>Words of scratch memory.</summary>
    public const int BPF_MEMWORDS = 16;

    /// <summary>A load from here on reads a fact about the packet, not its bytes.</summary>
    public const int SKF_AD_OFF = -0x1000;

    /// <summary>EtherType of the packet.</summary>
    public const int SKF_AD_PROTOCOL = 0;

    /// <summary>For whom the frame was: 0 for this host, 1 broadcast, 2 multicast, 3 for another, 4 outgoing (packet(7)).</summary>
    public const int SKF_AD_PKTTYPE = 4;

    /// <summary>Index of the interface that the packet came by.</summary>
    public const int SKF_AD_IFINDEX = 8;

    /// <summary>Where the netlink attribute of type X stands, looked for from A on; 0 if nowhere.</summary>
    public const int SKF_AD_NLATTR = 12;

    /// <summary>The same inside the attribute at A.</summary>
    public const int SKF_AD_NLATTR_NEST = 16;

    /// <summary>The packet's mark.</summary>
    public const int SKF_AD_MARK = 20;

    /// <summary>Number of the receive queue.</summary>
    public const int SKF_AD_QUEUE = 24;

    /// <summary>Hardware type of the interface (ARPHRD_*).</summary>
    public const int SKF_AD_HATYPE = 28;

    /// <summary>Hash of the flow that the device or a tunnel computed; 0 for none.</summary>
    public const int SKF_AD_RXHASH = 32;

    /// <summary>Number of the processor.</summary>
    public const int SKF_AD_CPU = 36;

    /// <summary>No load: A becomes A xor X.</summary>
    public const int SKF_AD_ALU_XOR_X = 40;

    /// <summary>VLAN tag that the device took off.</summary>
    public const int SKF_AD_VLAN_TAG = 44;

    /// <summary>Whether there was one.</summary>
    public const int SKF_AD_VLAN_TAG_PRESENT = 48;

    /// <summary>Where the payload behind the transport header begins.</summary>
    public const int SKF_AD_PAY_OFFSET = 52;

    /// <summary>A random number.</summary>
    public const int SKF_AD_RANDOM = 56;

    /// <summary>EtherType of the VLAN tag.</summary>
    public const int SKF_AD_VLAN_TPID = 60;

    /// <summary>One past the last of these facts.</summary>
    public const int SKF_AD_MAX = 64;

    /// <summary>Offsets from here on count from the network header.</summary>
    public const int SKF_NET_OFF = -0x100000;

    /// <summary>Offsets from here on, below <see cref="SKF_NET_OFF"/>, count from the link header.</summary>
    public const int SKF_LL_OFF = -0x200000;
}
