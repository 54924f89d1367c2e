namespace Slipway.Linux;

/// <summary>Who a System V object belongs to (struct ipc_perm).</summary>
/// <param name="Key">The key under which it is found; <see cref="IpcKey.Private"/> for a private one, and for shared memory that is marked for removal.</param>
/// <param name="UserId">The owner.</param>
/// <param name="GroupId">The owner's group.</param>
/// <param name="CreatorUserId">Who made it.</param>
/// <param name="CreatorGroupId">The maker's group.</param>
/// <param name="Mode">The permissions.</param>
public readonly record struct IpcPermissions(IpcKey Key, int UserId, int GroupId, int CreatorUserId, int CreatorGroupId, UnixFileMode Mode);
