namespace Slipway.Stack.Tests;

/// <summary>A test that loads eBPF programs into the kernel; skipped, with the reason, where the kernel would refuse them.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess) Skip = "needs root: bpf(2) is closed to others";
    }
}
