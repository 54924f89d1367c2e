namespace Slipway.Sockets;

/// <summary>Dispositions of a process's signals, and kill(2).</summary>
public abstract class SignalControl
{
    /// <summary>sigaction(2) with a handler. It runs on a thread of the process, one at a time; a blocked call returns EINTR, or goes on where <paramref name="restart"/> (SA_RESTART) allows it.</summary>
    /// <returns>EINVAL for SIGKILL, SIGSTOP, a number outside 1 to 64, or one that the runtime keeps for itself.</returns>
    public abstract Errno Handle(Signal signal, Action<SignalInfo> handler, bool restart = false);

    /// <summary>SIG_IGN.</summary>
    public abstract Errno Ignore(Signal signal);

    /// <summary>SIG_DFL.</summary>
    public abstract Errno Default(Signal signal);

    /// <summary>kill(2): a process (positive), the caller's group (0), a group (negative).</summary>
    /// <returns>ESRCH for nobody there, EINVAL for a bad number, EPERM.</returns>
    public abstract Errno Send(int processId, Signal signal);

    /// <summary>
    /// sigprocmask(2) with SIG_SETMASK: the signals that wait until they are let through again. Those that are let through and have come are handled before this returns. SIGKILL and SIGSTOP
    /// are never held. The mask is the calling thread's in a lab, as pthread_sigmask(3) has it; on the kernel it is the whole process's.
    /// </summary>
    /// <param name="mask">The new mask.</param>
    /// <param name="before">The old one.</param>
    /// <returns>EINVAL: a signal that this process cannot hold, because the runtime or the C library keeps it; nothing has changed then.</returns>
    public abstract Errno SetMask(SignalSet mask, out SignalSet before);

    /// <summary>sigpending(2): the signals that have come and are held.</summary>
    public abstract SignalSet GetPending();
}
