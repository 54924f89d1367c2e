using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The machine's files.</summary>
public sealed class LinuxFiles : HostFiles
{
    private LinuxFiles()
    {
    }

    /// <summary>The one view of them.</summary>
    public static LinuxFiles Instance { get; } = new();

    /// <inheritdoc/>
    public override string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override bool WriteText(string path, string text)
    {
        try
        {
            // Without a buffer, so that a setting takes the whole value in one write or refuses it.
            using var file = new FileStream(path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override Stream? Create(string path)
    {
        try
        {
            return File.Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
