namespace Slipway.Stack;

/// <summary>Who sees the frames of interfaces: a packet socket, or a group of them (the kernel's struct packet_type).</summary>
internal interface IPacketTap
{
    /// <summary>What it sees: an EtherType, or <see cref="Slipway.Sockets.EthernetProtocol.ETH_P_ALL"/>.</summary>
    ushort TapProtocol { get; }

    /// <summary>The interface that it sees; null for all.</summary>
    NetworkInterface? TapInterface { get; }

    /// <summary>Whether it does not see what the host sends.</summary>
    bool IgnoresOutgoing { get; }

    /// <summary>Whether it is this socket, or has it as a member: nobody sees what he sent himself.</summary>
    bool Includes(PacketSocket sender);

    /// <summary>Takes a look at a frame. Whoever keeps it makes a clone.</summary>
    void See(in TapFrame frame);
}
