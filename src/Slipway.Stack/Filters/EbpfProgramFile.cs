using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What the descriptor of a loaded program refers to. The program lives on in the sockets that it is attached to.</summary>
internal sealed class EbpfProgramFile(EbpfProgram program) : OpenFile
{
    public EbpfProgram Program => program;

    /// <inheritdoc/>
    public override PollEvents Readiness => PollEvents.POLLERR;

    /// <inheritdoc/>
    public override FileStatus Status => new(0x180, 0, 0);
}
