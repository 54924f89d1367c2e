using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>Calls for the ids and the priority of processes.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Name, EntryPoint = "getpgid", SetLastError = true)]
    public static partial int GetGroupOf(int process);

    [LibraryImport(Name, EntryPoint = "getsid", SetLastError = true)]
    public static partial int GetSessionOf(int process);

    [LibraryImport(Name, EntryPoint = "setsid", SetLastError = true)]
    public static partial int SetSession();

    [LibraryImport(Name, EntryPoint = "getresuid", SetLastError = true)]
    public static partial int GetUsers(int* real, int* effective, int* saved);

    [LibraryImport(Name, EntryPoint = "getresgid", SetLastError = true)]
    public static partial int GetGroups(int* real, int* effective, int* saved);

    [LibraryImport(Name, EntryPoint = "getpriority", SetLastError = true)]
    public static partial int GetPriority(int which, int who);

    [LibraryImport(Name, EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetPriority(int which, int who, int value);
}
