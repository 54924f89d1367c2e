using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Process descriptors.</summary>
public sealed partial class LinuxSystem
{
    /// <inheritdoc/>
    public override CallResult OpenProcess(int processId, int flags = 0) => Libc.Result(Libc.SystemCall(SystemCalls.PidFdOpen, processId, flags, 0, 0, 0, 0));

    /// <inheritdoc/>
    public override Errno SignalProcess(int process, Signal signal) => Libc.Status((int)Libc.SystemCall(SystemCalls.PidFdSendSignal, process, (int)signal, 0, 0, 0, 0));

    /// <inheritdoc/>
    public override CallResult WaitProcess(int process)
    {
        Errno error = Children.WaitByDescriptor(process, default, out ChildChange change);
        return error == Errno.None ? change.Status.ShellCode : error;
    }
}
