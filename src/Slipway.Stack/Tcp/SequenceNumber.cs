using System.Runtime.CompilerServices;

namespace Slipway.Stack;

/// <summary>
/// Comparison of TCP sequence numbers, which wrap at 2^32 (RFC 9293 section 3.4). "Before" means fewer than 2^31 steps behind; two numbers exactly
/// 2^31 apart are each before the other, as in the usual signed comparison.
/// </summary>
internal static class SequenceNumber
{
    /// <summary><paramref name="a"/> &lt; <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Before(uint a, uint b) => (int)(a - b) < 0;

    /// <summary><paramref name="a"/> &gt; <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool After(uint a, uint b) => (int)(b - a) < 0;

    /// <summary><paramref name="a"/> ≤ <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool BeforeOrEqual(uint a, uint b) => (int)(b - a) >= 0;

    /// <summary><paramref name="a"/> ≥ <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AfterOrEqual(uint a, uint b) => (int)(a - b) >= 0;

    /// <summary>
    /// <paramref name="low"/> ≤ <paramref name="value"/> ≤ <paramref name="high"/>, both ends included, walking up from low; exact for ranges of any
    /// length.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Between(uint value, uint low, uint high) => value - low <= high - low;

    /// <summary>The later of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(uint a, uint b) => Before(a, b) ? b : a;

    /// <summary>The earlier of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(uint a, uint b) => Before(b, a) ? b : a;
}
