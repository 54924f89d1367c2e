using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>Calls for System V semaphores, shared memory and message queues.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Name, EntryPoint = "ftok", SetLastError = true)]
    public static partial int FileToKey(byte* path, int id);

    [LibraryImport(Name, EntryPoint = "semget", SetLastError = true)]
    public static partial int SemGet(int key, int count, int flags);

    [LibraryImport(Name, EntryPoint = "semop", SetLastError = true)]
    public static partial int SemOp(int id, SemaphoreOperation* operations, nuint count);

    [LibraryImport(Name, EntryPoint = "semtimedop", SetLastError = true)]
    public static partial int SemTimedOp(int id, SemaphoreOperation* operations, nuint count, TimeSpecification* limit);

    [LibraryImport(Name, EntryPoint = "semctl", SetLastError = true)]
    public static partial int SemControl(int id, int index, int command, nint argument);

    [LibraryImport(Name, EntryPoint = "shmget", SetLastError = true)]
    public static partial int ShmGet(int key, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "shmat", SetLastError = true)]
    public static partial byte* ShmAttach(int id, nint address, int flags);

    [LibraryImport(Name, EntryPoint = "shmdt", SetLastError = true)]
    public static partial int ShmDetach(byte* address);

    [LibraryImport(Name, EntryPoint = "shmctl", SetLastError = true)]
    public static partial int ShmControl(int id, int command, byte* argument);

    [LibraryImport(Name, EntryPoint = "msgget", SetLastError = true)]
    public static partial int MsgGet(int key, int flags);

    [LibraryImport(Name, EntryPoint = "msgsnd", SetLastError = true)]
    public static partial int MsgSend(int id, byte* message, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "msgrcv", SetLastError = true)]
    public static partial nint MsgReceive(int id, byte* message, nuint length, nint type, int flags);

    [LibraryImport(Name, EntryPoint = "msgctl", SetLastError = true)]
    public static partial int MsgControl(int id, int command, byte* argument);
}
