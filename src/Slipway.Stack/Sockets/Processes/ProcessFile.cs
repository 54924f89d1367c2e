using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What a process descriptor refers to (pidfd_open(2)): it is readable when the process has ended, and hung up when that was seen.</summary>
internal sealed class ProcessFile : OpenFile
{
    /// <summary>Read, write and execute for the owner, and no type.</summary>
    private const uint Mode = 0x1C0;

    public ProcessFile(ProcessIdentity process)
    {
        Process = process;
        process.Add(this);
    }

    public ProcessIdentity Process { get; }

    /// <inheritdoc/>
    public override PollEvents Readiness
        => !Process.HasEnded ? PollEvents.None : PollEvents.POLLIN | PollEvents.POLLRDNORM | (Process.IsReaped ? PollEvents.POLLHUP : PollEvents.None);

    /// <inheritdoc/>
    /// <remarks>The same process has the same number.</remarks>
    public override FileStatus Status => new(Mode, 0, (ulong)Process.ProcessId);

    public void Tell() => WakeWaiters(Readiness);

    /// <inheritdoc/>
    protected override void OnClosed() => Process.Remove(this);
}
