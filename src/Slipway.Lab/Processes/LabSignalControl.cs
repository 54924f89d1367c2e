using Slipway.Sockets;

namespace Slipway.Lab;

/// <summary>sigaction(2) and kill(2) of a virtual process. kill reaches the processes of the same host.</summary>
internal sealed class LabSignalControl(LabProcess process) : SignalControl
{
    public override Errno Handle(Signal signal, Action<SignalInfo> handler, bool restart = false)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Set(signal, new SignalTable.Disposition(handler, restart, Ignored: false));
    }

    public override Errno Ignore(Signal signal) => Set(signal, new SignalTable.Disposition(null, Restart: false, Ignored: true));

    public override Errno Default(Signal signal) => Set(signal, default);

    public override Errno Send(int processId, Signal signal)
    {
        if (signal != Signal.None && !SignalTable.IsValid(signal)) return Errno.EINVAL;
        Errno error;
        using (process.Network.Loop.Enter()) error = process.Host.Processes.Kill(process, processId, signal);
        if (VirtualThread.Current is { } self && self.Process == process) process.CheckSignals(self);
        return error;
    }

    public override Errno SetMask(SignalSet mask, out SignalSet before)
    {
        VirtualThread self = process.CurrentThread("change its signal mask");
        process.ChangeMask(self, mask, out before);
        return Errno.None;
    }

    public override SignalSet GetPending()
    {
        VirtualThread self = process.CurrentThread("look at its pending signals");
        using (process.Network.Loop.Enter()) return process.SignalTable.HeldFrom(self);
    }

    private Errno Set(Signal signal, in SignalTable.Disposition disposition)
    {
        using (process.Network.Loop.Enter()) return process.SignalTable.Set(signal, disposition);
    }
}
