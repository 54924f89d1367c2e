namespace Slipway.Stack;

/// <summary>What became of a fragment.</summary>
internal enum FragmentVerdict
{
    /// <summary>Kept; others are missing.</summary>
    Kept,

    /// <summary>The packet is whole.</summary>
    Complete,

    /// <summary>There already: dropped alone.</summary>
    Duplicate,

    /// <summary>It lies over another: the packet is lost (RFC 5722 §4).</summary>
    Overlap,

    /// <summary>It contradicts another about the packet's length, or is empty: the packet is lost.</summary>
    Inconsistent,
}
