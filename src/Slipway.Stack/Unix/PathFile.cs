using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A descriptor that only says where a file is (open(2), O_PATH): what SIOCUNIXFILE gives. Calls that would use the file itself find no descriptor there.</summary>
internal sealed class PathFile : OpenFile
{
    private const int PathOnly = 0x200000;

    private readonly LocalNode _node;

    public PathFile(LocalNode node)
    {
        _node = node;
        StatusFlags = PathOnly;
    }

    /// <inheritdoc/>
    public override PollEvents Readiness => PollEvents.None;

    /// <inheritdoc/>
    public override FileStatus Status => _node.Status;
}
