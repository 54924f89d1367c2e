using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Sending: kill(2), sigqueue(3), raise(3), abort(3).</summary>
public sealed unsafe partial class LinuxSignals
{
    /// <inheritdoc/>
    public override Errno Send(int processId, Signal signal) => Libc.Status(Libc.Kill(processId, (int)signal));

    /// <summary>Sends a signal to one of kill(2)'s four kinds of target; <see cref="Signal.None"/> only asks.</summary>
    /// <returns>
    /// ESRCH: there is nobody; EPERM: there is somebody, and none of them may be sent to: that needs the sender's real or effective user id to be the receiver's real or saved one,
    /// or CAP_KILL, and for SIGCONT only the same session; EINVAL: no such signal.
    /// </returns>
    public static Errno Send(SignalTarget target, Signal signal) => Libc.Status(Libc.Kill(target.Number, (int)signal));

    /// <summary>Sends a signal with a value (sigqueue(3)). Real-time signals queue, in order; of a standard signal one is kept, with the first value.</summary>
    /// <param name="process">A process.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="value">What <see cref="SignalInfo.Value"/> is to be.</param>
    /// <returns>EAGAIN: the limit of queued signals of the receiver's user (RLIMIT_SIGPENDING); ESRCH, EPERM, EINVAL as <see cref="Send(SignalTarget, Signal)"/>.</returns>
    public static Errno Queue(int process, Signal signal, int value) => Libc.Status(Libc.QueueSignal(process, (int)signal, value));

    /// <summary>Sends this process a signal and returns when its handler has run (raise(3)), or when it is pending because it is held.</summary>
    /// <returns>EINVAL: no such signal.</returns>
    public static Errno Raise(Signal signal)
    {
        if ((int)signal is < 0 or > Highest) return Errno.EINVAL;
        bool here;
        lock (s_lock) here = s_dispositions[(int)signal].Handler is not null && !s_held.Contains((int)signal);
        if (!here) return Libc.Status(Libc.Kill(Environment.ProcessId, (int)signal));
        const int SentToThread = -6; // SI_TKILL
        Deliver(new SignalInfo(signal, SentToThread, 0, PollEvents.None, Environment.ProcessId), thread: null);
        return Errno.None;
    }

    /// <summary>
    /// Ends this process by SIGABRT, even if that is ignored or held (abort(3)); a handler runs first. No finally block runs, nothing is flushed; there is a core file where
    /// RLIMIT_CORE allows one.
    /// </summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Abort()
    {
        Action<SignalInfo>? handler;
        lock (s_lock) handler = s_dispositions[(int)Signal.SIGABRT].Handler;
        handler?.Invoke(new SignalInfo(Signal.SIGABRT, -6, 0, PollEvents.None, Environment.ProcessId));
        DefaultAction(Signal.SIGABRT);
        while (true) Thread.Sleep(Timeout.Infinite); // until the signal has done it
    }
}
