using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>What a comparison says of the numbers that it compares (RFC 9669 §4.3).</summary>
internal static class EbpfCondition
{
    /// <summary>Whether the condition holds for all numbers of the ranges, for none of them (false), or for some.</summary>
    public static bool? Decide(int condition, in EbpfRange a, in EbpfRange b) => condition switch
    {
        Jeq => AreEqual(a, b),
        Jne => !AreEqual(a, b),
        Jset when b.IsConstant => (a.Bits.Value & b.Min) != 0 ? true : (a.Bits.Most & b.Min) == 0 ? false : null,
        Jset => null,
        Jgt => IsGreater(a, b),
        Jle => !IsGreater(a, b),
        Jlt => IsGreater(b, a),
        Jge => !IsGreater(b, a),
        Jsgt => IsGreaterSigned(a, b),
        Jsle => !IsGreaterSigned(a, b),
        Jslt => IsGreaterSigned(b, a),
        _ => !IsGreaterSigned(b, a),
    };

    private static bool? AreEqual(in EbpfRange a, in EbpfRange b)
    {
        if (a.IsConstant && b.IsConstant) return a.Min == b.Min;
        bool isApart = a.Max < b.Min || b.Max < a.Min || a.SignedMax < b.SignedMin || b.SignedMax < a.SignedMin;
        return isApart ? false : null;
    }

    private static bool? IsGreater(in EbpfRange a, in EbpfRange b) => a.Min > b.Max ? true : a.Max <= b.Min ? false : null;

    private static bool? IsGreaterSigned(in EbpfRange a, in EbpfRange b) => a.SignedMin > b.SignedMax ? true : a.SignedMax <= b.SignedMin ? false : null;

    /// <summary>Narrows both ranges by a condition that holds, or by one that does not.</summary>
    public static void Assume(int condition, bool holds, ref EbpfRange a, ref EbpfRange b)
    {
        switch (condition)
        {
            case Jeq or Jne when holds == (condition == Jeq):
                EbpfRange common = Common(a, b);
                (a, b) = (a.NarrowedTo(common), b.NarrowedTo(common));
                break;
            case Jeq or Jne:
                if (b.IsConstant) a = Without(a, b.Min);
                if (a.IsConstant) b = Without(b, a.Min);
                break;
            case Jset when b.IsConstant && (!holds || ulong.IsPow2(b.Min)):
                ulong bits = b.Min;
                EbpfBits known = holds ? new EbpfBits(a.Bits.Value | bits, a.Bits.Unknown & ~bits) : new EbpfBits(a.Bits.Value & ~bits, a.Bits.Unknown & ~bits);
                a = a.NarrowedTo(a with { Bits = known });
                break;
            case Jset:
                break;
            case Jgt or Jle when holds == (condition == Jgt):
                AssumeLess(ref b, ref a, 1);
                break;
            case Jgt or Jle:
                AssumeLess(ref a, ref b, 0);
                break;
            case Jlt or Jge when holds == (condition == Jlt):
                AssumeLess(ref a, ref b, 1);
                break;
            case Jlt or Jge:
                AssumeLess(ref b, ref a, 0);
                break;
            case Jsgt or Jsle when holds == (condition == Jsgt):
                AssumeLessSigned(ref b, ref a, 1);
                break;
            case Jsgt or Jsle:
                AssumeLessSigned(ref a, ref b, 0);
                break;
            default:
                if (holds == (condition == Jslt)) AssumeLessSigned(ref a, ref b, 1);
                else AssumeLessSigned(ref b, ref a, 0);
                break;
        }
    }

    private static EbpfRange Common(in EbpfRange a, in EbpfRange b)
    {
        return new EbpfRange(
            Math.Max(a.Min, b.Min), Math.Min(a.Max, b.Max), Math.Max(a.SignedMin, b.SignedMin), Math.Min(a.SignedMax, b.SignedMax), EbpfBits.Meet(a.Bits, b.Bits));
    }

    private static EbpfRange Without(in EbpfRange range, ulong number)
    {
        if (range.IsConstant) return range;
        EbpfRange left = range;
        if (left.Min == number) left = left with { Min = number + 1 };
        if (left.Max == number) left = left with { Max = number - 1 };
        if (left.SignedMin == (long)number) left = left with { SignedMin = (long)number + 1 };
        if (left.SignedMax == (long)number) left = left with { SignedMax = (long)number - 1 };
        return range.NarrowedTo(left);
    }

    /// <summary>The ends exist: else the condition had been decided.</summary>
    private static void AssumeLess(ref EbpfRange less, ref EbpfRange more, ulong by)
    {
        ulong greatest = more.Max - by, least = less.Min + by;
        less = less.NarrowedTo(less with { Max = Math.Min(less.Max, greatest) });
        more = more.NarrowedTo(more with { Min = Math.Max(more.Min, least) });
    }

    private static void AssumeLessSigned(ref EbpfRange less, ref EbpfRange more, long by)
    {
        long greatest = more.SignedMax - by, least = less.SignedMin + by;
        less = less.NarrowedTo(less with { SignedMax = Math.Min(less.SignedMax, greatest) });
        more = more.NarrowedTo(more with { SignedMin = Math.Max(more.SignedMin, least) });
    }
}
