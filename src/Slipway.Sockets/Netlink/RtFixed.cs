using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The fixed part of a message of rtnetlink; what is cut off reads as zeros.</summary>
internal readonly ref struct RtFixed(ReadOnlySpan<byte> body, int length)
{
    public const int LinkLength = 16, AddressLength = 8, RouteLength = 12, NeighborLength = 12, RuleLength = 12;

    private readonly ReadOnlySpan<byte> _bytes = body.Length >= length ? body[..length] : new byte[length];

    public byte this[int at] => _bytes[at];

    public ushort UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[at..]);

    public int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]);

    /// <summary>Whole words of 32 bits.</summary>
    public static uint[] Halves(ReadOnlySpan<byte> bytes)
    {
        uint[] words = new uint[bytes.Length / sizeof(uint)];
        for (int i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
        return words;
    }

    /// <summary>Whole words of 64 bits.</summary>
    public static ulong[] Words(ReadOnlySpan<byte> bytes)
    {
        ulong[] words = new ulong[bytes.Length / sizeof(ulong)];
        for (int i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        return words;
    }
}
