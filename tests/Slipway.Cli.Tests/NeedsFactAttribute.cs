namespace Slipway.Cli.Tests;

/// <summary>A test that asks tshark.</summary>
internal sealed class TsharkFactAttribute : FactAttribute
{
    public TsharkFactAttribute()
    {
        if (!Tools.Has("tshark")) Skip = "needs tshark";
    }
}

/// <summary>A test that makes a TUN or TAP device, in a network namespace of its own, and runs the named tools there.</summary>
internal sealed class DeviceTheoryAttribute : TheoryAttribute
{
    public DeviceTheoryAttribute(params string[] tools)
    {
        if (!File.Exists("/dev/net/tun")) Skip = "needs a TUN device: /dev/net/tun does not exist";
        else if (!Environment.IsPrivilegedProcess) Skip = "needs root: it makes a TUN device and network namespaces";
        else if (Array.Find(tools, static tool => !Tools.Has(tool)) is { } missing) Skip = $"needs {missing}";
    }
}

/// <summary>A test that makes a network namespace, and runs the named tools.</summary>
internal sealed class NamespaceTheoryAttribute : TheoryAttribute
{
    public NamespaceTheoryAttribute(params string[] tools)
    {
        if (!Environment.IsPrivilegedProcess) Skip = "needs root: it makes a network namespace";
        else if (Array.Find(tools, static tool => !Tools.Has(tool)) is { } missing) Skip = $"needs {missing}";
    }
}

/// <summary>A test that makes a network namespace.</summary>
internal sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess) Skip = "needs root: it makes a network namespace";
    }
}

/// <summary>A test that runs the named tools.</summary>
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools)
    {
        if (Array.Find(tools, static tool => !Tools.Has(tool)) is { } missing) Skip = $"needs {missing}";
    }
}
