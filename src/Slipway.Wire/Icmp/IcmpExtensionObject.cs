using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>One object behind an ICMP error (RFC 4884 §7.1), as <see cref="IcmpExtensionsView"/> enumerates it.</summary>
public readonly ref struct IcmpExtensionObject
{
    internal const int HeaderLength = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    internal IcmpExtensionObject(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Class-Num: 1 is MPLS labels (RFC 4950), 2 an interface (RFC 5837).</summary>
    public byte Class => _bytes[2];

    /// <summary>C-Type: what the class makes of it.</summary>
    public byte SubType => _bytes[3];

    /// <summary>The bytes behind the object's header.</summary>
    public ReadOnlySpan<byte> Data => _bytes[HeaderLength..];

    internal static int LengthOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
