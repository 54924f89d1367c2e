using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>An interface of a node: a host's network interface, or a switch's port.</summary>
public sealed class LabInterface
{
    internal LabInterface(NetworkNode node, LinkDevice device, LinkDevice bottom, FaultDevice? faults)
    {
        Node = node;
        Device = device;
        Bottom = bottom;
        Faults = faults;
    }

    /// <summary>The host or switch.</summary>
    public NetworkNode Node { get; }

    /// <summary>The name at its node.</summary>
    public string Name => Device.Name;

    /// <summary>Node and name, as captures show it: <c>client.eth0</c>.</summary>
    public string FullName => $"{Node.Name}.{Name}";

    /// <summary>The device as the host has it. Owner of the loop.</summary>
    public LinkDevice Device { get; }

    /// <summary>The link; null for an interface to the outside, or to nowhere.</summary>
    public LabLink? Link { get; internal set; }

    /// <summary>Drops, doubles or changes chosen packets; null unless asked for (<see cref="LinkEnd.WithFaults"/>). Owner of the loop.</summary>
    public FaultDevice? Faults { get; }

    /// <summary>Whether its peer is outside of the lab.</summary>
    internal bool IsOutside => Bottom is PortDevice;

    /// <summary>The device under the decorators.</summary>
    internal LinkDevice Bottom { get; }

    /// <summary>The host's view of it; null for a switch.</summary>
    internal NetworkInterface? Interface { get; set; }

    /// <summary>Prefixes that its host has on it, by the lab.</summary>
    internal List<Wire.IpPrefix> Prefixes { get; } = [];

    /// <summary>The full name.</summary>
    public override string ToString() => FullName;
}
