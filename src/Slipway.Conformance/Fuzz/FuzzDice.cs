using System.Buffers.Binary;
using Slipway.Stack;

namespace Slipway.Conformance;

/// <summary>The choices of a run: the same from the same seed.</summary>
internal sealed class FuzzDice(ulong seed)
{
    private static readonly int[] TellingNumbers =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 16, 63, 64, 100, 127, 128, 255, 256, 536, 1000, 1280, 1500, 4096, 32767, 32768, 65535, 65536, 0x100000,
        int.MaxValue, int.MinValue, -1, -2, -128,
    ];

    private static readonly int[] TellingLengths = [0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 5, 7, 8, 8, 12, 15, 16, 16, 17, 20, 24, 28, 32, 36, 40, 64, 128, 136, 264];

    private readonly SeededRandom _random = new(seed);

    public int Below(int bound) => _random.Next(bound);

    public bool Percent(int chance) => _random.Next(100) < chance;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    public T Of<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A number that programs and mistakes are made of, or any.</summary>
    public int Number() => Percent(90) ? Of(TellingNumbers) : (int)_random.NextUInt32();

    /// <summary>A length that structures have, or nearly.</summary>
    public int Length() => Of(TellingLengths);

    /// <summary>Bytes: of ints, of zeros, or of anything.</summary>
    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        switch (Below(4))
        {
            case 0:
                _random.Fill(bytes);
                break;
            case 1:
                break;
            default:
                Span<byte> number = stackalloc byte[4];
                for (int at = 0; at < length; at += 4)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(number, Number());
                    number[..Math.Min(4, length - at)].CopyTo(bytes.AsSpan(at));
                }
                break;
        }
        return bytes;
    }

    public ulong Seed() => _random.NextUInt64();
}
