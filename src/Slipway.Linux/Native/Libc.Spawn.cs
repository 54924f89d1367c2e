using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>Calls for children: what posix_spawn(3) is told of descriptors and groups, and waiting.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Name, EntryPoint = "posix_spawnattr_setpgroup")]
    public static partial int SpawnSetGroup(byte* attributes, int group);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addclose")]
    public static partial int SpawnAddClose(byte* actions, int there);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int SpawnAddCloseFrom(byte* actions, int lowest);

    [LibraryImport(Name, EntryPoint = "posix_spawn_file_actions_addfchdir_np")]
    public static partial int SpawnAddDirectory(byte* actions, int directory);

    [LibraryImport(Name, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int directory, byte* path, int flags, int mode);

    [LibraryImport(Name, EntryPoint = "faccessat", SetLastError = true)]
    public static partial int AccessAt(int directory, byte* path, int mode, int flags);

    [LibraryImport(Name, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, byte* information, int options);
}
