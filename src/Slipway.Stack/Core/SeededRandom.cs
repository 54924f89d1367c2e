using System.Numerics;

namespace Slipway.Stack;

/// <summary>
/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018), started by SplitMix64. The algorithm is part of the
/// contract: the same seed gives the same numbers in every version.
/// </summary>
public sealed class SeededRandom : RandomSource
{
    private readonly ulong _seed;
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Starts the stream of a seed.</summary>
    public SeededRandom(ulong seed)
    {
        _seed = seed;
        ulong state = seed;
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
    }

    /// <inheritdoc/>
    public override ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <inheritdoc/>
    public override SeededRandom Derive(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        // FNV-1a over the label's UTF-16 units, then mixed with the seed: string.GetHashCode differs from run to run.
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (char c in label) hash = (hash ^ c) * 0x0000_0100_0000_01B3;
        ulong state = _seed;
        return new SeededRandom(SplitMix(ref state) ^ SplitMix(ref hash));
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ z >> 30) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ z >> 27) * 0x94D0_49BB_1331_11EB;
        return z ^ z >> 31;
    }
}
