using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What a name in a host's <see cref="LocalTree"/> stands for: a directory, a local socket, or a symbolic link. It outlives its names while a process refers to it.</summary>
internal sealed class LocalNode
{
    public const uint Read = 4, Write = 2, Search = 1;

    /// <summary>The bits of chmod(2): set-user-ID, set-group-ID, sticky, and the permissions.</summary>
    public const uint ModeMask = 0xFFF;

    /// <summary>S_ISUID, S_ISGID, S_ISVTX (inode(7)).</summary>
    public const uint SetUser = 0x800, SetGroup = 0x400, Sticky = 0x200;

    private const uint SocketType = 0xC000, LinkType = 0xA000, DirectoryType = 0x4000, AllPermissions = 0x1FF, GroupMayExecute = 8;

    private LocalNode(ulong inode, uint mode, int userId, int groupId) => (Inode, Mode, UserId, GroupId) = (inode, mode, userId, groupId);

    public ulong Inode { get; }

    /// <summary>The directory that a directory is in; the root's is itself. What is no directory does not know where its names are.</summary>
    public LocalNode Parent { get; set; } = null!;

    /// <summary>What is in a directory; null for all else.</summary>
    public Dictionary<byte[], LocalNode>? Children { get; private init; }

    /// <summary>What a symbolic link says; null for all else.</summary>
    public byte[]? Target { get; private init; }

    /// <summary>The socket that is bound to the name; null once it is closed.</summary>
    public UnixSocket? Socket { get; set; }

    /// <summary>No name is left: a directory that is some process's working directory still, where nothing can be made any more.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>The bits of chmod(2).</summary>
    public uint Mode { get; set; }

    public int UserId { get; private set; }

    public int GroupId { get; private set; }

    public bool IsDirectory => Children is not null;

    /// <summary>What stat says.</summary>
    public FileStatus Status => new((IsDirectory ? DirectoryType : Target is not null ? LinkType : SocketType) | Mode, Target?.Length ?? 0, Inode) { UserId = UserId, GroupId = GroupId };

    public static LocalNode Directory(ulong inode, uint mode, int userId, int groupId)
        => new(inode, mode, userId, groupId) { Children = new Dictionary<byte[], LocalNode>(ByteNames.Comparer) };

    public static LocalNode OfSocket(ulong inode, uint mode, int userId, int groupId, UnixSocket socket) => new(inode, mode, userId, groupId) { Socket = socket };

    /// <summary>A link's own permissions are all there, and nobody asks for them (symlink(7)).</summary>
    public static LocalNode SymbolicLink(ulong inode, byte[] target, int userId, int groupId) => new(inode, AllPermissions, userId, groupId) { Target = target };

    /// <summary>Whether a process may read (4), write (2) or search (1) it (path_resolution(7)).</summary>
    public bool Allows(ProcessContext caller, uint access)
    {
        if (caller.HasCapability(Capability.DacOverride)) return true;
        int shift = caller.UserId == UserId ? 6 : caller.GroupId == GroupId ? 3 : 0;
        return (Mode >> shift & access) == access;
    }

    /// <summary>chmod(2).</summary>
    /// <returns>EPERM for who does not own it.</returns>
    public Errno ChangeMode(ProcessContext caller, uint mode)
    {
        if (caller.UserId != UserId && !caller.HasCapability(Capability.FileOwner)) return Errno.EPERM;
        Mode = mode & ModeMask;
        if (caller.GroupId != GroupId && !caller.HasCapability(Capability.FileSetId)) Mode &= ~SetGroup;
        return Errno.None;
    }

    /// <summary>chown(2); -1 leaves an id as it is.</summary>
    /// <returns>EPERM: only the owner may give it to a group, one of the own; only the privileged may give it away.</returns>
    public Errno ChangeOwner(ProcessContext caller, int user, int group)
    {
        bool isOwner = caller.UserId == UserId;
        bool mayUser = user == -1 || isOwner && user == UserId, mayGroup = group == -1 || isOwner && (group == GroupId || group == caller.GroupId);
        if (!(mayUser && mayGroup) && !caller.HasCapability(Capability.Chown)) return Errno.EPERM;
        if (user != -1) UserId = user;
        if (group != -1) GroupId = group;
        if (!IsDirectory) Mode &= (Mode & GroupMayExecute) != 0 ? ~(SetUser | SetGroup) : ~SetUser;
        return Errno.None;
    }
}
