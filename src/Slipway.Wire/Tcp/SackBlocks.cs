namespace Slipway.Wire;

/// <summary>Up to four SACK blocks, as many as 40 bytes of options hold; a value without an array behind it.</summary>
public readonly record struct SackBlocks
{
    /// <summary>Most blocks that fit.</summary>
    public const int MaximumCount = 4;

    private readonly SackBlock _first;
    private readonly SackBlock _second;
    private readonly SackBlock _third;
    private readonly SackBlock _fourth;

    /// <summary>Takes up to four blocks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than four.</exception>
    public SackBlocks(params ReadOnlySpan<SackBlock> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks.Length, MaximumCount, nameof(blocks));
        Count = blocks.Length;
        if (blocks.Length > 0) _first = blocks[0];
        if (blocks.Length > 1) _second = blocks[1];
        if (blocks.Length > 2) _third = blocks[2];
        if (blocks.Length > 3) _fourth = blocks[3];
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>One of them, in the order of the header.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not below <see cref="Count"/>.</exception>
    public SackBlock this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return index switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth };
        }
    }
}
