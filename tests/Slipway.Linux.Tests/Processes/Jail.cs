namespace Slipway.Linux.Tests.Processes;

/// <summary>A directory with a shell in it and all that the shell needs.</summary>
internal static class Jail
{
    /// <summary>Copies the shell's own file and the libraries that it has mapped.</summary>
    /// <returns>The shell's path within.</returns>
    public static string Fill(string directory)
    {
        string maps = Channel.Shell("while read line; do echo \"$line\"; done </proc/$$/maps");
        string[] files = [.. maps.Split('\n').Select(static line => line[(line.LastIndexOf(' ') + 1)..]).Where(static path => path.StartsWith('/') && File.Exists(path)).Distinct()];
        foreach (string file in files)
        {
            Copy(file, file);
            // The loader goes by another name, to which there is a link outside.
            string name = Path.GetFileName(file);
            if (!name.StartsWith("ld-", StringComparison.Ordinal)) continue;
            Copy(file, $"/lib64/{name}");
            Copy(file, $"/lib/{name}");
        }
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        return files[0];

        void Copy(string from, string to)
        {
            string path = directory + to;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(from, path, overwrite: true);
        }
    }
}
