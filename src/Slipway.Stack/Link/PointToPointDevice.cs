namespace Slipway.Stack;

/// <summary>An end of a virtual link that carries bare IP packets.</summary>
public sealed class PointToPointDevice : VirtualDevice
{
    /// <summary>Makes a device that is up and has no link yet.</summary>
    /// <param name="loop">The loop of the host that it belongs to.</param>
    /// <param name="name">Its name, as <c>ptp0</c>.</param>
    /// <param name="mtu">Largest IP packet in bytes.</param>
    public PointToPointDevice(StackLoop loop, string name, int mtu = 1500) : base(loop, name, LinkKind.PointToPoint, mtu)
    {
    }
}
