namespace Slipway.Sockets;

/// <summary>One of the messages of a sendmmsg(2): what <see cref="SendMessage"/> has, in memory that can stand in a list.</summary>
public struct OutgoingMessage
{
    /// <summary>The destination; empty for the peer.</summary>
    public ReadOnlyMemory<byte> Address { get; set; }

    /// <summary>The bytes, where they are in one piece.</summary>
    public ReadOnlyMemory<byte> Buffer { get; set; }

    /// <summary>The bytes, where they are in several pieces; not empty, it counts instead of <see cref="Buffer"/>.</summary>
    public ReadOnlyMemory<ReadOnlyMemory<byte>> Vectors { get; set; }

    /// <summary>Control messages as <see cref="ControlMessageWriter"/> lays them out, or empty.</summary>
    public ReadOnlyMemory<byte> Control { get; set; }

    /// <summary>Bytes that were sent; written by the call for those messages that it counts.</summary>
    public int Sent { get; set; }
}
