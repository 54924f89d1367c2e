using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>How paths are followed (path_resolution(7)).</summary>
internal sealed partial class LocalTree
{
    private const byte Slash = (byte)'/';

    /// <summary>PATH_MAX with its NUL, and NAME_MAX.</summary>
    private const int LongestPath = 4095, LongestName = 255;

    /// <summary>Symbolic links that one path may lead through (MAXSYMLINKS).</summary>
    private const int MostLinks = 40;

    /// <summary>The last part of a path, and the directory that it is in.</summary>
    private ref struct Place
    {
        public LocalNode Directory;
        public ReadOnlySpan<byte> Name;

        /// <summary>A slash follows: it can be the name of a directory only.</summary>
        public bool WantsDirectory;

        /// <summary>Links that were followed so far.</summary>
        public int Links;

        /// <summary>The name stands for a directory by its place, not as an entry.</summary>
        public readonly bool IsRoot => Name.IsEmpty;

        public readonly bool IsDot => Name.SequenceEqual("."u8);

        public readonly bool IsDotDot => Name.SequenceEqual(".."u8);

        public readonly bool IsEntry => !IsRoot && !IsDot && !IsDotDot;
    }

    /// <summary>Finds what a path names.</summary>
    /// <param name="caller">Whose working directory a relative path begins in, and who must be allowed to search the directories on the way.</param>
    /// <param name="path">The path.</param>
    /// <param name="followsLast">Whether a symbolic link at the end stands for what it names, or for itself.</param>
    /// <param name="node">What it names.</param>
    /// <returns>ENOENT, ENOTDIR, EACCES, ELOOP or ENAMETOOLONG.</returns>
    public Errno Find(Caller caller, ReadOnlySpan<byte> path, bool followsLast, out LocalNode node)
    {
        node = _root;
        Errno error = FindPlace(caller, path, out Place place);
        return error == Errno.None ? Enter(caller, ref place, followsLast, out node) : error;
    }

    private Errno FindPlace(Caller caller, ReadOnlySpan<byte> path, out Place place)
    {
        place = default;
        place.Directory = caller.View.Directory;
        if (path.IsEmpty) return Errno.ENOENT;
        return path.Length > LongestPath ? Errno.ENAMETOOLONG : Walk(caller, path, ref place);
    }

    /// <summary>Goes from the directory of a place along a path, up to its last part.</summary>
    private Errno Walk(Caller caller, ReadOnlySpan<byte> path, ref Place place)
    {
        if (path[0] == Slash) place.Directory = _root;
        ReadOnlySpan<byte> rest = path.TrimEnd(Slash);
        place.WantsDirectory = rest.Length < path.Length;
        place.Name = default;
        rest = rest.TrimStart(Slash);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf(Slash);
            place.Name = end < 0 ? rest : rest[..end];
            if (!place.Directory.Allows(caller.Process, LocalNode.Search)) return Errno.EACCES;
            if (place.Name.Length > LongestName) return Errno.ENAMETOOLONG;
            if (end < 0) return Errno.None;
            Errno error = Enter(caller, ref place, followsLast: true, out LocalNode next);
            if (error != Errno.None) return error;
            if (!next.IsDirectory) return Errno.ENOTDIR;
            place.Directory = next;
            rest = rest[end..].TrimStart(Slash);
        }
        return Errno.None;
    }

    /// <summary>What a place names, through symbolic links where they are to be followed.</summary>
    private Errno Enter(Caller caller, ref Place place, bool followsLast, out LocalNode node)
    {
        bool wantsDirectory = place.WantsDirectory;
        if (!TryStep(place, out node)) return Errno.ENOENT;
        if (node.Target is { } target && (followsLast || wantsDirectory))
        {
            if (place.Links == MostLinks) return Errno.ELOOP;
            var through = new Place { Directory = place.Directory, Links = place.Links + 1 };
            Errno error = Walk(caller, target, ref through);
            if (error == Errno.None) error = Enter(caller, ref through, followsLast: true, out node);
            place.Links = through.Links;
            if (error != Errno.None) return error;
        }
        return wantsDirectory && !node.IsDirectory ? Errno.ENOTDIR : Errno.None;
    }

    private static bool TryStep(in Place place, out LocalNode node)
    {
        node = place.IsDotDot ? place.Directory.Parent : place.Directory;
        return !place.IsEntry || place.Directory.Children!.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(place.Name, out node!);
    }
}
