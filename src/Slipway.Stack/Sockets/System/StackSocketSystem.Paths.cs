using System.Text;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Calls for names of local sockets, in the tree of the host.</summary>
public sealed partial class StackSocketSystem
{
    private const uint AllPermissions = 0x1FF;

    private LocalTree Tree => _host.Unix.Tree;

    /// <inheritdoc/>
    public override Errno Stat(string path, out FileStatus status) => Stat(path, followsLast: true, out status);

    /// <inheritdoc/>
    public override Errno StatLink(string path, out FileStatus status) => Stat(path, followsLast: false, out status);

    /// <inheritdoc/>
    public override Errno Unlink(string path)
    {
        using (_loop.Enter()) return Tree.Unlink(_caller, Bytes(path));
    }

    /// <inheritdoc/>
    public override Errno Rename(string path, string newPath)
    {
        using (_loop.Enter()) return Tree.Rename(_caller, Bytes(path), Bytes(newPath));
    }

    /// <inheritdoc/>
    public override Errno ChangeMode(string path, uint mode)
    {
        using (_loop.Enter())
        {
            Errno error = Tree.Find(_caller, Bytes(path), followsLast: true, out LocalNode node);
            return error == Errno.None ? node.ChangeMode(_context, mode) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno ChangeOwner(string path, int user, int group)
    {
        using (_loop.Enter())
        {
            Errno error = Tree.Find(_caller, Bytes(path), followsLast: true, out LocalNode node);
            return error == Errno.None ? node.ChangeOwner(_context, user, group) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno MakeDirectory(string path, uint mode)
    {
        using (_loop.Enter()) return Tree.MakeDirectory(_caller, Bytes(path), mode);
    }

    /// <inheritdoc/>
    public override Errno RemoveDirectory(string path)
    {
        using (_loop.Enter()) return Tree.RemoveDirectory(_caller, Bytes(path));
    }

    /// <inheritdoc/>
    public override Errno MakeLink(string target, string path)
    {
        using (_loop.Enter()) return Tree.MakeLink(_caller, Bytes(target), Bytes(path));
    }

    /// <inheritdoc/>
    public override Errno ReadLink(string path, out string target)
    {
        target = "";
        using (_loop.Enter())
        {
            Errno error = Tree.Find(_caller, Bytes(path), followsLast: false, out LocalNode node);
            if (error != Errno.None) return error;
            if (node.Target is null) return Errno.EINVAL;
            target = Encoding.UTF8.GetString(node.Target);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public override Errno ChangeDirectory(string path)
    {
        using (_loop.Enter())
        {
            Errno error = Tree.Find(_caller, Bytes(path), followsLast: true, out LocalNode node);
            if (error != Errno.None) return error;
            if (!node.IsDirectory) return Errno.ENOTDIR;
            if (!node.Allows(_context, LocalNode.Search)) return Errno.EACCES;
            _caller.View.Directory = node;
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public override Errno GetDirectory(out string path)
    {
        using (_loop.Enter())
        {
            Errno error = Tree.PathOf(_caller.View.Directory, out byte[] bytes);
            path = Encoding.UTF8.GetString(bytes);
            return error;
        }
    }

    /// <inheritdoc/>
    public override uint SetFileMask(uint mask)
    {
        using (_loop.Enter())
        {
            uint before = _caller.View.Mask;
            _caller.View.Mask = mask & AllPermissions;
            return before;
        }
    }

    private Errno Stat(string path, bool followsLast, out FileStatus status)
    {
        using (_loop.Enter())
        {
            Errno error = Tree.Find(_caller, Bytes(path), followsLast, out LocalNode node);
            status = error == Errno.None ? node.Status : default;
            return error;
        }
    }

    /// <summary>SIOCUNIXFILE (unix(7)): a descriptor for the place of the socket's name.</summary>
    /// <returns>EPERM, ENOENT for a socket without a path, EMFILE.</returns>
    private CallResult OpenPath(UnixSocket socket)
    {
        if (!_context.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        return socket.Node is { } node ? AddFile(new PathFile(node)) : Errno.ENOENT;
    }

    /// <summary>A path as C has it: it ends at a NUL.</summary>
    private static byte[] Bytes(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        int end = path.IndexOf('\0', StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(end < 0 ? path : path[..end]);
    }
}
