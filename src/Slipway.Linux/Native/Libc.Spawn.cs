using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>Opening for children, and waiting for them.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Name, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int directory, byte* path, int flags, int mode);

    [LibraryImport(Name, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, byte* information, int options);
}
