namespace Slipway.Stack;

/// <summary>What is known of the single bits of a number, in all ways that lead here ("tristate numbers"; Vishwanathan and others, CGO 2022).</summary>
/// <param name="Value">The bits that are known to be set.</param>
/// <param name="Unknown">The bits that may be either.</param>
internal readonly record struct EbpfBits(ulong Value, ulong Unknown)
{
    public static EbpfBits Any => new(0, ulong.MaxValue);

    public bool IsKnown => Unknown == 0;

    /// <summary>All that may be set.</summary>
    public ulong Most => Value | Unknown;

    /// <summary>The upper bits that the ends of a range share.</summary>
    public static EbpfBits Between(ulong min, ulong max)
    {
        ulong differ = min ^ max;
        ulong unknown = differ == 0 ? 0 : ulong.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(differ);
        return new EbpfBits(min & ~unknown, unknown);
    }

    /// <summary>What either may be.</summary>
    public static EbpfBits Join(EbpfBits a, EbpfBits b)
    {
        ulong unknown = a.Unknown | b.Unknown | a.Value ^ b.Value;
        return new EbpfBits(a.Value & ~unknown, unknown);
    }

    /// <summary>What both say.</summary>
    public static EbpfBits Meet(EbpfBits a, EbpfBits b) => new((a.Value | b.Value) & ~(a.Unknown & b.Unknown), a.Unknown & b.Unknown);

    /// <summary>Unknown bits of a sum: those unknown in a part, and those that a carry may reach, which are where the least and the greatest sum differ.</summary>
    public static EbpfBits Add(EbpfBits a, EbpfBits b)
    {
        ulong least = a.Value + b.Value, greatest = a.Most + b.Most;
        ulong unknown = least ^ greatest | a.Unknown | b.Unknown;
        return new EbpfBits(least & ~unknown, unknown);
    }

    public static EbpfBits Subtract(EbpfBits a, EbpfBits b)
    {
        ulong greatest = a.Most - b.Value, least = a.Value - b.Most;
        ulong unknown = least ^ greatest | a.Unknown | b.Unknown;
        return new EbpfBits(a.Value - b.Value & ~unknown, unknown);
    }

    public static EbpfBits And(EbpfBits a, EbpfBits b)
    {
        ulong value = a.Value & b.Value;
        return new EbpfBits(value, a.Most & b.Most & ~value);
    }

    public static EbpfBits Or(EbpfBits a, EbpfBits b)
    {
        ulong value = a.Value | b.Value;
        return new EbpfBits(value, (a.Unknown | b.Unknown) & ~value);
    }

    public static EbpfBits Xor(EbpfBits a, EbpfBits b)
    {
        ulong unknown = a.Unknown | b.Unknown;
        return new EbpfBits((a.Value ^ b.Value) & ~unknown, unknown);
    }

    public EbpfBits ShiftLeft(int count) => new(Value << count, Unknown << count);

    public EbpfBits ShiftRight(int count) => new(Value >> count, Unknown >> count);

    /// <summary>A sign that is unknown makes all that it fills unknown.</summary>
    public EbpfBits ShiftSigned(int count) => new((ulong)((long)Value >> count), (ulong)((long)Unknown >> count));

    /// <summary>The lower 32 bits, above them zeros.</summary>
    public EbpfBits Narrow() => new((uint)Value, (uint)Unknown);
}
