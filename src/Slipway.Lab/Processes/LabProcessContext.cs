using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>What the socket layer of a host knows of a virtual process.</summary>
internal sealed class LabProcessContext(LabProcess process) : ProcessContext
{
    public override int ProcessId => process.Id;

    public override int ProcessGroup => process.ProcessGroup;

    public override int UserId => process.UserId;

    public override int GroupId => process.GroupId;

    public override int DescriptorLimit => process.DescriptorLimit;

    public override Blocker Blocker { get; } = new LabBlocker(process);

    public override bool Exists(int target) => process.Host.Processes.Exists(target);

    public override bool Deliver(int target, in SignalInfo signal, int senderUserId) => process.Host.Processes.Deliver(target, signal, senderUserId);

    public override ProcessIdentity? FindProcess(int processId) => process.Host.Processes.Find(processId)?.Context.Identity;

    public override Errno SendSignal(ProcessIdentity target, Signal signal) => process.Host.Processes.Kill(process, target.ProcessId, signal);

    public override CallResult TryReap(ProcessIdentity child)
    {
        if (process.Host.Processes.Find(child.ProcessId) is not { } found || found.Parent != process) return Errno.ECHILD;
        if (!found.HasEnded) return Errno.EAGAIN;
        found.Reap();
        return found.ExitStatus!.Value;
    }

    public override bool RunsCompletions => true;

    public override void RunCompletion(SendOrPostCallback completion, object? state) => process.Work.PostBare(completion, state);

    public override bool EnterMask(SignalSet mask, out SignalSet before)
    {
        VirtualThread self = process.ActingThread("wait with a signal mask");
        return self.Process.ChangeMask(self, mask, out before);
    }

    public override void LeaveMask(SignalSet before)
    {
        if (VirtualThread.Current is { } self) self.Process.ChangeMask(self, before, out _);
    }

    protected override void Attend()
    {
        if (VirtualThread.Current is { } self && self.Process == process) process.CheckSignals(self);
    }
}
