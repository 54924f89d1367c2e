namespace Slipway.Stack;

/// <summary>
/// SYN cookies (RFC 4987 section 3.6) in Linux's layout: when the queue of half-open connections is full, the SYN-ACK's sequence number itself says, under a
/// keyed hash, when the SYN came and which segment size it offered, so nothing need be remembered until the ACK brings it back. The upper eight bits count
/// minutes; the lower 24 are a hash of ends and minute plus the index of the segment size.
/// </summary>
internal sealed class SynCookies(SipKey mask, SipKey proof)
{
    /// <summary>A cookie is good in the minute it was made in and in the next (MAX_SYNCOOKIE_AGE).</summary>
    public const uint MaxAge = 2;

    private const long Period = 60_000_000_000;
    private const int CountShift = 24;
    private const uint DataMask = (1u << CountShift) - 1;

    /// <summary>The segment sizes that a cookie can tell, for IPv4: the common ones, rounded down to.</summary>
    public static ReadOnlySpan<ushort> SizesIPv4 => [536, 1300, 1440, 1460];

    /// <summary>The same for IPv6: links of 1280, 1480, 1500 and 9000 bytes less the two headers.</summary>
    public static ReadOnlySpan<ushort> SizesIPv6 => [1220, 1420, 1440, 8940];

    /// <summary>The cookie to answer a SYN with.</summary>
    /// <param name="ends">Both ends; local is the listener's.</param>
    /// <param name="sequence">The SYN's sequence number.</param>
    /// <param name="segmentSize">The MSS that the SYN offered; on return what the cookie stands for, which is not more, unless the offer is below the smallest.</param>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    public uint Create(in TcpTuple ends, uint sequence, ref ushort segmentSize, long now)
    {
        ReadOnlySpan<ushort> sizes = Sizes(ends);
        int index = sizes.Length - 1;
        while (index > 0 && segmentSize < sizes[index]) index--;
        segmentSize = sizes[index];
        uint count = Count(now);
        return Mask(ends, sequence) + (count << CountShift) + (Proof(ends, count) + (uint)index & DataMask);
    }

    /// <summary>Whether the ACK that completes a handshake brings a cookie of ours.</summary>
    /// <param name="ends">Both ends.</param>
    /// <param name="sequence">The SYN's sequence number: the ACK's less one.</param>
    /// <param name="cookie">The ACK's acknowledgment number less one.</param>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    /// <returns>The segment size; 0 for a cookie that is not ours or too old. Eight of the 2^32 numbers are good at a time.</returns>
    public ushort Check(in TcpTuple ends, uint sequence, uint cookie, long now)
    {
        uint count = Count(now);
        cookie -= Mask(ends, sequence);
        uint age = count - (cookie >> CountShift) & uint.MaxValue >> CountShift;
        if (age >= MaxAge) return 0;
        uint index = cookie - Proof(ends, count - age) & DataMask;
        ReadOnlySpan<ushort> sizes = Sizes(ends);
        return index < (uint)sizes.Length ? sizes[(int)index] : (ushort)0;
    }

    private static ReadOnlySpan<ushort> Sizes(in TcpTuple ends) => ends.Remote.IsIPv4 ? SizesIPv4 : SizesIPv6;

    private static uint Count(long now) => (uint)(now / Period);

    private uint Mask(in TcpTuple ends, uint sequence) => (uint)ends.Hash(mask) + sequence;

    private uint Proof(in TcpTuple ends, uint count) => (uint)ends.Hash(proof, count);
}
