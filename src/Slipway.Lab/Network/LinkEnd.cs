namespace Slipway.Lab;

/// <summary>One end of a link to be: a node, and how the interface there shall be. A <see cref="NetworkNode"/> alone converts to it, with the defaults.</summary>
/// <param name="Node">The host, router or switch.</param>
public readonly record struct LinkEnd(NetworkNode Node)
{
    /// <summary>The interface's name; null for the next of eth0, eth1, … (ppp0, ppp1, … on a point-to-point link, port1, port2, … on a switch).</summary>
    public string? Interface { get; init; }

    /// <summary>Addresses with prefix lengths, which the interface gets beside those that the lab finds to belong there.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Largest IP packet in bytes that the interface sends.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Whether the interface gets a <see cref="Stack.FaultDevice"/>, which drops, doubles and changes chosen packets (<see cref="LabInterface.Faults"/>).</summary>
    public bool WithFaults { get; init; }

    /// <summary>An end at a node, with the defaults.</summary>
    public static implicit operator LinkEnd(NetworkNode node) => FromNetworkNode(node);

    /// <summary>An end at a node, with the defaults.</summary>
    public static LinkEnd FromNetworkNode(NetworkNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new LinkEnd(node);
    }
}
