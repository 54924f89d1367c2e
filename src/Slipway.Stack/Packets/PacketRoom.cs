namespace Slipway.Stack;

/// <summary>How much room a member of a group has in its receive buffer.</summary>
internal enum PacketRoom
{
    /// <summary>None for the packet at hand.</summary>
    None,

    /// <summary>Less than a quarter would be left.</summary>
    Low,

    /// <summary>More than a quarter would be left.</summary>
    Normal,
}
