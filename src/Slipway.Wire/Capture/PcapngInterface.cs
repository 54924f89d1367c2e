namespace Slipway.Wire;

/// <summary>An interface that a capture was made on.</summary>
/// <param name="Name">As the file says; empty if it does not.</param>
/// <param name="LinkType">What its packets begin with. Files hold more types than <see cref="Wire.LinkType"/> names.</param>
/// <param name="SnapLength">Most bytes kept of a packet; 0 for all.</param>
public sealed record PcapngInterface(string Name, LinkType LinkType, long SnapLength)
{
    /// <summary>if_tsresol: units a second as a power of ten, or with the highest bit set of two.</summary>
    internal byte Resolution { get; init; } = 6;

    /// <summary>if_tsoffset: seconds to add.</summary>
    internal long OffsetSeconds { get; init; }

    /// <summary>Nanoseconds of a time in this interface's units; what does not fit 63 bits is cut to the largest or smallest.</summary>
    internal long ToNanoseconds(ulong units)
    {
        int exponent = Resolution & 0x7F;
        UInt128 unitsPerSecond = (Resolution & 0x80) != 0 ? UInt128.One << Math.Min(exponent, 96) : PowerOfTen(Math.Min(exponent, 38));
        // Seconds and rest are below 2^64 each, so their products with 10^9 stay within 128 bits; resolutions finer than 10^-38 or 2^-96 leave nothing.
        (UInt128 seconds, UInt128 rest) = UInt128.DivRem(units, unitsPerSecond);
        Int128 nanoseconds = (Int128)(seconds * 1_000_000_000 + rest * 1_000_000_000 / unitsPerSecond) + (Int128)OffsetSeconds * 1_000_000_000;
        return (long)Int128.Clamp(nanoseconds, long.MinValue, long.MaxValue);
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }
}
