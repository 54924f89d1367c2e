using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// The names of local sockets that are paths: a small tree in memory, one for each host. It holds directories and sockets and nothing else. At first there are <c>/</c>, <c>/dev</c>, <c>/run</c>,
/// <c>/tmp</c>, <c>/var</c>, <c>/var/run</c> and <c>/var/tmp</c>, owned by root; every process's working directory is <c>/</c>.
/// </summary>
internal sealed class LocalTree
{
    private const uint Read = 4, Write = 2, Search = 1;
    private const uint DirectoryMode = 0x1ED, OpenDirectoryMode = 0x3FF, Sticky = 0x200, ModeMask = 0xFFF;

    /// <summary>All permissions less a umask of 022.</summary>
    private const uint SocketMode = 0x1ED;

    /// <summary>NAME_MAX.</summary>
    private const int LongestName = 255;

    private readonly LocalNode _root = new(null, DirectoryMode, 0, 0, isDirectory: true);

    public LocalTree()
    {
        Add("dev"u8, _root, DirectoryMode);
        Add("run"u8, _root, DirectoryMode);
        Add("tmp"u8, _root, OpenDirectoryMode);
        LocalNode variable = Add("var"u8, _root, DirectoryMode);
        Add("run"u8, variable, DirectoryMode);
        Add("tmp"u8, variable, OpenDirectoryMode);
    }

    /// <summary>Finds what a path names.</summary>
    /// <returns>ENOENT, ENOTDIR, EACCES or ENAMETOOLONG (path_resolution(7)).</returns>
    public Errno Find(ProcessContext caller, ReadOnlySpan<byte> path, out LocalNode? node)
    {
        node = null;
        Errno error = FindParent(caller, path, out LocalNode parent, out ReadOnlySpan<byte> name, out bool wantsDirectory);
        if (error != Errno.None) return error;
        error = Step(caller, parent, name, out LocalNode found);
        if (error != Errno.None) return error;
        if (wantsDirectory && found.Children is null) return Errno.ENOTDIR;
        node = found;
        return Errno.None;
    }

    /// <summary>Makes the name of a socket (bind(2)).</summary>
    /// <returns>EADDRINUSE where there is something of the name, or as <see cref="Find"/>.</returns>
    public Errno MakeSocket(ProcessContext caller, ReadOnlySpan<byte> path, UnixSocket socket, out LocalNode? made)
    {
        made = null;
        Errno error = FindParent(caller, path, out LocalNode parent, out ReadOnlySpan<byte> name, out bool wantsDirectory);
        if (error != Errno.None) return error;
        error = Step(caller, parent, name, out _);
        if (error == Errno.None) return Errno.EADDRINUSE;
        if (error != Errno.ENOENT || wantsDirectory) return error;
        if (!parent.Allows(caller, Write | Search)) return Errno.EACCES;
        made = new LocalNode(parent, SocketMode, caller.UserId, caller.GroupId, isDirectory: false) { Socket = socket };
        parent.Children!.Add(name.ToArray(), made);
        return Errno.None;
    }

    /// <summary>mkdir(2).</summary>
    public Errno MakeDirectory(ProcessContext caller, ReadOnlySpan<byte> path, uint mode)
    {
        Errno error = FindParent(caller, path, out LocalNode parent, out ReadOnlySpan<byte> name, out _);
        if (error != Errno.None) return error;
        error = Step(caller, parent, name, out _);
        if (error == Errno.None) return Errno.EEXIST;
        if (error != Errno.ENOENT) return error;
        if (!parent.Allows(caller, Write | Search)) return Errno.EACCES;
        parent.Children!.Add(name.ToArray(), new LocalNode(parent, mode & ModeMask, caller.UserId, caller.GroupId, isDirectory: true));
        return Errno.None;
    }

    /// <summary>unlink(2): the socket stays bound, but nobody finds it by the name any more.</summary>
    public Errno Unlink(ProcessContext caller, ReadOnlySpan<byte> path)
    {
        Errno error = FindParent(caller, path, out LocalNode parent, out ReadOnlySpan<byte> name, out bool wantsDirectory);
        if (error != Errno.None) return error;
        error = Step(caller, parent, name, out LocalNode node);
        if (error != Errno.None) return error;
        if (node.Children is not null) return Errno.EISDIR;
        if (wantsDirectory) return Errno.ENOTDIR;
        if (!parent.Allows(caller, Write | Search)) return Errno.EACCES;
        bool isSticky = (parent.Mode & Sticky) != 0;
        if (isSticky && caller.UserId != node.UserId && caller.UserId != parent.UserId && !caller.HasCapability(Capability.FileOwner)) return Errno.EPERM;
        parent.Children!.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name);
        return Errno.None;
    }

    /// <summary>chmod(2): who has no write permission cannot connect.</summary>
    public Errno ChangeMode(ProcessContext caller, ReadOnlySpan<byte> path, uint mode)
    {
        Errno error = Find(caller, path, out LocalNode? node);
        if (error != Errno.None) return error;
        if (caller.UserId != node!.UserId && !caller.HasCapability(Capability.FileOwner)) return Errno.EPERM;
        node.Mode = mode & ModeMask;
        return Errno.None;
    }

    private Errno FindParent(ProcessContext caller, ReadOnlySpan<byte> path, out LocalNode parent, out ReadOnlySpan<byte> name, out bool wantsDirectory)
    {
        const byte Slash = (byte)'/';
        parent = _root;
        name = default;
        ReadOnlySpan<byte> rest = path.TrimEnd(Slash);
        wantsDirectory = rest.Length < path.Length;
        if (path.IsEmpty) return Errno.ENOENT;
        if (rest.IsEmpty) name = "."u8;
        while (!rest.IsEmpty)
        {
            rest = rest.TrimStart(Slash);
            int end = rest.IndexOf(Slash);
            if (end < 0)
            {
                name = rest;
                return name.Length > LongestName ? Errno.ENAMETOOLONG : Errno.None;
            }
            Errno error = Step(caller, parent, rest[..end], out LocalNode next);
            if (error != Errno.None) return error;
            if (next.Children is null) return Errno.ENOTDIR;
            parent = next;
            rest = rest[end..];
        }
        return Errno.None;
    }

    private static Errno Step(ProcessContext caller, LocalNode directory, ReadOnlySpan<byte> name, out LocalNode node)
    {
        node = directory;
        if (name.Length > LongestName) return Errno.ENAMETOOLONG;
        if (!directory.Allows(caller, Search)) return Errno.EACCES;
        if (name.SequenceEqual("."u8)) return Errno.None;
        if (name.SequenceEqual(".."u8))
        {
            node = directory.Parent;
            return Errno.None;
        }
        return directory.Children!.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out node!) ? Errno.None : Errno.ENOENT;
    }

    private static LocalNode Add(ReadOnlySpan<byte> name, LocalNode parent, uint mode)
    {
        var node = new LocalNode(parent, mode, 0, 0, isDirectory: true);
        parent.Children!.Add(name.ToArray(), node);
        return node;
    }
}
