namespace Slipway.Stack;

/// <summary>A value as the verifier sees it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">A number that is known, or the offset of an address.</param>
/// <param name="IsKnown">Whether a number is known.</param>
/// <param name="Map">Which map.</param>
/// <param name="Origin">Of a look-up: where it was made, so that one test tells of all copies.</param>
internal readonly record struct EbpfValue(EbpfValueKind Kind, long Number = 0, bool IsKnown = false, int Map = 0, int Origin = 0)
{
    public static EbpfValue AnyNumber => new(EbpfValueKind.Number);

    public bool IsNumber => Kind == EbpfValueKind.Number;

    public bool IsAddress => Kind > EbpfValueKind.Number;

    public static EbpfValue Constant(long number) => new(EbpfValueKind.Number, number, IsKnown: true);

    /// <summary>What holds on both ways.</summary>
    public static EbpfValue Join(EbpfValue a, EbpfValue b) => a == b ? a : a.IsNumber && b.IsNumber ? AnyNumber : default;
}
