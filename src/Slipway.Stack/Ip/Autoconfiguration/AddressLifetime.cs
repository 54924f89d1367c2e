namespace Slipway.Stack;

/// <summary>How long an address or a prefix of a router counts (RFC 4862 §5.5.4), as times of the loop in nanoseconds.</summary>
/// <param name="ValidUntil">It goes then; <see cref="Forever"/> never.</param>
/// <param name="PreferredUntil">Nothing new shall use it from then on.</param>
internal readonly record struct AddressLifetime(long ValidUntil, long PreferredUntil)
{
    public const long Forever = long.MaxValue;

    /// <summary>Seconds of a message as a time: all ones are for ever (RFC 4861 §4.6.2).</summary>
    public static long Until(long now, uint seconds) => seconds == uint.MaxValue ? Forever : now + seconds * StackClock.Second;
}
