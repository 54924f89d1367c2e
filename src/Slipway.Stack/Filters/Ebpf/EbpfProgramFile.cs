using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What the descriptor of a loaded program refers to. The program lives on in the sockets that it is attached to.</summary>
internal sealed class EbpfProgramFile(EbpfProgram program, uint number) : OpenFile
{
    public EbpfProgram Program => program;

    /// <summary>Its number on the host: a look-up in an array of programs gives it.</summary>
    public uint Number => number;

    /// <inheritdoc/>
    public override PollEvents Readiness => PollEvents.POLLERR;

    /// <inheritdoc/>
    public override FileStatus Status => new(0x180, 0, 0);
}
