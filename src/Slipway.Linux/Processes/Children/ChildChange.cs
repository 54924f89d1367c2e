namespace Slipway.Linux;

/// <summary>What a wait found out about a child.</summary>
/// <param name="ProcessId">The child; 0 if WNOHANG found nothing.</param>
/// <param name="UserId">Its real user id.</param>
/// <param name="Status">What became of it.</param>
public readonly record struct ChildChange(int ProcessId, int UserId, WaitStatus Status);
