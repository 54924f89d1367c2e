using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab;

/// <content>Signals: how they arrive, and where their handlers run.</content>
public sealed partial class LabProcess
{
    private const int SiKernel = 128;

    private readonly StackTimer<LabProcess> _alarm;
    private CancellationTokenSource? _stopping;
    private Signal _stopSignal;

    /// <inheritdoc/>
    public override CancellationToken Stopping => (_stopping ??= new CancellationTokenSource()).Token;

    /// <inheritdoc/>
    public override int Alarm(int seconds)
    {
        using (Network.Loop.Enter())
        {
            // The kernel rounds to the nearest second, but never tells 0 of an alarm that is pending (alarm_setitimer).
            long left = _alarm.Remaining;
            int before = left == 0 ? 0 : (int)Math.Max(1, (left + StackClock.Second / 2) / StackClock.Second);
            if (seconds == 0) _alarm.Cancel();
            else _alarm.ArmAfter((uint)seconds * StackClock.Second);
            return before;
        }
    }

    /// <summary>Brings a signal to the process. Owner of the loop.</summary>
    /// <param name="info">The signal.</param>
    /// <param name="thread">The thread that it is for; null for any.</param>
    /// <returns>False if the queue of real-time signals is full.</returns>
    internal bool Deliver(in SignalInfo info, VirtualThread? thread)
    {
        Signal signal = info.Signal;
        if (_ending) return true;
        if (signal == Signal.SIGCONT) Unpark();
        if (IsHeld(signal, thread)) return SignalTable.Add(info, thread, SignalQueueLimit);
        switch (SignalTable.ActionOf(signal))
        {
            case SignalAction.Terminate:
                if (IsStopRequest(signal)) RequestStop(signal);
                else End(128 + (int)signal, signal);
                return true;
            case SignalAction.Stop:
                _stopped = true;
                Context.RequestAttention();
                return true;
            case SignalAction.Handle:
                if (!SignalTable.Add(info, thread, SignalQueueLimit)) return false;
                Context.RequestAttention();
                Interrupt(thread ?? ChooseThread(signal), SignalTable.Restarts(signal));
                return true;
            default:
                return true;
        }
    }

    /// <summary>
    /// Where a system call returns to the program: the thread ends if its process has, stands still if it was stopped, and runs the handlers of pending signals.
    /// </summary>
    internal void CheckSignals(VirtualThread self)
    {
        self.ThrowIfEnded();
        while (_stopped) self.Yield();
        if (self.InHandler) return;
        while (TakeSignal(self, out SignalInfo info, out SignalTable.Disposition disposition)) RunHandler(self, info, disposition);
    }

    /// <summary>As <see cref="CheckSignals(VirtualThread)"/>, for a thread in a socket call, which the signals interrupt.</summary>
    internal void CheckSignals(VirtualThread self, BlockedCall call)
    {
        self.ThrowIfEnded();
        while (_stopped) self.Yield();
        if (_stopSignal != Signal.None && !_stopNoticed)
        {
            _stopNoticed = true;
            call.Interrupt(restart: false);
        }
        if (self.InHandler) return;
        while (TakeSignal(self, out SignalInfo info, out SignalTable.Disposition disposition))
        {
            if (disposition.Handler is not null) call.Interrupt(disposition.Restart);
            RunHandler(self, info, disposition);
        }
    }

    /// <summary>A new mask for a thread, and the handlers of what it lets through. On the thread itself, outside of the loop.</summary>
    /// <param name="self">The thread.</param>
    /// <param name="mask">The new mask; SIGKILL and SIGSTOP are taken out.</param>
    /// <param name="before">The old one.</param>
    /// <returns>Whether a handler ran.</returns>
    internal bool ChangeMask(VirtualThread self, SignalSet mask, out SignalSet before)
    {
        using (Network.Loop.Enter())
        {
            before = self.Mask;
            self.Mask = mask.Without(Signal.SIGKILL).Without(Signal.SIGSTOP);
        }
        long handled = self.HandlersRun;
        CheckSignals(self);
        return self.HandlersRun != handled;
    }

    private bool _stopNoticed;

    private bool IsStopRequest(Signal signal) => signal is Signal.SIGTERM or Signal.SIGINT && _stopping is not null && _stopSignal == Signal.None;

    private void RequestStop(Signal signal)
    {
        _stopSignal = signal;
        Work.PostBare(static state => ((CancellationTokenSource)state!).Cancel(), _stopping);
        Interrupt(ChooseThread(_stopSignal), restart: false);
    }

    private bool TakeSignal(VirtualThread self, out SignalInfo info, out SignalTable.Disposition disposition)
    {
        using (Network.Loop.Enter()) return SignalTable.TryTake(self, MaskOf(self), out info, out disposition);
    }

    private void RunHandler(VirtualThread self, in SignalInfo info, in SignalTable.Disposition disposition)
    {
        if (disposition.Handler is not { } handler)
        {
            // It was held, and has no handler now that it is let through: then what the disposition says.
            using (Network.Loop.Enter()) Deliver(info, self);
            self.ThrowIfEnded();
            while (_stopped) self.Yield();
            return;
        }
        self.InHandler = true;
        self.HandlersRun++;
        try
        {
            handler(info);
        }
        finally
        {
            self.InHandler = false;
        }
    }

    /// <summary>The main thread if it waits, else another one that does (as the kernel prefers: complete_signal in kernel/signal.c).</summary>
    private VirtualThread? ChooseThread(Signal signal)
    {
        if (_main is { State: VirtualThreadState.Blocked, InHandler: false } && !_main.Mask.Contains(signal)) return _main;
        foreach (VirtualThread thread in _threads)
            if (thread is { State: VirtualThreadState.Blocked, InHandler: false, IsHelper: false } && !thread.Mask.Contains(signal)) return thread;
        return _main is not null && _main.Mask.Contains(signal) ? null : _main;
    }

    /// <summary>Whether the thread holds the signal; without one, whether all of the program's threads do. Owner of the loop.</summary>
    private bool IsHeld(Signal signal, VirtualThread? thread) => (thread is null ? CommonMask() : MaskOf(thread)).Contains(signal);

    /// <summary>What is held from a thread. A helper, of which the program knows nothing, takes what any thread of the program would.</summary>
    private SignalSet MaskOf(VirtualThread thread) => thread.IsHelper ? CommonMask() : thread.Mask;

    /// <summary>What all of the program's threads hold.</summary>
    private SignalSet CommonMask()
    {
        ulong? common = null;
        foreach (VirtualThread thread in _threads)
            if (!thread.IsHelper) common = (common ?? ulong.MaxValue) & thread.Mask.Bits;
        return new SignalSet(common ?? 0);
    }

    private static void Interrupt(VirtualThread? thread, bool restart)
    {
        if (thread is not { State: VirtualThreadState.Blocked } || thread.InHandler) return;
        if (thread.Call is { } call) call.Interrupt(restart);
        else thread.Interrupted = true;
        thread.Resume();
    }

    private void AlarmExpired() => Deliver(new SignalInfo(Signal.SIGALRM, SiKernel, 0, PollEvents.None, 0), thread: null);
}
