using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

/// <summary>Reads from /proc/self/task/TID/syscall (proc(5)) in which system call a thread sleeps. A thread that waits for a lock of the runtime sleeps in futex, which does not count.</summary>
internal static class ThreadState
{
    // read, write, close (it may linger), poll, readv, writev, select, nanosleep, sendfile, connect, accept, sendto, recvfrom, sendmsg, recvmsg,
    // clock_nanosleep, epoll_wait, pselect6, ppoll, epoll_pwait, accept4; open and openat (of a FIFO), semop, msgsnd, msgrcv, fcntl, flock, semtimedop, mq_timedsend,
    // mq_timedreceive, wait4, waitid; epoll_pwait2.
    private static readonly int[] s_x64 =
        [0, 1, 3, 7, 19, 20, 23, 35, 40, 42, 43, 44, 45, 46, 47, 230, 232, 270, 271, 281, 288, 2, 257, 65, 69, 70, 72, 73, 220, 242, 243, 61, 247, 441];

    // epoll_pwait, close, read, write, readv, writev, sendfile, pselect6, ppoll, nanosleep, clock_nanosleep, accept, connect, sendto, recvfrom, sendmsg, recvmsg, accept4;
    // fcntl, flock, openat (of a FIFO), mq_timedsend, mq_timedreceive, msgrcv, msgsnd, semtimedop, semop, waitid, wait4; epoll_pwait2.
    private static readonly int[] s_arm64 =
        [22, 57, 63, 64, 65, 66, 71, 72, 73, 101, 115, 202, 203, 206, 207, 211, 212, 242, 25, 32, 56, 182, 183, 188, 189, 192, 193, 95, 260, 441];

    private static readonly int[] s_blocking = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? s_arm64 : s_x64;

    public static ThreadActivity Read(int thread)
    {
        Span<byte> text = stackalloc byte[256];
        try
        {
            using SafeFileHandle file = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/syscall"));
            // "running", or the number of the call and its arguments.
            int length = RandomAccess.Read(file, text, 0);
            bool sleeping = Utf8Parser.TryParse(text[..length], out int call, out _);
            return sleeping && Array.IndexOf(s_blocking, call) >= 0 ? ThreadActivity.BlockedInCall : ThreadActivity.Busy;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ThreadActivity.Gone; // ENOENT, or ESRCH while it goes
        }
    }
}
