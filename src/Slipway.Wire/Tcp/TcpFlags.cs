namespace Slipway.Wire;

/// <summary>The control bits of TCP (RFC 9293 §3.1).</summary>
[Flags]
public enum TcpFlags : byte
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>No more data from the sender.</summary>
    Fin = 0x01,

    /// <summary>Synchronize sequence numbers.</summary>
    Syn = 0x02,

    /// <summary>Reset the connection.</summary>
    Rst = 0x04,

    /// <summary>Push: do not wait for more.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgment field counts.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer counts.</summary>
    Urg = 0x20,

    /// <summary>Congestion was experienced (RFC 3168 §6.1).</summary>
    Ece = 0x40,

    /// <summary>The congestion window was reduced (RFC 3168 §6.1).</summary>
    Cwr = 0x80,
}
