using Microsoft.Win32.SafeHandles;

namespace Slipway.Samples;

/// <summary>A file that is being uploaded: hidden beside its place, and moved there as one step when it is whole. Otherwise it vanishes.</summary>
internal sealed class HttpUpload : IDisposable
{
    private readonly string _path, _temporary;
    private readonly SafeFileHandle _file;
    private long _length;
    private bool _isComplete;

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public HttpUpload(string directory, string path)
    {
        _path = path;
        _temporary = Path.Combine(directory, $".upload-{Path.GetRandomFileName()}");
        _file = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Write(ReadOnlySpan<byte> piece)
    {
        RandomAccess.Write(_file, piece, _length);
        _length += piece.Length;
    }

    /// <summary>Puts the file in its place. A file that was there is replaced; a symbolic link too, not what it leads to.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Complete()
    {
        _file.Dispose();
        bool existed = File.Exists(_path);
        File.Move(_temporary, _path, overwrite: true);
        _isComplete = true;
        return existed;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_isComplete) File.Delete(_temporary);
    }
}
