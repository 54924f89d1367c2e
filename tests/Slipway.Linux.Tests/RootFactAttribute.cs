namespace Slipway.Linux.Tests;

/// <summary>A test that makes network namespaces.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess) Skip = "needs root: it makes network namespaces";
    }
}
