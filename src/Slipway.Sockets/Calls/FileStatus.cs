namespace Slipway.Sockets;

/// <summary>What fstat says of a descriptor (inode(7)).</summary>
/// <param name="Mode">File type and permission bits; a socket is 0140777.</param>
/// <param name="Size">Length in bytes; 0 for a socket.</param>
/// <param name="Inode">The number in <c>socket:[inode]</c>.</param>
public readonly record struct FileStatus(uint Mode, long Size, ulong Inode)
{
    /// <summary>S_ISSOCK.</summary>
    public bool IsSocket => (Mode & 0xF000) == 0xC000;
}
