using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSignals
{
    private const int BlockSignals = 0, UnblockSignals = 1;
    private const int SignalInformationLength = 128;

    // The signals that the dispatcher takes: empty in a process that was not started with them blocked.
    private static SignalMask s_taken;
    private static bool s_started;

    /// <summary>Whether this process was started with the signals blocked, so that any of them can be handled.</summary>
    public static bool AreBlocked
    {
        get
        {
            Start();
            return s_taken.Contains((int)Signal.SIGIO);
        }
    }

    /// <summary>Begins to take signals if they are blocked on this thread, which then is so on every thread of the process.</summary>
    internal static unsafe void Start()
    {
        lock (s_lock)
        {
            if (s_started) return;
            s_started = true;
            s_dispositions[(int)Signal.SIGPIPE] = new Disposition(null, SignalOptions.None, Ignored: true);
            SetHarmlessHandler(Interrupt, restart: false);
            SetHarmlessHandler(RestartingInterrupt, restart: true);
            SignalMask blocked = default, taken = SignalMask.Taken;
            _ = Libc.SignalMaskOfThread(BlockSignals, null, &blocked);
            if (!blocked.ContainsAll(taken)) return;
            if (blocked.Contains((int)Signal.SIGCHLD)) taken.Add((int)Signal.SIGCHLD);
            foreach (Signal signal in taken.ToList())
                if (IsIgnoredByKernel((int)signal)) s_dispositions[(int)signal] = new Disposition(null, SignalOptions.None, Ignored: true);
            s_taken = taken;
            new Thread(Dispatch, maxStackSize: 1024 * 1024) { IsBackground = true, Name = "slipway-signals" }.UnsafeStart();
        }
    }

    /// <summary>
    /// A call on this thread failed with EPIPE. The kernel sends SIGPIPE to the thread itself, where nobody but the thread can take it: so it does, and the
    /// handler has run when the call returns.
    /// </summary>
    internal static unsafe void TakeBrokenPipe()
    {
        if (!s_taken.Contains((int)Signal.SIGPIPE)) return;
        SignalMask pipe = default;
        pipe.Add((int)Signal.SIGPIPE);
        TimeSpecification now = default;
        byte* information = stackalloc byte[SignalInformationLength];
        if (Libc.SignalTimedWait(&pipe, information, &now) > 0) Deliver(Read(information), thread: null);
    }

    private static unsafe void Dispatch()
    {
        s_dispatcher = Libc.GetThreadId();
        // Here it waits in the queue as all others do: a handler for it could hit the thread just before its wait, and nothing would end that.
        SignalMask interrupt = default;
        interrupt.Add(Interrupt);
        _ = Libc.SignalMaskOfThread(BlockSignals, &interrupt, null);
        byte* information = stackalloc byte[SignalInformationLength];
        while (true)
        {
            SignalMask wanted = BeginWait();
            int signal = Libc.SignalTimedWait(&wanted, information, null);
            EndWait();
            if (signal > 0 && signal != Interrupt) Deliver(Read(information), thread: null);
        }
    }

    /// <summary>
    /// siginfo_t of 64-bit Linux (sigaction(2)): si_signo at 0, si_code at 8; then si_band at 16 and si_fd at 24, or si_pid at 16, si_uid at 20 and si_status or si_value at 24,
    /// or a timer's si_overrun at 20 and si_value at 24.
    /// </summary>
    private static unsafe SignalInfo Read(byte* information)
    {
        const int FromQueuedIo = -5, FromTimer = -2, Queued = -1; // SI_SIGIO, for a signal whose codes mean something else; SI_TIMER; SI_QUEUE
        var signal = (Signal)(*(int*)information);
        int code = *(int*)(information + 8), first = *(int*)(information + 16), second = *(int*)(information + 20), third = *(int*)(information + 24);
        if (signal == Signal.SIGCHLD && code > 0) return new SignalInfo(signal, code, 0, PollEvents.None, first) { SenderUser = second, ChildStatus = third };
        if (code is (>= 1 and <= 6) or FromQueuedIo) return new SignalInfo(signal, code, third, (PollEvents)(short)*(long*)(information + 16), 0);
        if (code == FromTimer) return new SignalInfo(signal, code, 0, PollEvents.None, 0) { Overrun = second, Value = third };
        return code > 0 ? new SignalInfo(signal, code, 0, PollEvents.None, 0) : new SignalInfo(signal, code, 0, PollEvents.None, first) { SenderUser = second, Value = code == Queued ? third : 0 };
    }

    /// <summary>SA_NOCLDWAIT of SIGCHLD, whatever handler the runtime has there.</summary>
    internal static unsafe bool DropsChildren
    {
        get
        {
            byte* action = stackalloc byte[SignalAction.Length];
            _ = Libc.SignalAction((int)Signal.SIGCHLD, null, action);
            return (*(int*)(action + SignalAction.FlagsOffset) & SignalAction.NoChildWait) != 0;
        }
        set
        {
            byte* action = stackalloc byte[SignalAction.Length];
            _ = Libc.SignalAction((int)Signal.SIGCHLD, null, action);
            int* flags = (int*)(action + SignalAction.FlagsOffset);
            *flags = value ? *flags | SignalAction.NoChildWait : *flags & ~SignalAction.NoChildWait;
            if (Libc.SignalAction((int)Signal.SIGCHLD, action, null) < 0) throw new LinuxCallException(Libc.LastError, "sigaction(SIGCHLD)");
        }
    }

    private static unsafe bool IsIgnoredByKernel(int signal)
    {
        byte* action = stackalloc byte[SignalAction.Length];
        return Libc.SignalAction(signal, null, action) == 0 && *(nint*)action == 1; // SIG_IGN
    }

    /// <summary>signal(7): SIGURG and SIGCHLD are ignored, all others that are taken end the process. It ends by the signal itself, so that its parent sees which.</summary>
    private static unsafe void DefaultAction(Signal signal)
    {
        if (signal is Signal.SIGURG or Signal.SIGCHLD) return;
        byte* action = stackalloc byte[SignalAction.Length];
        new Span<byte>(action, SignalAction.Length).Clear();
        _ = Libc.SignalAction((int)signal, action, null);
        SignalMask only = default;
        only.Add((int)signal);
        _ = Libc.SignalMaskOfThread(UnblockSignals, &only, null);
        _ = Libc.TgKill(Environment.ProcessId, Libc.GetThreadId(), (int)signal);
    }

    // abs(3) serves as the native handler: a function of the C library that takes an int and touches nothing.
    private static unsafe void SetHarmlessHandler(int signal, bool restart)
    {
        nint handler = NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(LinuxSignals).Assembly, null), "abs");
        byte* action = stackalloc byte[SignalAction.Length];
        new Span<byte>(action, SignalAction.Length).Clear();
        *(nint*)action = handler;
        *(int*)(action + SignalAction.FlagsOffset) = restart ? SignalAction.Restart : 0;
        if (Libc.SignalAction(signal, action, null) < 0) throw new SocketCallException(Libc.LastError, "sigaction");
    }

    /// <summary>struct sigaction of the C library on 64-bit Linux: handler, a mask of 128 bytes, flags, restorer.</summary>
    private static class SignalAction
    {
        public const int Length = 152, FlagsOffset = 136, Restart = 0x1000_0000, NoChildWait = 2;
    }
}
