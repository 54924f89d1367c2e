using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Signals of this operating-system process, with handlers in managed code.</summary>
/// <remarks>
/// <para>A signal handler proper cannot run managed code. So in a process whose every thread was started with the signals blocked (<see cref="IsolatedProcess"/>), one thread
/// takes them from the kernel's queue (sigwaitinfo(2)) and does what the disposition says: run the handler, nothing, or the default action. After the handler it interrupts
/// the first thread of the program that is blocked in a call, by a real-time signal whose native handler does nothing and which has SA_RESTART or not:
/// whether the call ends with EINTR is the kernel's own decision.</para>
/// <para>In any other process threads of the runtime could take the signals, so only those can be handled that the runtime hands on: SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD,
/// SIGCONT, SIGWINCH, SIGTTIN, SIGTTOU and SIGTSTP, which it keeps for itself in an isolated process as well, and of which it tells no more than that they came. The rest is refused
/// with EINVAL, and <see cref="WhyRefused"/> says why. SIGCHLD is taken from the queue, with all it tells, where it was blocked at the start: then
/// <see cref="System.Diagnostics.Process"/> does not learn of its children's ends.</para>
/// <para>SIGPIPE begins ignored, as the runtime wants it; all others begin as they were inherited: ignored, or with their default.</para>
/// <para>Handlers run one after the other, whichever signal they are for, in the order in which the kernel hands the signals out: a signal that comes while its handler runs is
/// kept, once (real-time signals: each), and none interrupts the handler of another. <see cref="SignalOptions.Overlap"/> lifts that.</para>
/// </remarks>
public sealed partial class LinuxSignals : SignalControl
{
    /// <summary>The internal signals that only end a blocked call; SIGRTMAX and the one below.</summary>
    internal const int Interrupt = 64, RestartingInterrupt = 63;

    private const int Highest = 64;

    // PosixSignal's numbers -1, -2, … in their order: the signals that the runtime has handlers for.
    private static readonly Signal[] s_byRuntime =
    [
        Signal.SIGHUP, Signal.SIGINT, Signal.SIGQUIT, Signal.SIGTERM, Signal.SIGCHLD, Signal.SIGCONT, Signal.SIGWINCH, Signal.SIGTTIN, Signal.SIGTTOU, Signal.SIGTSTP,
    ];

    private static readonly Lock s_lock = new();
    private static readonly Disposition[] s_dispositions = new Disposition[Highest + 1];
    private static readonly PosixSignalRegistration?[] s_registrations = new PosixSignalRegistration?[Highest + 1];

    // Held while a handler runs: one at a time. A handler may cause a signal of its own thread (SIGPIPE), so it can be entered again by its holder.
    private static readonly Lock s_handling = new();

    // Runs of handlers have numbers in the order in which they began. Who waits for one wants it to have begun after the wait, and to have returned.
    private static readonly object s_handledGate = new();
    private static long s_begun, s_returned;

    private LinuxSignals()
    {
    }

    /// <summary>The process's signals.</summary>
    public static LinuxSignals Instance { get; } = new();

    /// <summary>Whether this signal can be handled in this process, or who keeps it.</summary>
    /// <returns>Null if it can; otherwise the reason, in words, for which <see cref="Handle(Signal, Action{SignalInfo}, bool)"/> gives EINVAL.</returns>
    public static string? WhyRefused(Signal signal)
    {
        Start();
        return signal switch
        {
            < Signal.SIGHUP or > (Signal)Highest => "there is no such signal",
            Signal.SIGKILL or Signal.SIGSTOP => "the kernel lets no process handle it",
            Signal.SIGSEGV or Signal.SIGBUS or Signal.SIGFPE or Signal.SIGILL or Signal.SIGTRAP or Signal.SIGSYS => "a fault of the program, which the runtime makes an exception of or ends by",
            (Signal)32 or (Signal)33 => "the C library's, for its threads",
            (Signal)34 => "the runtime's, to stop its threads",
            (Signal)RestartingInterrupt or (Signal)Interrupt => "this library's, to end blocked calls",
            _ when s_taken.Contains((int)signal) || ByRuntime(signal) is not null => null,
            _ => "a thread of the runtime could take it: it must be blocked from the start (SignalReadyProgram.Ensure, IsolatedProcess)",
        };
    }

    /// <inheritdoc/>
    public override Errno Handle(Signal signal, Action<SignalInfo> handler, bool restart = false) => Handle(signal, handler, restart ? SignalOptions.Restart : SignalOptions.None);

