using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Limits and ids.</summary>
public sealed partial class LinuxProcess
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    /// <summary>Whether debuggers may attach and core files be written, and this process's files in /proc are its user's (prctl(2), PR_GET_DUMPABLE).</summary>
    public static bool IsDumpable => Dumpable.Now;

    /// <inheritdoc/>
    /// <remarks>The soft limit, which counts for the whole process.</remarks>
    public override unsafe Errno LimitDescriptors(int limit)
    {
        ulong* limits = stackalloc ulong[2];
        Errno error = Libc.Status(Libc.GetLimit(NumberOfFiles, limits));
        if (error != Errno.None) return error;
        limits[0] = (ulong)limit;
        return Libc.Status(Libc.SetLimit(NumberOfFiles, limits));
    }

    /// <inheritdoc/>
    /// <remarks>The effective id of the thread changes, and with it go its effective capabilities (capabilities(7)); both come back afterwards.</remarks>
    public override void RunAsUser(int userId, Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        int before = Libc.GetEffectiveUser();
        Dumpable.BeginChange();
        try
        {
            SetEffectiveUser(userId);
            body();
        }
        finally
        {
            SetEffectiveUser(before);
            Dumpable.EndChange();
        }
    }

    private static void SetEffectiveUser(int userId)
    {
        // The call itself: the C library's function changes all threads, this only the caller.
        if (Libc.SystemCall(SystemCalls.SetUsers, -1, userId, -1, 0, 0, 0) != 0)
            throw new SocketCallException((Errno)Marshal.GetLastPInvokeError(), $"setresuid(-1, {userId}, -1)");
    }
}
