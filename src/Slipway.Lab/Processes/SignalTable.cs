using Slipway.Sockets;

namespace Slipway.Lab;

/// <summary>
/// The dispositions of a process's signals, and those that wait for a handler (signal(7)): a standard signal that is pending already is lost, real-time signals queue with their values and
/// come lowest number first. All members belong to the owner of the loop.
/// </summary>
internal sealed class SignalTable
{
    /// <summary>The highest signal number (_NSIG).</summary>
    public const int Last = 64;

    private const int FirstRealTime = 32;
    private const int SIGRTMIN = 34;

    private readonly Disposition[] _dispositions;
    private readonly List<Pending> _pending = [];
    private int _queued;

    public SignalTable() => _dispositions = new Disposition[Last + 1];

    /// <summary>fork(2): the dispositions are inherited, the pending signals are not.</summary>
    public SignalTable(SignalTable parent) => _dispositions = (Disposition[])parent._dispositions.Clone();

    /// <summary>Whether a handler is owed that the thread may run.</summary>
    public bool IsPendingFor(VirtualThread thread, SignalSet mask)
    {
        foreach (Pending pending in _pending)
            if ((pending.Thread is null || pending.Thread == thread) && !mask.Contains(pending.Info.Signal)) return true;
        return false;
    }

    /// <summary>The signals that have come and that the thread's mask holds.</summary>
    public SignalSet HeldFrom(VirtualThread thread)
    {
        SignalSet held = default;
        foreach (Pending pending in _pending)
            if ((pending.Thread is null || pending.Thread == thread) && thread.Mask.Contains(pending.Info.Signal)) held = held.With(pending.Info.Signal);
        return held;
    }

    public static bool IsValid(Signal signal) => signal is >= (Signal)1 and <= (Signal)Last;

    /// <summary>sigaction(2). EINVAL for what cannot be changed, and for the two that the C library keeps for itself.</summary>
    public Errno Set(Signal signal, in Disposition disposition)
    {
        if (!IsValid(signal) || signal is Signal.SIGKILL or Signal.SIGSTOP || (int)signal is >= FirstRealTime and < SIGRTMIN) return Errno.EINVAL;
        _dispositions[(int)signal] = disposition;
        // A pending signal that is now ignored is thrown away (sigaction(2), POSIX).
        if (ActionOf(signal) == SignalAction.Ignore) Discard(signal);
        return Errno.None;
    }

    /// <summary>Whether SIG_IGN was set, not merely the default.</summary>
    public bool IsIgnoredExplicitly(Signal signal) => _dispositions[(int)signal].Ignored;

    public SignalAction ActionOf(Signal signal)
    {
        ref readonly Disposition disposition = ref _dispositions[(int)signal];
        if (disposition.Handler is not null) return SignalAction.Handle;
        if (disposition.Ignored) return SignalAction.Ignore;
        return signal switch
        {
            Signal.SIGCHLD or Signal.SIGURG or Signal.SIGWINCH or Signal.SIGCONT => SignalAction.Ignore,
            Signal.SIGSTOP or Signal.SIGTSTP or Signal.SIGTTIN or Signal.SIGTTOU => SignalAction.Stop,
            _ => SignalAction.Terminate,
        };
    }

    /// <summary>Whether the signal's handler was set with SA_RESTART.</summary>
    public bool Restarts(Signal signal) => _dispositions[(int)signal].Restart;

    /// <summary>Keeps a signal for its handler.</summary>
    /// <param name="info">The signal.</param>
    /// <param name="thread">The only thread that may take it; null for any.</param>
    /// <param name="limit">RLIMIT_SIGPENDING: real-time signals that may wait.</param>
    /// <returns>False if the queue is full.</returns>
    public bool Add(in SignalInfo info, VirtualThread? thread, int limit)
    {
        if ((int)info.Signal < FirstRealTime)
        {
            foreach (Pending pending in _pending)
                if (pending.Info.Signal == info.Signal && pending.Thread == thread) return true;
        }
        else
        {
            if (_queued >= limit) return false;
            _queued++;
        }
        _pending.Add(new Pending(info, thread));
        return true;
    }

    /// <summary>Takes the next signal that a thread may handle: its own before those of the process, lower numbers first, then the older.</summary>
    public bool TryTake(VirtualThread thread, SignalSet mask, out SignalInfo info, out Disposition disposition)
    {
        int best = -1;
        for (int i = 0; i < _pending.Count; i++)
        {
            if (_pending[i].Thread is { } only && only != thread || mask.Contains(_pending[i].Info.Signal)) continue;
            if (best < 0 || Rank(_pending[i]) < Rank(_pending[best])) best = i;
        }
        (info, disposition) = (default, default);
        if (best < 0) return false;
        info = _pending[best].Info;
        disposition = _dispositions[(int)info.Signal];
        RemoveAt(best);
        return true;
    }

    private static int Rank(in Pending pending) => (int)pending.Info.Signal + (pending.Thread is null ? Last + 1 : 0);

    private void Discard(Signal signal)
    {
        for (int i = _pending.Count - 1; i >= 0; i--)
            if (_pending[i].Info.Signal == signal) RemoveAt(i);
    }

    private void RemoveAt(int index)
    {
        if ((int)_pending[index].Info.Signal >= FirstRealTime) _queued--;
        _pending.RemoveAt(index);
    }

    /// <summary>What was set for a signal; the default value is SIG_DFL.</summary>
    internal readonly record struct Disposition(Action<SignalInfo>? Handler, bool Restart, bool Ignored);

    private readonly record struct Pending(SignalInfo Info, VirtualThread? Thread);
}