    /// <summary>sigaction(2) with its flags.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="handler">What is to run.</param>
    /// <param name="options">How it is to run.</param>
    /// <returns>EINVAL for those of <see cref="WhyRefused"/>.</returns>
    public static Errno Handle(Signal signal, Action<SignalInfo> handler, SignalOptions options)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Set(signal, new Disposition(handler, options, Ignored: false));
    }

    /// <summary>
    /// Handles the signal unless it is ignored now: what a program does that a shell without job control may have started in the background, with SIGINT and SIGQUIT ignored.
    /// </summary>
    /// <param name="signal">The signal.</param>
    /// <param name="handler">What is to run.</param>
    /// <param name="handled">Whether it is handled; if not, it stays ignored.</param>
    /// <returns>As <see cref="Handle(Signal, Action{SignalInfo}, SignalOptions)"/>.</returns>
    public static Errno HandleUnlessIgnored(Signal signal, Action<SignalInfo> handler, out bool handled)
    {
        handled = false;
        if (WhyRefused(signal) is not null) return Errno.EINVAL;
        bool ignored;
        lock (s_lock) ignored = s_dispositions[(int)signal].Ignored;
        if (ignored || s_dispositions[(int)signal].Handler is null && IsIgnoredByKernel((int)signal)) return Errno.None;
        Errno error = Handle(signal, handler, SignalOptions.None);
        handled = error == Errno.None;
        return error;
    }

    /// <inheritdoc/>
    public override Errno Ignore(Signal signal) => Set(signal, new Disposition(null, SignalOptions.None, Ignored: true));

    /// <inheritdoc/>
    public override Errno Default(Signal signal) => Set(signal, default);

    /// <summary>Whether a handler is set.</summary>
    internal static bool IsHandled(Signal signal)
    {
        lock (s_lock) return s_dispositions[(int)signal].Handler is not null;
    }

    /// <summary>The number of the run of a handler that began last.</summary>
    internal static long LastBegun => Interlocked.Read(ref s_begun);

    /// <summary>The highest number of a run that has ended.</summary>
    internal static long LastReturned
    {
        get
        {
            lock (s_handledGate) return s_returned;
        }
    }

    /// <summary>A signal for one thread: what its disposition says, and its blocked call ends.</summary>
    internal static Errno SendTo(LinuxThread thread, Signal signal)
    {
        if ((int)signal is < 0 or > Highest) return Errno.EINVAL;
        if (signal == Signal.None) return Errno.None;
        if (!s_taken.Contains((int)signal) && s_registrations[(int)signal] is null)
            return Libc.Status(Libc.Kill(Environment.ProcessId, (int)signal)); // not ours: its action is the whole process's
        const int SentToThread = -6; // SI_TKILL
        Deliver(new SignalInfo(signal, SentToThread, 0, PollEvents.None, Environment.ProcessId), thread);
        return Errno.None;
    }

    private static Errno Set(Signal signal, Disposition disposition)
    {
        if (WhyRefused(signal) is not null) return Errno.EINVAL;
        int number = (int)signal;
        bool taken = s_taken.Contains(number);
        lock (s_lock)
        {
            s_dispositions[number] = disposition;
            if (taken || ByRuntime(signal) is not { } runtimeSignal) return Errno.None;
            s_registrations[number]?.Dispose();
            s_registrations[number] = disposition == default ? null : PosixSignalRegistration.Create(runtimeSignal, OnRuntimeSignal);
        }
        return Errno.None;
    }

    private static void OnRuntimeSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Signal signal = (int)context.Signal < 0 ? s_byRuntime[-(int)context.Signal - 1] : (Signal)(int)context.Signal;
        Deliver(new SignalInfo(signal, 0, 0, PollEvents.None, 0), thread: null);
    }

    /// <summary>Does what the disposition says.</summary>
    /// <param name="info">The signal.</param>
    /// <param name="thread">The thread that it was sent to; null for the process.</param>
    private static void Deliver(SignalInfo info, LinuxThread? thread)
    {
        Disposition disposition;
        lock (s_lock)
        {
            disposition = s_dispositions[(int)info.Signal];
            if (disposition.Options.HasFlag(SignalOptions.OneShot)) s_dispositions[(int)info.Signal] = default;
        }
        if (disposition.Ignored) return;
        if (disposition.Handler is null) DefaultAction(info.Signal);
        else if (disposition.Options.HasFlag(SignalOptions.Overlap)) new Thread(() => RunHandler(info, disposition, thread)) { IsBackground = true, Name = $"slipway-{info.Signal}" }.Start();
        else lock (s_handling) RunHandler(info, disposition, thread);
    }

    private static void RunHandler(in SignalInfo info, in Disposition disposition, LinuxThread? thread)
    {
        long run = Interlocked.Increment(ref s_begun);
        disposition.Handler!(info);
        lock (s_handledGate)
        {
            s_returned = Math.Max(s_returned, run);
            Monitor.PulseAll(s_handledGate);
        }
        // After the handler, as in a C program: the call that returns EINTR returns when the handler has run.
        bool restart = disposition.Options.HasFlag(SignalOptions.Restart);
        if (thread is null) LinuxThread.InterruptFirstBlocked(run, restart);
        else thread.InterruptCall(run, restart);
    }

    private static PosixSignal? ByRuntime(Signal signal) => Array.IndexOf(s_byRuntime, signal) is >= 0 and int index ? (PosixSignal)(-1 - index) : null;

    private readonly record struct Disposition(Action<SignalInfo>? Handler, SignalOptions Options, bool Ignored);
}
