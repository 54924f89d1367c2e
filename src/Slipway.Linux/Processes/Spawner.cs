using System.Runtime.InteropServices;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>posix_spawn(3) with a signal mask, and waiting for what was started.</summary>
internal static unsafe class Spawner
{
    // posix_spawnattr_t has 336 bytes in glibc and musl, posix_spawn_file_actions_t 80.
    private const int OpaqueLength = 512;
    private const short SetSignalMask = 0x08, SetSignalDefaults = 0x04;

    /// <summary>Starts a program with <see cref="SignalMask.Taken"/> blocked and default dispositions.</summary>
    /// <param name="command">The program's path and its arguments.</param>
    /// <param name="descriptors">Pairs of a descriptor here and its number there; no other is inherited unless it lacks FD_CLOEXEC.</param>
    /// <returns>The child's process id.</returns>
    public static int Start(string[] command, ReadOnlySpan<(int Here, int There)> descriptors)
    {
        byte* attributes = stackalloc byte[OpaqueLength], actions = stackalloc byte[OpaqueLength];
        Check(Libc.SpawnAttributesInit(attributes));
        Check(Libc.SpawnActionsInit(actions));
        nint* arguments = (nint*)NativeMemory.AllocZeroed((nuint)(command.Length + 1), (nuint)sizeof(nint));
        try
        {
            SignalMask blocked = SignalMask.Taken, defaults = SignalMask.Taken;
            Check(Libc.SpawnSetMask(attributes, &blocked));
            Check(Libc.SpawnSetDefaults(attributes, &defaults));
            Check(Libc.SpawnSetFlags(attributes, SetSignalMask | SetSignalDefaults));
            foreach ((int here, int there) in descriptors) Check(Libc.SpawnAddDuplicate(actions, here, there));
            for (int i = 0; i < command.Length; i++) arguments[i] = Marshal.StringToCoTaskMemUTF8(command[i]);
            nint environment = *(nint*)NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(Spawner).Assembly, null), "environ");
            int child;
            Check(Libc.Spawn(&child, (byte*)arguments[0], actions, attributes, arguments, environment));
            return child;
        }
        finally
        {
            for (int i = 0; i < command.Length; i++) Marshal.FreeCoTaskMem(arguments[i]);
            NativeMemory.Free(arguments);
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    /// <summary>Waits for a child; when its time is up it is killed, and waited for all the same.</summary>
    /// <returns>The status of waitpid(2).</returns>
    public static (int Status, bool TimedOut) Wait(int child, TimeSpan? limit)
    {
        bool timedOut = limit is { } time && !EndsWithin(child, time);
        if (timedOut) _ = Libc.Kill(child, (int)Signal.SIGKILL);
        int status;
        while (Libc.WaitPid(child, &status, 0) < 0)
            if (Libc.LastError != Errno.EINTR) throw new SocketCallException(Libc.LastError, "waitpid");
        return (status, timedOut);
    }

    /// <summary>pidfd_open(2): a descriptor that is readable when the process has ended.</summary>
    private static bool EndsWithin(int child, TimeSpan limit)
    {
        const int PidFdOpen = 434; // the same on every architecture
        int descriptor = (int)Libc.SystemCall(PidFdOpen, child, 0, 0, 0, 0, 0);
        if (descriptor < 0) throw new SocketCallException(Libc.LastError, "pidfd_open");
        try
        {
            var entry = new PollEntry(descriptor, PollEvents.POLLIN);
            return Libc.Poll(&entry, 1, (int)Math.Min(int.MaxValue, limit.TotalMilliseconds)) > 0;
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    // These functions give the error number itself.
    private static void Check(int error)
    {
        if (error != 0) throw new SocketCallException((Errno)error, "posix_spawn");
    }
}
