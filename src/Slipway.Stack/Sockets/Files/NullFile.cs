using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What descriptors 0 to 2 of a new process refer to: a character device such as /dev/null, at the end when read; what is written goes to a stream, if there is one.</summary>
internal sealed class NullFile(Stream? output) : OpenFile
{
    /// <summary>S_IFCHR with the permissions of /dev/null.</summary>
    private const uint Mode = 0x2000 | 0x1B6;

    public override PollEvents Readiness => PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLRDNORM | PollEvents.POLLWRNORM;

    public override FileStatus Status => new(Mode, 0, 4);

    public void Write(ReadOnlySpan<byte> data) => output?.Write(data);
}
