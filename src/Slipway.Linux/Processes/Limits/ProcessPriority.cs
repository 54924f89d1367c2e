using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The nice value of processes: -20 takes the most processor time, 19 the least (nice(2), setpriority(2)). Children begin with that of their parent.</summary>
/// <remarks>Linux keeps it by thread. Here it is set for all threads of a process, as POSIX has it.</remarks>
public static class ProcessPriority
{
    private const int OfProcess = 0, Least = 19, Most = -20; // PRIO_PROCESS

    /// <summary>The nice value of a process's first thread (getpriority(2)).</summary>
    /// <param name="process">A process; 0 for this one.</param>
    /// <exception cref="LinuxCallException">ESRCH: no such process.</exception>
    public static int Get(int process = 0)
    {
        int first = process == 0 ? Environment.ProcessId : process;
        int value = Libc.GetPriority(OfProcess, first);
        // -1 is a value too: only errno, which was cleared before the call, says otherwise.
        return value != -1 || Libc.LastError == Errno.None ? value : throw new LinuxCallException(Libc.LastError, $"getpriority({process})");
    }

    /// <summary>Sets the nice value of a process; beyond -20 and 19 it is those.</summary>
    /// <param name="process">A process; 0 for this one.</param>
    /// <param name="value">The new value.</param>
    /// <exception cref="LinuxCallException">EPERM: another user's process, or a lower value without CAP_SYS_NICE beyond RLIMIT_NICE; ESRCH: no such process.</exception>
    public static void Set(int process, int value)
    {
        int first = process == 0 ? Environment.ProcessId : process;
        var done = new HashSet<int>();
        // A thread that starts meanwhile has the value of the one that starts it, so it is looked for until there is no other.
        while (SetNewThreads(first, value, done))
        {
        }
    }

    /// <summary>Adds to the nice value of a process (nice(2), for any process).</summary>
    /// <param name="process">A process; 0 for this one.</param>
    /// <param name="increment">Above 0 for less processor time.</param>
    /// <returns>The value now.</returns>
    /// <exception cref="LinuxCallException">As <see cref="Set"/> says.</exception>
    public static int Add(int process, int increment)
    {
        Set(process, (int)Math.Clamp((long)Get(process) + increment, Most, Least));
        return Get(process);
    }

    private static bool SetNewThreads(int process, int value, HashSet<int> done)
    {
        int before = done.Count;
        foreach (int thread in Threads(process))
        {
            if (!done.Add(thread) || Libc.SetPriority(OfProcess, thread, value) == 0) continue;
            Errno error = Libc.LastError;
            if (error == Errno.ESRCH && thread != process) continue; // it has ended
            // setpriority(2) has EACCES for what nice(2) calls EPERM.
            throw new LinuxCallException(error == Errno.EACCES ? Errno.EPERM : error, $"setpriority({process}, {value})");
        }
        return done.Count > before;
    }

    private static List<int> Threads(int process)
    {
        try
        {
            List<int> threads = [];
            foreach (string directory in Directory.EnumerateDirectories($"/proc/{process}/task"))
                threads.Add(int.Parse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture));
            return threads;
        }
        catch (DirectoryNotFoundException)
        {
            return [process]; // no such process, which the kernel is to say; or no /proc
        }
    }
}
