namespace Slipway.Stack;

/// <summary>What became of packets on one direction of a link or fault device.</summary>
public struct PathCounters
{
    /// <summary>Packets that came in.</summary>
    public long Entered;

    /// <summary>Packets that came out, doubles included.</summary>
    public long Left;

    /// <summary>Dropped: the queue was full.</summary>
    public long Overflowed;

    /// <summary>Dropped: longer than the model's MTU.</summary>
    public long TooLong;

    /// <summary>Lost by chance, or to a filter.</summary>
    public long Lost;

    /// <summary>Doubled.</summary>
    public long Duplicated;

    /// <summary>Made to fall behind.</summary>
    public long Reordered;

    /// <summary>Damaged.</summary>
    public long Corrupted;
}
