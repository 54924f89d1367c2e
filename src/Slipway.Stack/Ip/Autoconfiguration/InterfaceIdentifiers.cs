using System.Buffers.Binary;
using System.Numerics;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The lower halves of addresses that tell nothing of the hardware: random ones (RFC 8981 §3.3.1) and stable ones (RFC 7217).</summary>
internal static class InterfaceIdentifiers
{
    private const int BlockLength = 64, PrefixOffset = 16, HardwareOffset = 24, CountOffset = 56;

    /// <summary>A random identifier.</summary>
    public static ulong Random(RandomSource random)
    {
        ulong identifier;
        do identifier = random.NextUInt64();
        while (IsReserved(identifier));
        return identifier;
    }

    /// <summary>
    /// The identifier that a secret, a prefix and the hardware address make, the same each time; another for each count of duplicates. The same numbers as Linux's
    /// (ipv6_generate_stable_address: one block of SHA-1 without padding).
    /// </summary>
    /// <param name="secret">stable_secret.</param>
    /// <param name="prefix">The upper half of the address.</param>
    /// <param name="hardware">The hardware address, six bytes.</param>
    /// <param name="count">How many were duplicates before.</param>
    /// <param name="most">idgen_retries: greatest count.</param>
    /// <returns>Null: all counts gave reserved identifiers.</returns>
    public static ulong? Stable(IpAddress secret, ulong prefix, ulong hardware, int count, int most)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        Span<byte> address = stackalloc byte[8];
        while (true)
        {
            block.Clear();
            secret.WriteIPv6(block);
            BinaryPrimitives.WriteUInt64BigEndian(block[PrefixOffset..], prefix);
            BinaryPrimitives.WriteUInt64BigEndian(address, hardware << 16);
            address[..6].CopyTo(block[HardwareOffset..]);
            block[CountOffset] = (byte)count;
            (uint first, uint second) = Compress(block);
            // The kernel takes the words as they lie in its memory.
            ulong identifier = (ulong)BinaryPrimitives.ReverseEndianness(first) << 32 | BinaryPrimitives.ReverseEndianness(second);
            if (!IsReserved(identifier)) return identifier;
            if (++count > most) return null;
        }
    }

    /// <summary>Identifiers that are not for hosts (RFC 5453): the subnet-router address, and those of anycast groups (RFC 2526).</summary>
    private static bool IsReserved(ulong identifier)
        => identifier == 0 || identifier is >= 0x0200_5EFF_FE00_0000 and <= 0x0200_5EFF_FEFF_FFFF || identifier is >= 0xFDFF_FFFF_FFFF_FF80 and <= 0xFDFF_FFFF_FFFF_FFFF;

    /// <summary>The first two words of SHA-1's state after one block (FIPS 180-4 §6.1.2).</summary>
    private static (uint First, uint Second) Compress(ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[80];
        for (int i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (int i = 16; i < words.Length; i++) words[i] = BitOperations.RotateLeft(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
        uint a = 0x6745_2301, b = 0xEFCD_AB89, c = 0x98BA_DCFE, d = 0x1032_5476, e = 0xC3D2_E1F0;
        for (int i = 0; i < words.Length; i++)
        {
            (uint mixed, uint constant) = (i / 20) switch
            {
                0 => (b & c | ~b & d, 0x5A82_7999u),
                1 => (b ^ c ^ d, 0x6ED9_EBA1u),
                2 => (b & c | b & d | c & d, 0x8F1B_BCDCu),
                _ => (b ^ c ^ d, 0xCA62_C1D6u),
            };
            uint next = BitOperations.RotateLeft(a, 5) + mixed + e + constant + words[i];
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }
        return (0x6745_2301 + a, 0xEFCD_AB89 + b);
    }
}
