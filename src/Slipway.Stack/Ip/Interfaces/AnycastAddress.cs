using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>An anycast address of an interface.</summary>
public sealed class AnycastAddress
{
    internal AnycastAddress(IpAddress address) => Address = address;

    /// <summary>The address.</summary>
    public IpAddress Address { get; }

    /// <summary>How often it was joined: by sockets, and on a router by the addresses of its network.</summary>
    public int Users { get; internal set; } = 1;

    /// <summary>The address.</summary>
    public override string ToString() => Address.ToString();
}
