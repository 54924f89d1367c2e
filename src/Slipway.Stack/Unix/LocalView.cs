namespace Slipway.Stack;

/// <summary>How one process sees the tree of its host: where relative names begin, and what its umask takes from new names (Linux struct fs_struct).</summary>
internal sealed class LocalView(LocalNode directory)
{
    private const uint UsualMask = 0x12; // 022

    /// <summary>The working directory; the root at first.</summary>
    public LocalNode Directory { get; set; } = directory;

    /// <summary>umask(2): 022 at first, as a shell has it.</summary>
    public uint Mask { get; set; } = UsualMask;

    /// <summary>A child begins with what its parent has (fork(2)).</summary>
    public void CopyTo(LocalView child) => (child.Directory, child.Mask) = (Directory, Mask);
}
