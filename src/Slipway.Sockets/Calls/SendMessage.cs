namespace Slipway.Sockets;

/// <summary>What sendmsg sends: the input half of struct msghdr (sendmsg(2)).</summary>
public ref struct SendMessage
{
    /// <summary>msg_name: the destination as a sockaddr, or empty.</summary>
    public ReadOnlySpan<byte> Address { get; set; }

    /// <summary>The data as one piece. Used when <see cref="Vectors"/> is empty.</summary>
    public ReadOnlySpan<byte> Buffer { get; set; }

    /// <summary>msg_iov: the data in pieces, gathered in order. More than 1024 fail with EMSGSIZE.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Vectors { get; set; }

    /// <summary>msg_control: control messages as <c>ControlMessageWriter</c> lays them out, or empty.</summary>
    public ReadOnlySpan<byte> Control { get; set; }
}
