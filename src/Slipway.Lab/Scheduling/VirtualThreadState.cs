namespace Slipway.Lab;

/// <summary>Where a virtual thread stands.</summary>
internal enum VirtualThreadState
{
    /// <summary>It has not begun, or waits for its turn.</summary>
    Runnable,

    /// <summary>It has the baton.</summary>
    Running,

    /// <summary>It waits for something.</summary>
    Blocked,

    /// <summary>It is over.</summary>
    Ended,
}
