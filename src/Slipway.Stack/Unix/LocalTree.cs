using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// The names of local sockets that are paths: a small tree in memory, one for each host. It holds directories, sockets and symbolic links, and nothing else. At first there are <c>/</c>,
/// <c>/dev</c>, <c>/run</c>, <c>/tmp</c>, <c>/var</c>, <c>/var/run</c> and <c>/var/tmp</c>, owned by root.
/// </summary>
internal sealed partial class LocalTree
{
    private const uint DirectoryMode = 0x1ED, OpenDirectoryMode = 0x3FF;

    /// <summary>What mkdir(2) takes of its mode: no set-user-ID and no set-group-ID.</summary>
    private const uint MakeMask = 0x3FF;

    private readonly LocalNode _root;
    private ulong _lastInode;

    public LocalTree()
    {
        _root = LocalNode.Directory(++_lastInode, DirectoryMode, 0, 0);
        _root.Parent = _root;
        Add("dev"u8, _root, DirectoryMode);
        Add("run"u8, _root, DirectoryMode);
        Add("tmp"u8, _root, OpenDirectoryMode);
        LocalNode variable = Add("var"u8, _root, DirectoryMode);
        Add("run"u8, variable, DirectoryMode);
        Add("tmp"u8, variable, OpenDirectoryMode);
    }

    public LocalNode Root => _root;

    /// <summary>Makes the name of a socket (bind(2)): the mode is that of the open socket, less the umask.</summary>
    /// <returns>EADDRINUSE where there is something of the name, also a link that leads nowhere, or as <see cref="Find"/>.</returns>
    public Errno MakeSocket(Caller caller, ReadOnlySpan<byte> path, UnixSocket socket, out LocalNode? made)
    {
        made = null;
        Errno error = FindFree(caller, path, out Place place);
        if (error != Errno.None) return error == Errno.EEXIST ? Errno.EADDRINUSE : error;
        if (place.WantsDirectory) return Errno.ENOENT;
        error = MayChange(caller.Process, place.Directory);
        if (error != Errno.None) return error;
        made = LocalNode.OfSocket(++_lastInode, socket.Mode & ~caller.View.Mask, caller.Process.UserId, GroupIn(place.Directory, caller.Process), socket);
        Put(place, made);
        return Errno.None;
    }

    /// <summary>mkdir(2).</summary>
    public Errno MakeDirectory(Caller caller, ReadOnlySpan<byte> path, uint mode)
    {
        Errno error = FindFree(caller, path, out Place place);
        if (error == Errno.None) error = MayChange(caller.Process, place.Directory);
        if (error != Errno.None) return error;
        uint inherited = place.Directory.Mode & LocalNode.SetGroup;
        Put(place, LocalNode.Directory(++_lastInode, mode & MakeMask & ~caller.View.Mask | inherited, caller.Process.UserId, GroupIn(place.Directory, caller.Process)));
        return Errno.None;
    }

    /// <summary>symlink(2): whatever the target says, be there such a thing or not.</summary>
    public Errno MakeLink(Caller caller, ReadOnlySpan<byte> target, ReadOnlySpan<byte> path)
    {
        if (target.IsEmpty) return Errno.ENOENT;
        if (target.Length > LongestPath) return Errno.ENAMETOOLONG;
        Errno error = FindFree(caller, path, out Place place);
        if (error != Errno.None) return error;
        if (place.WantsDirectory) return Errno.ENOENT;
        error = MayChange(caller.Process, place.Directory);
        if (error == Errno.None) Put(place, LocalNode.SymbolicLink(++_lastInode, target.ToArray(), caller.Process.UserId, GroupIn(place.Directory, caller.Process)));
        return error;
    }

    /// <summary>unlink(2): the socket stays bound, but nobody finds it by the name any more.</summary>
    public Errno Unlink(Caller caller, ReadOnlySpan<byte> path)
    {
        Errno error = FindPlace(caller, path, out Place place);
        if (error != Errno.None) return error;
        if (!place.IsEntry) return Errno.EISDIR;
        if (!TryStep(place, out LocalNode node)) return Errno.ENOENT;
        if (place.WantsDirectory) return node.IsDirectory ? Errno.EISDIR : Errno.ENOTDIR;
        error = MayDelete(caller.Process, place.Directory, node, asDirectory: false);
        if (error == Errno.None) Remove(place, node);
        return error;
    }

    /// <summary>rmdir(2).</summary>
    public Errno RemoveDirectory(Caller caller, ReadOnlySpan<byte> path)
    {
        Errno error = FindPlace(caller, path, out Place place);
        if (error != Errno.None) return error;
        if (place.IsRoot) return Errno.EBUSY;
        if (!place.IsEntry) return place.IsDot ? Errno.EINVAL : Errno.ENOTEMPTY;
        if (!TryStep(place, out LocalNode node)) return Errno.ENOENT;
        error = MayDelete(caller.Process, place.Directory, node, asDirectory: true);
        if (error != Errno.None) return error;
        if (node.Children!.Count > 0) return Errno.ENOTEMPTY;
        Remove(place, node);
        return Errno.None;
    }

