namespace Slipway.Stack.Tests;

/// <summary>A test that compares with a file of the running kernel; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FileFactAttribute : FactAttribute
{
    public FileFactAttribute(string path)
    {
        Path = path;
        if (!File.Exists(path)) Skip = $"needs {path}";
    }

    public string Path { get; }
}
