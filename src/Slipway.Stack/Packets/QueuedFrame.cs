using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A packet that waits in a packet socket, with what its address and its control messages will tell.</summary>
internal struct QueuedFrame
{
    /// <summary>Begins at what the program reads.</summary>
    public PacketBuffer Packet;

    /// <summary>What it costs the receive buffer.</summary>
    public int Memory;

    /// <summary>Its length before the filter cut it.</summary>
    public int OriginalLength;

    public int NetworkOffset;
    public LinkLayerAddress From;
    public ushort VlanTag, VlanProtocol;

    /// <summary>Packets that the socket had lost when this one came (SO_RXQ_OVFL).</summary>
    public uint Drops;
}
