namespace Slipway.Linux;

/// <summary>A descriptor that a child is to have: its number there, and what it is a copy of.</summary>
/// <remarks>A copy shares the open file description with its original: the offset, O_APPEND and O_NONBLOCK are one for both processes (dup(2)).</remarks>
public readonly record struct ChildDescriptor
{
    private const int O_WRONLY = 1, O_CREAT = 0x40, O_TRUNC = 0x200, O_APPEND = 0x400;

    private ChildDescriptor(int number, int source, string? path, int flags)
    {
        Number = number;
        Source = source;
        Path = path;
        OpenFlags = flags;
    }

    /// <summary>Its number in the child.</summary>
    public int Number { get; }

    /// <summary>The descriptor in this process; -1 for a file that is opened for the child.</summary>
    public int Source { get; }

    /// <summary>The file that is opened for the child, relative to the child's working directory; null for a copy.</summary>
    public string? Path { get; }

    internal int OpenFlags { get; }

    /// <summary>The same descriptor by the same number.</summary>
    public static ChildDescriptor Inherit(int number) => new(number, number, null, 0);

    /// <summary>A descriptor of this process by a number of its own: the shell's <c>number&gt;&amp;source</c>.</summary>
    public static ChildDescriptor Copy(int source, int number) => new(number, source, null, 0);

    /// <summary>A file, open for reading: the shell's <c>number&lt;path</c>.</summary>
    public static ChildDescriptor Read(string path, int number = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ChildDescriptor(number, -1, path, 0);
    }

    /// <summary>A file, open for writing from its beginning, emptied or made with mode 0666 less the umask: the shell's <c>number&gt;path</c>.</summary>
    public static ChildDescriptor Write(string path, int number = 1)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ChildDescriptor(number, -1, path, O_WRONLY | O_CREAT | O_TRUNC);
    }

    /// <summary>A file, open for writing at its end (O_APPEND), made with mode 0666 less the umask: the shell's <c>number&gt;&gt;path</c>.</summary>
    public static ChildDescriptor Append(string path, int number = 1)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ChildDescriptor(number, -1, path, O_WRONLY | O_CREAT | O_APPEND);
    }
}
