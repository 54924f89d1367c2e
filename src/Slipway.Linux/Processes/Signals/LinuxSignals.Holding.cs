using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Signals that the program holds back: what sigprocmask(2), sigpending(2), sigwaitinfo(2), sigsuspend(2) and pause(2) are for a process of one thread.</summary>
public sealed unsafe partial class LinuxSignals
{
    // The set that the dispatcher waits for has all that is taken and not held; it has the version by which it waits.
    private static SignalMask s_held;
    private static long s_version, s_waitsBy;
    private static bool s_waits;
    private static int s_dispatcher;

    /// <summary>The signals that are held back.</summary>
    public static IReadOnlyList<Signal> Held
    {
        get
        {
            lock (s_lock) return s_held.ToList();
        }
    }

    /// <summary>The signals that are held back and have come (sigpending(2)).</summary>
    public static IReadOnlyList<Signal> Pending
    {
        get
        {
            SignalMask pending = default;
            _ = Libc.SignalsPending(&pending);
            lock (s_lock) return pending.And(s_held).ToList();
        }
    }

    /// <summary>
    /// Holds signals back (SIG_BLOCK): from now on they wait in the kernel's queue, standard signals once, real-time signals each with its value. A handler that has begun ends.
    /// </summary>
    /// <returns>EINVAL: one of them is not taken from the queue in this process, as all that the runtime keeps; then none is held.</returns>
    public static Errno Hold(params ReadOnlySpan<Signal> signals)
    {
        if (!AreTaken(signals)) return Errno.EINVAL;
        long version;
        lock (s_lock)
        {
            foreach (Signal signal in signals) s_held.Add((int)signal);
            version = ++s_version;
        }
        AwaitDispatcher(version);
        return Errno.None;
    }

    /// <summary>Lets signals come again (SIG_UNBLOCK): first what is pending, the lowest number first.</summary>
    /// <returns>EINVAL as <see cref="Hold"/>.</returns>
    public static Errno Release(params ReadOnlySpan<Signal> signals)
    {
        if (!AreTaken(signals)) return Errno.EINVAL;
        long version;
        lock (s_lock)
        {
            foreach (Signal signal in signals) s_held.Remove((int)signal);
            version = ++s_version;
        }
        AwaitDispatcher(version);
        return Errno.None;
    }

    /// <summary>Takes one of these signals out of the queue, or waits until one comes (sigwaitinfo(2), sigtimedwait(2)). No handler runs for it.</summary>
    /// <param name="signals">Signals that are held back.</param>
    /// <param name="info">What came.</param>
    /// <param name="limit">How long; zero only looks; null waits for ever.</param>
    /// <returns>EAGAIN: none came in time; EINTR: another signal was handled meanwhile; EINVAL: one of them is not held, so that its handler would compete.</returns>
    public static Errno Wait(ReadOnlySpan<Signal> signals, out SignalInfo info, TimeSpan? limit = null)
    {
        info = default;
        SignalMask wanted = default;
        foreach (Signal signal in signals)
        {
            lock (s_lock)
                if (!s_held.Contains((int)signal)) return Errno.EINVAL;
            wanted.Add((int)signal);
        }
        byte* information = stackalloc byte[SignalInformationLength];
        TimeSpecification time = default;
        if (limit is { } span) time = TimeSpecification.Of(span);
        if (Libc.SignalTimedWait(&wanted, information, limit is null ? null : &time) < 0) return Libc.LastError;
        info = Read(information);
        return Errno.None;
    }

    /// <summary>
    /// Releases signals, waits until a handler has run, of these or any, and holds them again (sigsuspend(2)): none can come between the release and the wait and be missed.
    /// </summary>
    /// <returns>EINTR, as sigsuspend(2) always does; EINVAL as <see cref="Hold"/>.</returns>
    public static Errno Suspend(params ReadOnlySpan<Signal> signals)
    {
        lock (s_handledGate)
        {
            long before = LastBegun;
            Errno error = Release(signals);
            if (error != Errno.None) return error;
            while (s_returned <= before) Monitor.Wait(s_handledGate);
        }
        _ = Hold(signals);
        return Errno.EINTR;
    }

