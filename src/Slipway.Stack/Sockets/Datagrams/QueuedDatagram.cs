namespace Slipway.Stack;

/// <summary>A datagram that waits in a socket. The packet begins at what the program reads; its headers lie before.</summary>
internal struct QueuedDatagram
{
    public PacketBuffer Packet;

    /// <summary>What it costs the receive buffer.</summary>
    public int Memory;

    /// <summary>The interface that it came by.</summary>
    public int InterfaceIndex;

    /// <summary>Datagrams that the socket had lost when this one came (SO_RXQ_OVFL).</summary>
    public uint Drops;

    /// <summary>Whether it has been looked at (MSG_PEEK).</summary>
    public bool Peeked;

    /// <summary>Whether IP_PKTINFO was on when it came: only then the kernel notes where it did (ipv4_pktinfo_prepare).</summary>
    public bool NotesArrival;

    /// <summary>Whether those that follow may be joined with it (UDP_GRO).</summary>
    public bool MayGrow;
}