    /// <summary>rename(2): in one step, over what has the new name.</summary>
    public Errno Rename(Caller caller, ReadOnlySpan<byte> path, ReadOnlySpan<byte> newPath)
    {
        Errno error = FindPlace(caller, path, out Place from);
        if (error != Errno.None) return error;
        error = FindPlace(caller, newPath, out Place to);
        if (error != Errno.None) return error;
        if (!from.IsEntry || !to.IsEntry) return Errno.EBUSY;
        if (!TryStep(from, out LocalNode node)) return Errno.ENOENT;
        LocalNode? replaced = TryStep(to, out LocalNode there) ? there : null;
        if (!node.IsDirectory && (from.WantsDirectory || to.WantsDirectory)) return Errno.ENOTDIR;
        if (node.IsDirectory && IsWithin(to.Directory, node)) return Errno.EINVAL;
        if (replaced is { IsDirectory: true } && IsWithin(from.Directory, replaced)) return Errno.ENOTEMPTY;
        if (ReferenceEquals(node, replaced)) return Errno.None;
        error = MayMove(caller.Process, from.Directory, to.Directory, node, replaced);
        if (error != Errno.None) return error;
        if (replaced is not null) Remove(to, replaced);
        from.Directory.Children!.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(from.Name);
        Put(to, node);
        return Errno.None;
    }

    /// <summary>getcwd(2).</summary>
    /// <returns>ENOENT where the directory has been removed.</returns>
    public Errno PathOf(LocalNode directory, out byte[] path)
    {
        path = [];
        for (LocalNode at = directory; at != _root; at = at.Parent)
        {
            if (at.IsRemoved) return Errno.ENOENT;
            path = [Slash, .. NameOf(at), .. path];
        }
        if (path.Length == 0) path = [Slash];
        return Errno.None;
    }

    private static byte[] NameOf(LocalNode directory)
    {
        foreach ((byte[] name, LocalNode node) in directory.Parent.Children!)
            if (node == directory) return name;
        throw new InvalidOperationException("a directory that is not in its parent");
    }

    /// <summary>The place of a new name.</summary>
    /// <returns>EEXIST where there is one, or as <see cref="Find"/>.</returns>
    private Errno FindFree(Caller caller, ReadOnlySpan<byte> path, out Place place)
    {
        Errno error = FindPlace(caller, path, out place);
        return error != Errno.None ? error : TryStep(place, out _) ? Errno.EEXIST : Errno.None;
    }

    private static Errno MayChange(ProcessContext caller, LocalNode directory)
        => directory.IsRemoved ? Errno.ENOENT : directory.Allows(caller, LocalNode.Write | LocalNode.Search) ? Errno.None : Errno.EACCES;

    /// <summary>Linux may_delete: the directory first, then its sticky bit, then the kind.</summary>
    private static Errno MayDelete(ProcessContext caller, LocalNode directory, LocalNode node, bool asDirectory)
    {
        if (!directory.Allows(caller, LocalNode.Write | LocalNode.Search)) return Errno.EACCES;
        bool isSticky = (directory.Mode & LocalNode.Sticky) != 0;
        if (isSticky && caller.UserId != node.UserId && caller.UserId != directory.UserId && !caller.HasCapability(Capability.FileOwner)) return Errno.EPERM;
        return node.IsDirectory == asDirectory ? Errno.None : asDirectory ? Errno.ENOTDIR : Errno.EISDIR;
    }

    private static Errno MayMove(ProcessContext caller, LocalNode from, LocalNode to, LocalNode node, LocalNode? replaced)
    {
        Errno error = MayDelete(caller, from, node, node.IsDirectory);
        if (error == Errno.None) error = replaced is null ? MayChange(caller, to) : MayDelete(caller, to, replaced, node.IsDirectory);
        if (error != Errno.None) return error;
        // The name ".." of a directory that moves elsewhere changes.
        if (from != to && node.IsDirectory && !node.Allows(caller, LocalNode.Write)) return Errno.EACCES;
        return replaced is { Children.Count: > 0 } ? Errno.ENOTEMPTY : Errno.None;
    }

    private bool IsWithin(LocalNode directory, LocalNode ancestor)
    {
        for (; directory != ancestor; directory = directory.Parent)
            if (directory == _root) return false;
        return true;
    }

    private static int GroupIn(LocalNode directory, ProcessContext caller) => (directory.Mode & LocalNode.SetGroup) != 0 ? directory.GroupId : caller.GroupId;

    private static void Put(in Place place, LocalNode node)
    {
        if (node.IsDirectory) node.Parent = place.Directory;
        place.Directory.Children!.Add(place.Name.ToArray(), node);
    }

    private static void Remove(in Place place, LocalNode node)
    {
        node.IsRemoved = true;
        place.Directory.Children!.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(place.Name);
    }

    private LocalNode Add(ReadOnlySpan<byte> name, LocalNode parent, uint mode)
    {
        LocalNode node = LocalNode.Directory(++_lastInode, mode, 0, 0);
        Put(new Place { Directory = parent, Name = name }, node);
        return node;
    }
}
