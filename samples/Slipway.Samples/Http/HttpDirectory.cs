using Microsoft.Win32.SafeHandles;

namespace Slipway.Samples;

/// <summary>
/// The directory that a server shows. Names come from <see cref="HttpTarget"/>; symbolic links are not followed, so that what is outside stays outside. Hidden files are not shown.
/// </summary>
public sealed class HttpDirectory
{
    private readonly string _root;

    /// <param name="root">An existing directory.</param>
    /// <param name="isReadOnly">Whether uploads are refused.</param>
    /// <exception cref="DirectoryNotFoundException">There is none of that name.</exception>
    public HttpDirectory(string root, bool isReadOnly = false)
    {
        _root = Path.GetFullPath(root);
        IsReadOnly = isReadOnly;
        if (!Directory.Exists(_root)) throw new DirectoryNotFoundException($"'{root}' is no directory");
    }

    /// <summary>Whether uploads are refused.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The path of an entry that is there.</summary>
    /// <returns>Null if there is none, or a symbolic link stands in the way.</returns>
    internal string? Find(IReadOnlyList<string> segments)
    {
        string path = _root;
        foreach (string segment in segments)
        {
            path = Path.Combine(path, segment);
            if (!Path.Exists(path) || IsLink(path)) return null;
        }
        return path;
    }

    /// <summary>Opens a file for reading. A file without bytes has no handle: it may be a pipe or a device, which must not be waited for.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static SafeFileHandle? OpenRead(string path, out long length)
    {
        length = new FileInfo(path).Length;
        if (length == 0) return null;
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        length = RandomAccess.GetLength(file);
        return file;
    }

    /// <summary>What stands in a directory, by name: directories with a slash.</summary>
    internal static IEnumerable<string> List(string path) => new DirectoryInfo(path).EnumerateFileSystemInfos()
        .Where(static entry => entry.Name[0] != '.' && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        .Select(static entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name)
        .Order(StringComparer.Ordinal);

    /// <summary>Begins an upload: it becomes the file when it is complete, and until then nobody sees it.</summary>
    /// <returns>Null if there is no directory to put it in, or a directory of its name.</returns>
    internal HttpUpload? BeginUpload(IReadOnlyList<string> segments)
    {
        if (segments.Count == 0) return null;
        string? parent = Find([.. segments.SkipLast(1)]);
        if (parent is null || !Directory.Exists(parent)) return null;
        string path = Path.Combine(parent, segments[^1]);
        return Directory.Exists(path) ? null : new HttpUpload(parent, path);
    }

    private static bool IsLink(string path) => File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);
}
