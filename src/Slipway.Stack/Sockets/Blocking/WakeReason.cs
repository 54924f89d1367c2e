namespace Slipway.Stack;

/// <summary>Why a <see cref="BlockedCall"/> was woken.</summary>
internal enum WakeReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Something changed at a file: try again.</summary>
    Ready,

    /// <summary>The time is over.</summary>
    TimedOut,

    /// <summary>A signal whose handler has no SA_RESTART.</summary>
    Interrupted,

    /// <summary>A signal whose handler has SA_RESTART.</summary>
    InterruptedRestart,
}
