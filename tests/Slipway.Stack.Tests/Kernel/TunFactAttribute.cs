namespace Slipway.Stack.Tests;

/// <summary>A test that makes TUN devices, in network namespaces of its own.</summary>
public sealed class TunFactAttribute : FactAttribute
{
    public TunFactAttribute() => Skip = TunTheoryAttribute.WhyNot;
}

/// <summary>The same for several cases.</summary>
public sealed class TunTheoryAttribute : TheoryAttribute
{
    public TunTheoryAttribute() => Skip = WhyNot;

    internal static string? WhyNot => !File.Exists("/dev/net/tun") ? "needs a TUN device: /dev/net/tun does not exist"
        : !Environment.IsPrivilegedProcess ? "needs root: it makes TUN devices and network namespaces"
        : null;
}
