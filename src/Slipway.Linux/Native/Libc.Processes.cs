using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Calls for processes, threads, signals and time.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Name, EntryPoint = "getppid")]
    public static partial int GetParentId();

    [LibraryImport(Name, EntryPoint = "getpgrp")]
    public static partial int GetProcessGroup();

    [LibraryImport(Name, EntryPoint = "setpgid", SetLastError = true)]
    public static partial int SetProcessGroup(int process, int group);

    [LibraryImport(Name, EntryPoint = "gettid")]
    public static partial int GetThreadId();

    [LibraryImport(Name, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport(Name, EntryPoint = "tgkill", SetLastError = true)]
    public static partial int TgKill(int process, int thread, int signal);

    [LibraryImport(Name, EntryPoint = "alarm")]
    public static partial uint Alarm(uint seconds);

    [LibraryImport(Name, EntryPoint = "nanosleep", SetLastError = true)]
    public static partial int NanoSleep(TimeSpecification* wanted, TimeSpecification* left);

    [LibraryImport(Name, EntryPoint = "pthread_sigmask")]
    public static partial int SignalMaskOfThread(int how, SignalMask* set, SignalMask* before);

    [LibraryImport(Name, EntryPoint = "sigtimedwait", SetLastError = true)]
    public static partial int SignalTimedWait(SignalMask* set, byte* information, TimeSpecification* limit);

    [LibraryImport(Name, EntryPoint = "ppoll", SetLastError = true)]
    public static partial int PollWithMask(PollEntry* entries, nuint count, TimeSpecification* limit, SignalMask* open);

    [LibraryImport(Name, EntryPoint = "sigpending", SetLastError = true)]
    public static partial int SignalsPending(SignalMask* set);

    // The value is a union of an int and a pointer, passed as a word.
    [LibraryImport(Name, EntryPoint = "sigqueue", SetLastError = true)]
    public static partial int QueueSignal(int process, int signal, nint value);

    [LibraryImport(Name, EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SignalAction(int signal, byte* action, byte* before);

    [LibraryImport(Name, EntryPoint = "memfd_create", SetLastError = true)]
    public static partial int MemoryFile(byte* name, int flags);

    [LibraryImport(Name, EntryPoint = "execv", SetLastError = true)]
    public static partial int Execute(byte* path, nint* arguments);

    [LibraryImport(Name, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int child, int* status, int options);

    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport(Name, EntryPoint = "geteuid")]
    public static partial int GetEffectiveUser();

    [LibraryImport(Name, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport(Name, EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, ulong* limits);

    [LibraryImport(Name, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(byte* room, nint length, uint flags);
}
