using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>Calls for POSIX semaphores, shared memory and message queues.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Name, EntryPoint = "sem_open", SetLastError = true)]
    public static partial nint SemOpen(byte* name, int flags, uint mode, uint value);

    [LibraryImport(Name, EntryPoint = "sem_close", SetLastError = true)]
    public static partial int SemClose(nint semaphore);

    [LibraryImport(Name, EntryPoint = "sem_unlink", SetLastError = true)]
    public static partial int SemUnlink(byte* name);

    [LibraryImport(Name, EntryPoint = "sem_wait", SetLastError = true)]
    public static partial int SemWait(nint semaphore);

    [LibraryImport(Name, EntryPoint = "sem_trywait", SetLastError = true)]
    public static partial int SemTryWait(nint semaphore);

    [LibraryImport(Name, EntryPoint = "sem_timedwait", SetLastError = true)]
    public static partial int SemTimedWait(nint semaphore, TimeSpecification* end);

    [LibraryImport(Name, EntryPoint = "sem_post", SetLastError = true)]
    public static partial int SemPost(nint semaphore);

    [LibraryImport(Name, EntryPoint = "sem_getvalue", SetLastError = true)]
    public static partial int SemGetValue(nint semaphore, int* value);

    [LibraryImport(Name, EntryPoint = "shm_open", SetLastError = true)]
    public static partial int ShmOpen(byte* name, int flags, uint mode);

    [LibraryImport(Name, EntryPoint = "shm_unlink", SetLastError = true)]
    public static partial int ShmUnlink(byte* name);

    [LibraryImport(Name, EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* Map(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport(Name, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(byte* address, nuint length);

    [LibraryImport(Name, EntryPoint = "mq_open", SetLastError = true)]
    public static partial int MqOpen(byte* name, int flags, uint mode, long* attributes);

    [LibraryImport(Name, EntryPoint = "mq_unlink", SetLastError = true)]
    public static partial int MqUnlink(byte* name);

    [LibraryImport(Name, EntryPoint = "mq_timedsend", SetLastError = true)]
    public static partial int MqSend(int queue, byte* message, nuint length, uint priority, TimeSpecification* end);

    [LibraryImport(Name, EntryPoint = "mq_timedreceive", SetLastError = true)]
    public static partial nint MqReceive(int queue, byte* room, nuint length, uint* priority, TimeSpecification* end);

    [LibraryImport(Name, EntryPoint = "mq_getattr", SetLastError = true)]
    public static partial int MqAttributes(int queue, long* attributes);
}
