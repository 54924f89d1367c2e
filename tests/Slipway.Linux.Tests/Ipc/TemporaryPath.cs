namespace Slipway.Linux.Tests;

/// <summary>A name in the directory for temporary files, for which nothing exists yet; what is made there goes with the test.</summary>
internal sealed class TemporaryPath : IDisposable
{
    public string Name { get; } = Path.Combine(Path.GetTempPath(), $"slipway-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Name);
}
