using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>An end of a virtual link that carries Ethernet frames.</summary>
public sealed class VirtualEthernetDevice : VirtualDevice
{
    /// <summary>Makes a device that is up and has no link yet.</summary>
    /// <param name="loop">The loop of the host that it belongs to.</param>
    /// <param name="name">Its name, as <c>eth0</c>.</param>
    /// <param name="address">Its Ethernet address.</param>
    /// <param name="mtu">Largest IP packet in bytes.</param>
    public VirtualEthernetDevice(StackLoop loop, string name, MacAddress address, int mtu = 1500) : base(loop, name, LinkKind.Ethernet, mtu) => Address = address;
}
