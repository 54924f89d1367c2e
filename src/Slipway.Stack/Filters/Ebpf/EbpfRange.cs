using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>
/// The numbers that a register may hold: bounds with and without sign, and the bits that are known. All of it holds at once; each part is less than Linux knows, so that what is proven with it
/// is proven there too.
/// </summary>
internal readonly record struct EbpfRange(ulong Min, ulong Max, long SignedMin, long SignedMax, EbpfBits Bits)
{
    public static EbpfRange Any => new(0, ulong.MaxValue, long.MinValue, long.MaxValue, EbpfBits.Any);

    public static EbpfRange Zero => Constant(0);

    public bool IsConstant => Min == Max;

    /// <summary>Whether the parts contradict each other: no number is such.</summary>
    public bool IsEmpty => Min > Max || SignedMin > SignedMax;

    public static EbpfRange Constant(ulong number) => new(number, number, (long)number, (long)number, new EbpfBits(number, 0));

    public static EbpfRange Between(ulong min, ulong max) => (Any with { Min = min, Max = max }).Tighten();

    public static EbpfRange Signed(long min, long max) => (Any with { SignedMin = min, SignedMax = max }).Tighten();

    /// <summary>What a load of so many bytes may give.</summary>
    public static EbpfRange OfSize(int size, bool isSigned)
    {
        if (size == sizeof(ulong)) return Any;
        int unused = 64 - size * 8;
        return isSigned ? Signed(long.MinValue >> unused, long.MaxValue >> unused) : Between(0, ulong.MaxValue >> unused);
    }

    /// <summary>What holds on both ways.</summary>
    public static EbpfRange Join(in EbpfRange a, in EbpfRange b) => new(
        Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max), Math.Min(a.SignedMin, b.SignedMin), Math.Max(a.SignedMax, b.SignedMax), EbpfBits.Join(a.Bits, b.Bits));

    /// <summary>Lets the bounds and the bits tell each other what they know.</summary>
    public EbpfRange Tighten()
    {
        EbpfRange tight = WithBits().WithSigns();
        return (tight with { Bits = EbpfBits.Meet(tight.Bits, EbpfBits.Between(tight.Min, tight.Max)) }).WithBits().WithSigns();
    }

    /// <summary>The same, narrowed by what a condition tells. What contradicts is not believed: Linux does not see that nothing runs there, so neither may this.</summary>
    public EbpfRange NarrowedTo(in EbpfRange told)
    {
        EbpfRange tight = told.Tighten();
        return tight.IsEmpty ? this : tight;
    }

    private EbpfRange WithBits()
    {
        const ulong Sign = 1UL << 63;
        return this with
        {
            Min = Math.Max(Min, Bits.Value),
            Max = Math.Min(Max, Bits.Most),
            SignedMin = Math.Max(SignedMin, (long)(Bits.Value | Bits.Unknown & Sign)),
            SignedMax = Math.Min(SignedMax, (long)(Bits.Value | Bits.Unknown & ~Sign)),
        };
    }

    private EbpfRange WithSigns()
    {
        EbpfRange range = this;
        if ((long)Min <= (long)Max) range = range with { SignedMin = Math.Max(SignedMin, (long)Min), SignedMax = Math.Min(SignedMax, (long)Max) };
        bool hasOneSign = range.SignedMin >= 0 || range.SignedMax < 0;
        return hasOneSign ? range with { Min = Math.Max(Min, (ulong)range.SignedMin), Max = Math.Min(Max, (ulong)range.SignedMax) } : range;
    }

    /// <summary>The lower 32 bits, above them zeros.</summary>
    public EbpfRange Narrow()
        => Max <= uint.MaxValue ? this : (Between(Bits.Narrow().Value, Bits.Narrow().Most) with { Bits = Bits.Narrow() }).Tighten();

    /// <summary>The lower bits, and their sign above them.</summary>
    public EbpfRange Extend(int bits)
    {
        int unused = 64 - bits;
        if (IsConstant) return Constant((ulong)((long)(Min << unused) >> unused));
        return Max <= (ulong)(long.MaxValue >> unused) ? this : Signed(long.MinValue >> unused, long.MaxValue >> unused);
    }

    /// <summary>The result of an operation on two numbers of 64 bits. Of quotients, remainders and shifts by an unknown number nothing is said.</summary>
    public static EbpfRange Compute(int operation, in EbpfRange a, in EbpfRange b) => operation switch
    {
        BpfCode.BPF_ADD => Add(a, b),
        BpfCode.BPF_SUB => Subtract(a, b),
        BpfCode.BPF_MUL => Multiply(a, b),
        BpfCode.BPF_AND => (Any with { Max = Math.Min(a.Max, b.Max), Bits = EbpfBits.And(a.Bits, b.Bits) }).Tighten(),
        BpfCode.BPF_OR => (Any with { Min = Math.Max(a.Min, b.Min), Bits = EbpfBits.Or(a.Bits, b.Bits) }).Tighten(),
        BpfCode.BPF_XOR => (Any with { Bits = EbpfBits.Xor(a.Bits, b.Bits) }).Tighten(),
        BpfCode.BPF_LSH when b.IsConstant && b.Max < 64 => a.ShiftLeft((int)b.Max),
        BpfCode.BPF_RSH when b.IsConstant && b.Max < 64 => new EbpfRange(a.Min >> (int)b.Max, a.Max >> (int)b.Max, long.MinValue, long.MaxValue, a.Bits.ShiftRight((int)b.Max)).Tighten(),
        Arsh when b.IsConstant && b.Max < 64
            => new EbpfRange(0, ulong.MaxValue, a.SignedMin >> (int)b.Max, a.SignedMax >> (int)b.Max, a.Bits.ShiftSigned((int)b.Max)).Tighten(),
        _ => Any,
    };

    public static EbpfRange Add(in EbpfRange a, in EbpfRange b)
    {
        EbpfRange sum = Any with { Bits = EbpfBits.Add(a.Bits, b.Bits) };
        if (a.Max + b.Max >= a.Max) sum = sum with { Min = a.Min + b.Min, Max = a.Max + b.Max };
        Int128 least = (Int128)a.SignedMin + b.SignedMin, most = (Int128)a.SignedMax + b.SignedMax;
        return sum.WithSigned(least, most).Tighten();
    }

    public static EbpfRange Subtract(in EbpfRange a, in EbpfRange b)
    {
        EbpfRange difference = Any with { Bits = EbpfBits.Subtract(a.Bits, b.Bits) };
        if (a.Min >= b.Max) difference = difference with { Min = a.Min - b.Max, Max = a.Max - b.Min };
        Int128 least = (Int128)a.SignedMin - b.SignedMax, most = (Int128)a.SignedMax - b.SignedMin;
        return difference.WithSigned(least, most).Tighten();
    }

    private EbpfRange WithSigned(Int128 least, Int128 most)
        => least >= long.MinValue && most <= long.MaxValue ? this with { SignedMin = (long)least, SignedMax = (long)most } : this;

    private static EbpfRange Multiply(in EbpfRange a, in EbpfRange b)
    {
        if (a.IsConstant && b.IsConstant) return Constant(a.Min * b.Min);
        return Math.BigMul(a.Max, b.Max, out ulong greatest) == 0 ? Between(a.Min * b.Min, greatest) : Any;
    }

    private EbpfRange ShiftLeft(int count)
    {
        EbpfRange shifted = Any with { Bits = Bits.ShiftLeft(count) };
        return (Max <= ulong.MaxValue >> count ? shifted with { Min = Min << count, Max = Max << count } : shifted).Tighten();
    }
}
