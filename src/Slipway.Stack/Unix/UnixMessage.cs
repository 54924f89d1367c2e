namespace Slipway.Stack;

/// <summary>Bytes on their way between two local sockets, with what was sent along.</summary>
internal struct UnixMessage
{
    /// <summary>What is left to read. Its charge is the sender's.</summary>
    public PacketBuffer Packet;

    /// <summary>Whose name the receiver is told.</summary>
    public UnixSocket Sender;

    public UnixCredentials Credentials;

    public bool HasCredentials;

    /// <summary>A peek has seen it: SO_PEEK_OFF passes over an empty one.</summary>
    public bool Peeked;

    /// <summary>It is the urgent byte (MSG_OOB), neither read nor passed over yet.</summary>
    public bool IsUrgent;

    /// <summary>Descriptors in flight; null for none.</summary>
    public UnixRights? Rights;

    /// <summary>Who is named as the sender to a receiver that asks.</summary>
    public readonly UnixCredentials ToldCredentials => HasCredentials ? Credentials : UnixCredentials.Unknown;
}
