using System.Globalization;

namespace Slipway.Sockets;

/// <summary>One instruction of classic BPF: struct sock_filter of linux/filter.h, 8 bytes.</summary>
/// <param name="Code">The operation; see <see cref="BpfCode"/>.</param>
/// <param name="JumpTrue">Instructions that a conditional jump skips where its condition holds.</param>
/// <param name="JumpFalse">Instructions that it skips where not.</param>
/// <param name="K">The constant, offset or distance of the operation.</param>
public readonly record struct ClassicInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint K)
{
    /// <summary>Bytes of struct sock_filter.</summary>
    public const int StructureLength = 8;

    /// <summary>An instruction that does not jump.</summary>
    public ClassicInstruction(int code, uint k)
        : this((ushort)code, 0, 0, k)
    {
    }

    /// <summary>The form of C, as <c>tcpdump -dd</c> prints it: <c>{ 0x28, 0, 0, 0x0000000c }</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{{ 0x{Code:x}, {JumpTrue}, {JumpFalse}, 0x{K:x8} }}");
}
