namespace Slipway.Sockets;

/// <summary>What stat says of a file (inode(7)).</summary>
/// <param name="Mode">File type and permission bits; a socket is 0140777, unless fchmod changed it.</param>
/// <param name="Size">Length in bytes; 0 for a socket, the length of its target for a symbolic link.</param>
/// <param name="Inode">The number in <c>socket:[inode]</c>.</param>
public readonly record struct FileStatus(uint Mode, long Size, ulong Inode)
{
    private const uint TypeMask = 0xF000;

    /// <summary>Who owns it.</summary>
    public int UserId { get; init; }

    /// <summary>The group that owns it.</summary>
    public int GroupId { get; init; }

    /// <summary>S_ISSOCK.</summary>
    public bool IsSocket => (Mode & TypeMask) == 0xC000;

    /// <summary>S_ISDIR.</summary>
    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    /// <summary>S_ISLNK: only <see cref="SocketSystem.StatLink"/> sees one.</summary>
    public bool IsSymbolicLink => (Mode & TypeMask) == 0xA000;
}
