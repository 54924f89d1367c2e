using System.Reflection;
using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>Begins a program anew so that it can handle every signal, in the process that it already has: same process id, terminal, parent and streams.</summary>
/// <remarks>See <see cref="LinuxSignals"/> for why signals must be blocked before the runtime starts. execve(2) keeps the mask of the thread that calls it.</remarks>
public static unsafe class SignalReadyProgram
{
    private const int SetMask = 2; // SIG_SETMASK

    /// <summary>The first thing that a Main does that needs signals: gives it a start with signals blocked, unless it has that already.</summary>
    /// <param name="args">Main's arguments.</param>
    /// <remarks>Does not return if it starts anew. If that cannot be done, it returns, and signals that the runtime does not hand on cannot be handled.</remarks>
    public static void Ensure(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (LinuxSignals.AreBlocked || Assembly.GetEntryAssembly() is not { Location.Length: > 0 } program) return;
        string host = IsolatedProcess.HostPath();
        string[] command = [host, "exec", program.Location, .. args];
        nint* arguments = (nint*)NativeMemory.AllocZeroed((nuint)(command.Length + 1), (nuint)sizeof(nint));
        for (int i = 0; i < command.Length; i++) arguments[i] = Marshal.StringToCoTaskMemUTF8(command[i]);
        SignalMask blocked = SignalMask.Taken, before;
        _ = Libc.SignalMaskOfThread(SetMask, &blocked, &before);
        _ = Libc.Execute((byte*)arguments[0], arguments);
        // Only a failure comes back.
        _ = Libc.SignalMaskOfThread(SetMask, &before, null);
        for (int i = 0; i < command.Length; i++) Marshal.FreeCoTaskMem(arguments[i]);
        NativeMemory.Free(arguments);
    }
}
