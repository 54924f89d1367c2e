using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A descriptor that a child is to have: its number there, and what it is a copy of.</summary>
/// <remarks>A copy shares the open file description with its original: the offset, O_APPEND and O_NONBLOCK are one for both processes (dup(2)).</remarks>
public readonly record struct ChildDescriptor
{
    // Keeps the descriptor from being finalized, and its number from becoming another file's, for as long as somebody may start the command.
    private readonly FileDescriptor? _owner;

    private ChildDescriptor(int number, int source, string? path, OpenFlags flags, FileDescriptor? owner = null)
    {
        _owner = owner;
        Number = number;
        Source = source;
        Path = path;
        Flags = flags;
    }

    /// <summary>Its number in the child.</summary>
    public int Number { get; }

    /// <summary>The descriptor in this process; -1 for a file that is opened for the child.</summary>
    public int Source { get; }

    /// <summary>The file that is opened for the child, relative to the child's working directory; null for a copy.</summary>
    public string? Path { get; }

    internal OpenFlags Flags { get; }

    /// <summary>The same descriptor by the same number.</summary>
    public static ChildDescriptor Inherit(int number) => new(number, number, null, OpenFlags.O_RDONLY);

    /// <summary>A descriptor of this process by a number of its own: the shell's <c>number&gt;&amp;source</c>.</summary>
    public static ChildDescriptor Copy(int source, int number) => new(number, source, null, OpenFlags.O_RDONLY);

    /// <summary>The same for a descriptor as an object, which must stay open until the child is started.</summary>
    public static ChildDescriptor Copy(FileDescriptor source, int number)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChildDescriptor(number, source.Number, null, OpenFlags.O_RDONLY, source);
    }

    /// <summary><see cref="Source"/>, if it is still that file.</summary>
    /// <exception cref="LinuxCallException">EBADF: the object that it was taken from is closed.</exception>
    internal int CurrentSource()
        => _owner is not { IsClosed: true } ? Source : throw new LinuxCallException(Errno.EBADF, string.Create(CultureInfo.InvariantCulture, $"dup2({Source}, {Number})"));

    /// <summary>A file, open for reading: the shell's <c>number&lt;path</c>.</summary>
    public static ChildDescriptor Read(string path, int number = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ChildDescriptor(number, -1, path, OpenFlags.O_RDONLY);
    }

    /// <summary>A file, open for writing from its beginning, emptied or made with mode 0666 less the umask: the shell's <c>number&gt;path</c>.</summary>
    public static ChildDescriptor Write(string path, int number = 1)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ChildDescriptor(number, -1, path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC);
    }

    /// <summary>A file, open for writing at its end (O_APPEND), made with mode 0666 less the umask: the shell's <c>number&gt;&gt;path</c>.</summary>
    public static ChildDescriptor Append(string path, int number = 1)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ChildDescriptor(number, -1, path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND);
    }
}
