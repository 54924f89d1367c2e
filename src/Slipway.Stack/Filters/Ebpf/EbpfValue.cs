namespace Slipway.Stack;

/// <summary>A value as the verifier sees it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Range">What a number may be; of an address, what was added to it and is not known.</param>
/// <param name="Offset">Of an address: what was added and is known.</param>
/// <param name="Place">Which map, or which function's stack.</param>
/// <param name="Origin">The instruction that made the copies of this value, so that a test of one tells of all; -1 where none is known.</param>
internal readonly record struct EbpfValue(EbpfValueKind Kind, EbpfRange Range, int Offset = 0, int Place = 0, int Origin = -1)
{
    public static EbpfValue AnyNumber => Number(EbpfRange.Any);

    public bool IsNumber => Kind == EbpfValueKind.Number;

    public bool IsAddress => Kind > EbpfValueKind.Number;

    /// <summary>Whether it points to bytes, which it may leave by arithmetic.</summary>
    public bool PointsToBytes => Kind is EbpfValueKind.Stack or EbpfValueKind.Element;

    public static EbpfValue Number(in EbpfRange range) => new(EbpfValueKind.Number, range);

    public static EbpfValue Constant(long number) => Number(EbpfRange.Constant((ulong)number));

    public static EbpfValue Address(EbpfValueKind kind, int place = 0, int offset = 0) => new(kind, EbpfRange.Zero, offset, place);

    /// <summary>What holds on both ways.</summary>
    public static EbpfValue Join(in EbpfValue a, in EbpfValue b)
    {
        if (a == b) return a;
        int origin = a.Origin == b.Origin ? a.Origin : -1;
        if (a.IsNumber && b.IsNumber) return Number(EbpfRange.Join(a.Range, b.Range)) with { Origin = origin };
        if (a.Kind == b.Kind && a.Place == b.Place)
        {
            int offset = Math.Min(a.Offset, b.Offset);
            return a with { Offset = offset, Range = EbpfRange.Join(a.From(offset), b.From(offset)), Origin = origin };
        }
        // An element here and none there: the program has to look.
        if (a.IsNull && b.BeginsElement) return Address(EbpfValueKind.ElementOrNull, b.Place);
        bool begins = a.BeginsElement && (b.IsNull || b.BeginsElement && a.Place == b.Place);
        if (begins) return Address(EbpfValueKind.ElementOrNull, a.Place);
        return default;
    }

    private bool IsNull => IsNumber && Range is { IsConstant: true, Min: 0 };

    private bool BeginsElement => Kind is EbpfValueKind.Element or EbpfValueKind.ElementOrNull && Offset == 0 && Range is { IsConstant: true, Min: 0 };

    /// <summary>What is added to an offset, which is the value's own or less.</summary>
    private EbpfRange From(int offset) => Offset == offset ? Range : EbpfRange.Add(Range, EbpfRange.Constant((ulong)((long)Offset - offset)));
}
