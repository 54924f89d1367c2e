using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Signals of this operating-system process, with handlers in managed code.</summary>
/// <remarks>
/// <para>A signal handler proper cannot run managed code. So in a process whose every thread was started with the signals blocked (<see cref="IsolatedProcess"/>), one thread
/// takes them from the kernel's queue (sigwaitinfo(2)) and does what the disposition says: run the handler, nothing, or the default action. After the handler it interrupts
/// the first thread of the program that is blocked in a call, by a real-time signal whose native handler does nothing and which has SA_RESTART or not:
/// whether the call ends with EINTR is the kernel's own decision.</para>
/// <para>In any other process threads of the runtime could take the signals, so only those can be handled that the runtime hands on: SIGHUP, SIGINT, SIGQUIT, SIGTERM, which
/// it keeps for itself in an isolated process as well. The rest is refused with EINVAL.</para>
/// <para>SIGPIPE begins ignored, as the runtime wants it; all others begin with their default.</para>
/// </remarks>
public sealed partial class LinuxSignals : SignalControl
{
    /// <summary>The internal signals that only end a blocked call; SIGRTMAX and the one below.</summary>
    internal const int Interrupt = 64, RestartingInterrupt = 63;

    private const int Highest = 64;

    private static readonly Lock s_lock = new();
    private static readonly Disposition[] s_dispositions = new Disposition[Highest + 1];
    private static readonly PosixSignalRegistration?[] s_registrations = new PosixSignalRegistration?[Highest + 1];

    // Held while a handler runs: one at a time. A handler may cause a signal of its own thread (SIGPIPE), so it can be entered again by its holder.
    private static readonly Lock s_handling = new();

    private LinuxSignals()
    {
    }

    /// <summary>The process's signals.</summary>
    public static LinuxSignals Instance { get; } = new();

    /// <inheritdoc/>
    public override Errno Handle(Signal signal, Action<SignalInfo> handler, bool restart = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Set(signal, new Disposition(handler, restart, Ignored: false));
    }

    /// <inheritdoc/>
    public override Errno Ignore(Signal signal) => Set(signal, new Disposition(null, Restart: false, Ignored: true));

    /// <inheritdoc/>
    public override Errno Default(Signal signal) => Set(signal, default);

    /// <inheritdoc/>
    public override Errno Send(int processId, Signal signal) => Libc.Status(Libc.Kill(processId, (int)signal));

    /// <summary>Whether a handler is set.</summary>
    internal static bool IsHandled(Signal signal)
    {
        lock (s_lock) return s_dispositions[(int)signal].Handler is not null;
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
        int number = (int)signal;
        if (number is < 1 or > Highest) return Errno.EINVAL;
        PosixSignal? byRuntime = ByRuntime(signal);
        if (byRuntime is null && !s_taken.Contains(number)) return Errno.EINVAL;
        lock (s_lock)
        {
            s_dispositions[number] = disposition;
            if (byRuntime is not { } runtimeSignal) return Errno.None;
            s_registrations[number]?.Dispose();
            s_registrations[number] = disposition == default ? null : PosixSignalRegistration.Create(runtimeSignal, OnRuntimeSignal);
        }
        return Errno.None;
    }

    private static void OnRuntimeSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Deliver(new SignalInfo((Signal)ToNumber(context.Signal), 0, 0, PollEvents.None, 0), thread: null);
    }

    /// <summary>Does what the disposition says.</summary>
    /// <param name="info">The signal.</param>
    /// <param name="thread">The thread that it was sent to; null for the process.</param>
    private static void Deliver(in SignalInfo info, LinuxThread? thread)
    {
        Disposition disposition;
        lock (s_lock) disposition = s_dispositions[(int)info.Signal];
        if (disposition.Ignored) return;
        if (disposition.Handler is null)
        {
            DefaultAction(info.Signal);
            return;
        }
        lock (s_handling) disposition.Handler(info);
        // After the handler, as in a C program: the call that returns EINTR returns when the handler has run.
        if (thread is null) LinuxThread.InterruptFirstBlocked(disposition.Restart);
        else thread.InterruptCall(disposition.Restart);
    }

    // The signals that the runtime has handlers for.
    private static PosixSignal? ByRuntime(Signal signal) => signal switch
    {
        Signal.SIGHUP => PosixSignal.SIGHUP,
        Signal.SIGINT => PosixSignal.SIGINT,
        Signal.SIGQUIT => PosixSignal.SIGQUIT,
        Signal.SIGTERM => PosixSignal.SIGTERM,
        _ => null,
    };

    private static int ToNumber(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => (int)Signal.SIGHUP,
        PosixSignal.SIGINT => (int)Signal.SIGINT,
        PosixSignal.SIGQUIT => (int)Signal.SIGQUIT,
        PosixSignal.SIGTERM => (int)Signal.SIGTERM,
        _ => (int)signal,
    };

    private readonly record struct Disposition(Action<SignalInfo>? Handler, bool Restart, bool Ignored);
}
