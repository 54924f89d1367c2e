namespace Slipway.Stack;

/// <summary>A directory or the name of a local socket in a host's <see cref="LocalTree"/>.</summary>
internal sealed class LocalNode
{
    public LocalNode(LocalNode? parent, uint mode, int userId, int groupId, bool isDirectory)
    {
        Parent = parent ?? this;
        Mode = mode;
        UserId = userId;
        GroupId = groupId;
        if (isDirectory) Children = new Dictionary<byte[], LocalNode>(ByteNames.Comparer);
    }

    /// <summary>The directory that it is in; the root's is itself.</summary>
    public LocalNode Parent { get; }

    /// <summary>What is in a directory; null for a socket.</summary>
    public Dictionary<byte[], LocalNode>? Children { get; }

    /// <summary>The socket that is bound to the name; null once it is closed.</summary>
    public UnixSocket? Socket { get; set; }

    /// <summary>The permission bits of chmod(2).</summary>
    public uint Mode { get; set; }

    public int UserId { get; }

    public int GroupId { get; }

    /// <summary>Whether a process may read (4), write (2) or search (1) it (path_resolution(7)).</summary>
    public bool Allows(ProcessContext caller, uint access)
    {
        if (caller.HasCapability(Capability.DacOverride)) return true;
        int shift = caller.UserId == UserId ? 6 : caller.GroupId == GroupId ? 3 : 0;
        return (Mode >> shift & access) == access;
    }
}
