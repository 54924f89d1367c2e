namespace Slipway.Stack;

/// <summary>The state of the urgent byte.</summary>
internal enum UrgentState : byte
{
    None,

    /// <summary>It was announced, and is still under way.</summary>
    Announced,

    /// <summary>It is there.</summary>
    Valid,

    /// <summary>It was read by MSG_OOB; the mark stays until the stream passes it.</summary>
    Read,
}
