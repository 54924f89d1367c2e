using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Process, group, session, user and group ids.</summary>
/// <remarks>
/// User and group ids are only read. Linux keeps them by thread, and a runtime whose threads act for different users is not one that could be reasoned about: who is to be another
/// user belongs in a process of its own.
/// </remarks>
public static unsafe class ProcessIds
{
    /// <summary>This process (getpid(2)).</summary>
    public static int Own => Environment.ProcessId;

    /// <summary>The parent at this moment (getppid(2)): process 1, or the nearest ancestor that takes orphans, once the parent has ended.</summary>
    public static int Parent => Libc.GetParentId();

    /// <summary>The calling thread's user ids (getresuid(2)).</summary>
    public static CredentialIds Users
    {
        get
        {
            int real, effective, saved;
            _ = Libc.GetUsers(&real, &effective, &saved); // fails only for a bad address
            return new CredentialIds(real, effective, saved);
        }
    }

    /// <summary>The calling thread's group ids (getresgid(2)).</summary>
    public static CredentialIds Groups
    {
        get
        {
            int real, effective, saved;
            _ = Libc.GetGroups(&real, &effective, &saved); // fails only for a bad address
            return new CredentialIds(real, effective, saved);
        }
    }

    /// <summary>The process group (getpgid(2)).</summary>
    /// <param name="process">A process; 0 for this one.</param>
    /// <exception cref="LinuxCallException">ESRCH: no such process.</exception>
    public static int GroupOf(int process = 0)
    {
        int group = Libc.GetGroupOf(process);
        return group >= 0 ? group : throw new LinuxCallException(Libc.LastError, $"getpgid({process})");
    }

    /// <summary>The session (getsid(2)): the id of the process that made it.</summary>
    /// <param name="process">A process; 0 for this one.</param>
    /// <exception cref="LinuxCallException">ESRCH: no such process.</exception>
    public static int SessionOf(int process = 0)
    {
        int session = Libc.GetSessionOf(process);
        return session >= 0 ? session : throw new LinuxCallException(Libc.LastError, $"getsid({process})");
    }

    /// <summary>Moves this process or a child into a process group (setpgid(2)).</summary>
    /// <param name="process">The process; 0 for this one.</param>
    /// <param name="group">A group of the same session; 0 makes the process the leader of a new one.</param>
    /// <exception cref="LinuxCallException">
    /// EACCES: the child has executed its program already, as all of <see cref="ProcessCommand.Start"/> have; EPERM: the process leads a session, or the group is another session's or
    /// none; ESRCH: neither this process nor a child; EINVAL: a negative group.
    /// </exception>
    public static void SetGroup(int process, int group)
    {
        if (Libc.SetProcessGroup(process, group) < 0) throw new LinuxCallException(Libc.LastError, $"setpgid({process}, {group})");
    }

    /// <summary>Makes this process the leader of a new session and a new group, without a controlling terminal (setsid(2)).</summary>
    /// <returns>The session, which is this process's id.</returns>
    /// <exception cref="LinuxCallException">EPERM: it leads a process group already.</exception>
    public static int NewSession()
    {
        int session = Libc.SetSession();
        return session >= 0 ? session : throw new LinuxCallException(Libc.LastError, "setsid()");
    }
}
