namespace Slipway.Lab;

/// <summary>Why a run came to its end.</summary>
public enum RunEnd
{
    /// <summary>Nothing more can happen: every process has ended or waits for ever.</summary>
    Idle,

    /// <summary>The time was reached.</summary>
    TimeReached,

    /// <summary>The condition was met.</summary>
    ConditionMet,

    /// <summary>Every process that was to be waited for has ended.</summary>
    ProcessesEnded,

    /// <summary>The caller's token was cancelled.</summary>
    Cancelled,
}
