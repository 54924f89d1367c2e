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
}
