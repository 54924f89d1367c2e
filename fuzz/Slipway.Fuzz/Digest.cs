using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Takes in all that the accessors give, so that none is optimised away and two runs can be compared.</summary>
public struct Digest
{
    public ulong Value { get; private set; }

    public void Add(long value) => Value = (Value ^ (ulong)value) * 0x0000_0100_0000_01B3 + 1;

    public void Add(bool value) => Add(value ? 1L : 0);

    public void Add(IpAddress address)
    {
        Add((long)address.High);
        Add((long)address.Low);
    }

    public void Add(MacAddress address) => Add((long)address.Value);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        foreach (byte value in bytes) Add((long)value);
    }

    public void Add(string text)
    {
        foreach (char letter in text) Add((long)letter);
    }
}
