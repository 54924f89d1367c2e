namespace Slipway.Linux.Tests.Processes;

/// <summary>A directory for one test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("slipway-").FullName;

    /// <summary>Makes a file in it.</summary>
    /// <returns>Its path.</returns>
    public string File(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Makes a file in it that may be executed.</summary>
    /// <remarks>A shell writes it. If we did, a child that is just being started elsewhere could still hold our descriptor, and exec would fail with ETXTBSY.</remarks>
    /// <returns>Its path.</returns>
    public string Program(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        new ProcessCommand("/bin/sh", "-c", "printf %s \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh", path, text).Run().ExitCode.ShouldBe(0);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
