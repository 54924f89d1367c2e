using System.Buffers.Binary;

namespace Slipway.Stack;

/// <summary>
/// Where a host, a link or a lab takes its random numbers from. Always injected: a <see cref="SeededRandom"/> in simulations, a cryptographic
/// source in real use, where ports and sequence numbers must not be guessed (RFC 6056, RFC 6528).
/// </summary>
public abstract class RandomSource
{
    /// <summary>64 random bits.</summary>
    public abstract ulong NextUInt64();

    /// <summary>32 random bits.</summary>
    public virtual uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <summary>16 random bits.</summary>
    public ushort NextUInt16() => (ushort)(NextUInt64() >> 48);

    /// <summary>A number from 0 to <paramref name="bound"/> − 1, each as likely as the others (Lemire, "Fast Random Integer Generation in an Interval", 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong product = (ulong)NextUInt32() * (uint)bound;
        if ((uint)product < (uint)bound)
        {
            uint unfair = (uint)-bound % (uint)bound;
            while ((uint)product < unfair) product = (ulong)NextUInt32() * (uint)bound;
        }
        return (int)(product >> 32);
    }

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or has more than 2^31 − 1 numbers.</exception>
    public int NextInRange(int low, int high) => low + Next(checked(high - low + 1));

    /// <summary>A number from 0 up to, but not including, <paramref name="bound"/>, each as likely as the others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public long NextInt64(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong high = Math.BigMul(NextUInt64(), (ulong)bound, out ulong low);
        if (low < (ulong)bound)
        {
            ulong unfair = (0 - (ulong)bound) % (ulong)bound;
            while (low < unfair) high = Math.BigMul(NextUInt64(), (ulong)bound, out low);
        }
        return (long)high;
    }

    /// <summary>A number from 0 up to, but not including, 1, in steps of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability; never for 0 or less, always for 1 or more. Takes a number from the stream in either case.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Fills with random bytes.</summary>
    public virtual void Fill(Span<byte> destination)
    {
        for (; destination.Length >= 8; destination = destination[8..]) BinaryPrimitives.WriteUInt64LittleEndian(destination, NextUInt64());
        if (destination.IsEmpty) return;
        Span<byte> last = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(last, NextUInt64());
        last[..destination.Length].CopyTo(destination);
    }

    /// <summary>
    /// An independent source for a part with a name of its own, so that adding one host or link to a network leaves the numbers of all others as they
    /// were. The name alone decides, not what was drawn before. A cryptographic source returns itself.
    /// </summary>
    public abstract RandomSource Derive(string label);
}
