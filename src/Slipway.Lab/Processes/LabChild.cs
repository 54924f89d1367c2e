using Slipway.Sockets;

namespace Slipway.Lab;

/// <summary>A child process, as its parent sees it.</summary>
internal sealed class LabChild(LabProcess process) : ChildProcess
{
    public override int Id => process.Id;

    public override int Wait() => process.WaitFor();
}
