namespace Slipway.Linux;

/// <summary>What IPC_STAT tells about a segment of shared memory.</summary>
/// <param name="Permissions">Owner, creator, permissions.</param>
/// <param name="Length">The length that was asked for, in bytes.</param>
/// <param name="Attached">How many attachments there are, in all processes.</param>
/// <param name="CreatorProcessId">Who made it.</param>
/// <param name="LastProcessId">Who attached or detached last.</param>
/// <param name="MarkedForRemoval">SHM_DEST: it goes with its last attachment.</param>
public readonly record struct SharedMemoryStatus(
    IpcPermissions Permissions,
    long Length,
    int Attached,
    int CreatorProcessId,
    int LastProcessId,
    bool MarkedForRemoval);
