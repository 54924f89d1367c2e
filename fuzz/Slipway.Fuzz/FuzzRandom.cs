namespace Slipway.Fuzz;

/// <summary>SplitMix64: the same numbers from the same seed on every runtime, so that a seed in a report is worth something.</summary>
public sealed class FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ z >> 30) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ z >> 27) * 0x94D0_49BB_1331_11EB;
        return z ^ z >> 31;
    }

    /// <summary>A number from 0 up to, and without, the bound.</summary>
    public int Below(int bound) => (int)(Next() % (uint)bound);

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = (byte)(Next() >> 56);
        return bytes;
    }
}
