using System.Runtime.ExceptionServices;
using Slipway.Sockets;

namespace Slipway.Lab;

/// <summary>A thread of a virtual process, as the program that started it sees it.</summary>
internal sealed class LabThread(VirtualThread thread) : ProcessThread
{
    private const int SiTkill = -6;

    public override void Join()
    {
        VirtualThread self = thread.Process.ActingThread("join its threads");
        if (self == thread) throw new InvalidOperationException("A thread cannot join itself: it would wait for ever.");
        while (thread.State != VirtualThreadState.Ended)
        {
            thread.WatchEnd(self);
            self.Suspend($"join of thread {thread.Name}");
            self.Process.CheckSignals(self);
        }
        thread.FailureSeen = true;
        if (thread.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    public override Errno Interrupt(Signal signal)
    {
        if (!SignalTable.IsValid(signal)) return Errno.EINVAL;
        LabProcess process = thread.Process;
        if (thread.State == VirtualThreadState.Ended) return Errno.ESRCH;
        using (process.Network.Loop.Enter())
        {
            var info = new SignalInfo(signal, SiTkill, 0, PollEvents.None, VirtualThread.Current?.Process.Id ?? 0);
            if (!process.Deliver(info, thread)) return Errno.EAGAIN;
        }
        if (VirtualThread.Current is { } self) self.Process.CheckSignals(self);
        return Errno.None;
    }

    public override void WaitUntilBlocked()
    {
        VirtualThread self = thread.Process.ActingThread("wait for its threads");
        while (thread.State != VirtualThreadState.Ended && (thread.State != VirtualThreadState.Blocked || thread.IsQueued))
        {
            thread.WatchBlocked(self);
            self.Suspend($"wait until thread {thread.Name} blocks");
            self.Process.CheckSignals(self);
        }
    }
}
