namespace Slipway.Linux.Tests;

/// <summary>A test that makes a TUN or TAP device, in a network namespace of its own.</summary>
public sealed class TunFactAttribute : FactAttribute
{
    public TunFactAttribute() => Skip = TunTheoryAttribute.WhyNot;
}

/// <summary>The same for several cases.</summary>
public sealed class TunTheoryAttribute : TheoryAttribute
{
    public TunTheoryAttribute() => Skip = WhyNot;

    internal static string? WhyNot => !File.Exists("/dev/net/tun") ? "needs a TUN device: /dev/net/tun does not exist"
        : !Environment.IsPrivilegedProcess ? "needs root: it makes a TUN device and network namespaces"
        : null;
}