    /// <summary>
    /// Waits until a signal was handled, and returns after its handler has (pause(2)). Of several threads one returns for each signal of the process. A handler that began before
    /// the call is not waited for: use <see cref="Suspend"/> where the signal may already be under way.
    /// </summary>
    /// <returns>EINTR, always.</returns>
    public static Errno Pause()
    {
        Start();
        LinuxThread.Pause();
        return Errno.EINTR;
    }

    /// <inheritdoc/>
    /// <remarks>The mask is the whole process's. What is pending and let through is handled before this returns, on the calling thread.</remarks>
    public override Errno SetMask(SignalSet mask, out SignalSet before)
    {
        before = HeldSet;
        if (!CanHold(mask)) return Errno.EINVAL;
        Replace(new SignalSet(before.Bits | mask.Bits));
        _ = TakePending(new SignalSet(before.Bits & ~mask.Bits), LinuxThread.Current);
        Replace(mask);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override SignalSet GetPending()
    {
        SignalMask pending = default;
        _ = Libc.SignalsPending(&pending);
        return new SignalSet(pending.Bits & HeldSet.Bits);
    }

    /// <summary>The signals that are held.</summary>
    internal static SignalSet HeldSet
    {
        get
        {
            lock (s_lock) return new SignalSet(s_held.Bits);
        }
    }

    /// <summary>Whether all of them are taken from the queue, so that they can wait there; the two that no process can hold do not count.</summary>
    internal static bool CanHold(SignalSet mask)
    {
        Start();
        return (Holdable(mask).Bits & ~s_taken.Bits) == 0;
    }

    /// <summary>Holds these and no others.</summary>
    internal static void Replace(SignalSet mask)
    {
        long version;
        lock (s_lock)
        {
            SignalSet wanted = Holdable(mask);
            if (wanted.Bits == s_held.Bits) return;
            s_held = default;
            for (int signal = 1; signal <= Highest; signal++)
                if (wanted.Contains((Signal)signal)) s_held.Add(signal);
            version = ++s_version;
        }
        AwaitDispatcher(version);
    }

    /// <summary>Takes what is pending of signals that are held, so that nobody else takes them, and does what their dispositions say.</summary>
    /// <returns>Whether a handler ran.</returns>
    internal static bool TakePending(SignalSet signals, LinuxThread? thread)
    {
        SignalMask wanted = default;
        for (int signal = 1; signal <= Highest; signal++)
            if (signals.Contains((Signal)signal)) wanted.Add(signal);
        bool handled = false;
        byte* information = stackalloc byte[SignalInformationLength];
        while (wanted.Bits != 0)
        {
            TimeSpecification now = default;
            if (Libc.SignalTimedWait(&wanted, information, &now) <= 0) break;
            SignalInfo info = Read(information);
            handled |= IsHandled(info.Signal);
            Deliver(info, thread);
        }
        return handled;
    }

    private static SignalSet Holdable(SignalSet mask) => mask.Without(Signal.SIGKILL).Without(Signal.SIGSTOP);

    private static bool AreTaken(ReadOnlySpan<Signal> signals)
    {
        Start();
        foreach (Signal signal in signals)
            if (!s_taken.Contains((int)signal)) return false;
        return true;
    }

    private static SignalMask BeginWait()
    {
        lock (s_lock)
        {
            s_waits = true;
            s_waitsBy = s_version;
            SignalMask wanted = s_taken.Without(s_held);
            wanted.Add(Interrupt);
            return wanted;
        }
    }

    private static void EndWait()
    {
        lock (s_lock) s_waits = false;
    }

    /// <summary>Returns when the dispatcher does not wait by an older set any more. It takes the signal that ends such a wait from its queue, so one is enough whenever it comes.</summary>
    private static void AwaitDispatcher(long version)
    {
        for (bool isTold = false; ; isTold = true)
        {
            lock (s_lock)
                if (!s_waits || s_waitsBy >= version) return;
            if (!isTold) _ = Libc.TgKill(Environment.ProcessId, s_dispatcher, Interrupt);
            Thread.Yield();
        }
    }
}
