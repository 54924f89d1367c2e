namespace Slipway.Lab;

/// <summary>What a network does with the packets that pass its interfaces.</summary>
public enum CaptureMode
{
    /// <summary>It keeps them in memory, up to <see cref="NetworkCapture.MemoryLimit"/>, and writes them to the streams that were opened.</summary>
    Memory,

    /// <summary>It only writes them to the streams that were opened.</summary>
    Stream,

    /// <summary>Nothing. Packets between hosts need no checksums then, and may stay whole chains of segments.</summary>
    Off,
}
