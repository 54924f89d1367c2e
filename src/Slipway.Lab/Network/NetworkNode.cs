namespace Slipway.Lab;

/// <summary>What links connect: a <see cref="Host"/> or a <see cref="Switch"/>.</summary>
public abstract class NetworkNode
{
    private protected NetworkNode(VirtualNetwork network, string name)
    {
        Network = network;
        Name = name;
    }

    /// <summary>The network that it is part of.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>Its name, unique in the network.</summary>
    public string Name { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
