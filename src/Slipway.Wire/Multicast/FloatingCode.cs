using System.Numerics;

namespace Slipway.Wire;

/// <summary>Times in queries: small ones as they are, greater ones as a mantissa and an exponent (RFC 9776 §4.1.1 and §4.1.7, RFC 9777 §5.1.3 and §5.1.9).</summary>
internal static class FloatingCode
{
    /// <summary>The value of a code of 8 bits: 4 of mantissa, 3 of exponent.</summary>
    public static int Read8(byte code) => code < 0x80 ? code : (code & 0xF | 0x10) << ((code >> 4 & 7) + 3);

    /// <summary>The value of a code of 16 bits: 12 of mantissa, 3 of exponent.</summary>
    public static int Read16(ushort code) => code < 0x8000 ? code : (code & 0xFFF | 0x1000) << ((code >> 12 & 7) + 3);

    /// <summary>The code of 8 bits for a value, rounded down; the greatest for values beyond.</summary>
    public static byte Write8(int value)
    {
        if (value < 0x80) return (byte)value;
        if (value >= 0x20 << 10) return 0xFF;
        int exponent = BitOperations.Log2((uint)value) - 7;
        return (byte)(0x80 | exponent << 4 | value >> exponent + 3 & 0xF);
    }

    /// <summary>The code of 16 bits for a value, rounded down; the greatest for values beyond.</summary>
    public static ushort Write16(int value)
    {
        if (value < 0x8000) return (ushort)value;
        if (value >= 0x2000 << 10) return 0xFFFF;
        int exponent = BitOperations.Log2((uint)value) - 15;
        return (ushort)(0x8000 | exponent << 12 | value >> exponent + 3 & 0xFFF);
    }
}
