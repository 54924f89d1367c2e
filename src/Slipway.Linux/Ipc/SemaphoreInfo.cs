namespace Slipway.Linux;

/// <summary>One semaphore of a set.</summary>
/// <param name="Value">Its value (semval).</param>
/// <param name="LastProcessId">Who changed it last (sempid).</param>
/// <param name="WaitingForIncrease">How many wait for it to grow (semncnt).</param>
/// <param name="WaitingForZero">How many wait for it to be 0 (semzcnt).</param>
public readonly record struct SemaphoreInfo(int Value, int LastProcessId, int WaitingForIncrease, int WaitingForZero);
