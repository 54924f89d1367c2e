namespace Slipway.Sockets;

/// <summary>One of the messages of a recvmmsg(2): what <see cref="ReceiveMessage"/> has, in memory that can stand in a list.</summary>
public struct IncomingMessage
{
    /// <summary>Room for the source; empty to do without.</summary>
    public Memory<byte> Address { get; set; }

    /// <summary>Room for the bytes, in one piece.</summary>
    public Memory<byte> Buffer { get; set; }

    /// <summary>Room for the bytes in several pieces; not empty, it counts instead of <see cref="Buffer"/>.</summary>
    public ReadOnlyMemory<Memory<byte>> Vectors { get; set; }

    /// <summary>Room for control messages.</summary>
    public Memory<byte> Control { get; set; }

    /// <summary>Bytes that were received. This and what follows is written by the call for those messages that it counts.</summary>
    public int Received { get; set; }

    /// <summary>The source's true length, which may be more than there was room for.</summary>
    public int AddressLength { get; set; }

    /// <summary>Bytes of control messages.</summary>
    public int ControlLength { get; set; }

    /// <summary>MSG_TRUNC, MSG_CTRUNC and the other results.</summary>
    public MessageFlags Flags { get; set; }
}
