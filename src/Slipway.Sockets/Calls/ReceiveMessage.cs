namespace Slipway.Sockets;

/// <summary>Where recvmsg puts things, and what it says of them: struct msghdr (recvmsg(2)).</summary>
public ref struct ReceiveMessage
{
    /// <summary>msg_name: room for the source address, or empty.</summary>
    public Span<byte> Address { get; set; }

    /// <summary>msg_namelen on return: the true length of the source address, which may exceed <see cref="Address"/>; 0 where the protocol gives none.</summary>
    public int AddressLength { get; set; }

    /// <summary>Room for the data as one piece. Used when <see cref="Vectors"/> is empty.</summary>
    public Span<byte> Buffer { get; set; }

    /// <summary>msg_iov: room in pieces, filled in order. More than 1024 fail with EMSGSIZE.</summary>
    public ReadOnlySpan<Memory<byte>> Vectors { get; set; }

    /// <summary>msg_control: room for control messages, or empty.</summary>
    public Span<byte> Control { get; set; }

    /// <summary>msg_controllen on return: bytes of control messages written.</summary>
    public int ControlLength { get; set; }

    /// <summary>msg_flags on return: MSG_TRUNC, MSG_CTRUNC, MSG_EOR, MSG_OOB, MSG_ERRQUEUE, MSG_CMSG_CLOEXEC.</summary>
    public MessageFlags Flags { get; set; }
}
