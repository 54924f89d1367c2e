namespace Slipway.Linux;

/// <summary>What IPC_STAT tells about a set of semaphores.</summary>
/// <param name="Permissions">Owner, creator, permissions.</param>
/// <param name="Count">How many semaphores it has.</param>
/// <param name="LastOperation">The last semop(2) that succeeded; null if there was none.</param>
/// <param name="LastChange">When it was made, or its values or permissions set.</param>
public readonly record struct SemaphoreSetStatus(IpcPermissions Permissions, int Count, DateTimeOffset? LastOperation, DateTimeOffset? LastChange);
