namespace Slipway.Linux.Tests;

/// <summary>A test that makes a TUN or TAP device, in a network namespace of its own.</summary>
public sealed class TunFactAttribute : FactAttribute
{
    public TunFactAttribute()
    {
        if (!File.Exists("/dev/net/tun")) Skip = "needs a TUN device: /dev/net/tun does not exist";
        else if (!Environment.IsPrivilegedProcess) Skip = "needs root: it makes a TUN device and network namespaces";
    }
}
