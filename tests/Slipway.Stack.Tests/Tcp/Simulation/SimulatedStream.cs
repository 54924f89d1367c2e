using System.Globalization;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>The bytes of one direction, and how the programs write and read them.</summary>
internal sealed class SimulatedStream
{
    // Every stream is a piece of one table: what the byte at a place must be is known to both ends without being kept.
    private const int TableLength = (1 << 20) + 7;
    private const int LargestCall = 1 << 16;
    private static readonly byte[] Table = MakeTable();

    private readonly int _start;

    public SimulatedStream(SeededRandom random, long most)
    {
        Length = (int)(random.Chance(0.05) ? random.Next(2) : Math.Exp(Math.Log(most) * (0.3 + 0.7 * random.NextDouble())));
        WriteSize = (int)Math.Exp(Math.Log(LargestCall) * (0.4 + 0.6 * random.NextDouble()));
        ReadSize = (int)Math.Exp(Math.Log(LargestCall) * (0.4 + 0.6 * random.NextDouble()));
        if (random.Chance(0.25)) WritePause = Pause(random, Length / WriteSize);
        if (random.Chance(0.25)) ReadPause = Pause(random, Length / ReadSize);
        _start = random.Next(TableLength);
    }

    private SimulatedStream() => WriteSize = ReadSize = LargestCall;

    public static SimulatedStream Empty { get; } = new();

    public int Length { get; }

    public int WriteSize { get; }

    public int ReadSize { get; }

    /// <summary>Between writes, nanoseconds.</summary>
    public long WritePause { get; }

    /// <summary>Between reads, nanoseconds.</summary>
    public long ReadPause { get; }

    /// <summary>The bytes from a place on.</summary>
    public ReadOnlySpan<byte> At(int place, int count) => Table.AsSpan((_start + place) % TableLength, count);

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Length} bytes, writes {WriteSize} each {WritePause / 1e6} ms, reads {ReadSize} each {ReadPause / 1e6} ms");

    // All pauses of a stream together take a minute at most.
    private static long Pause(SeededRandom random, int calls) => (long)(Math.Min(400e6, 60e9 / (calls + 1)) * random.NextDouble());

    private static byte[] MakeTable()
    {
        byte[] table = new byte[TableLength + LargestCall];
        new SeededRandom(20260101).Fill(table.AsSpan(0, TableLength));
        table.AsSpan(0, LargestCall).CopyTo(table.AsSpan(TableLength));
        return table;
    }
}
