namespace Slipway.Sockets;

/// <summary>tp_status of a slot of a ring to send from (linux/if_packet.h).</summary>
[Flags]
public enum PacketSendStatus : uint
{
    /// <summary>TP_STATUS_AVAILABLE: the program's, to write.</summary>
    Available = 0,

    /// <summary>TP_STATUS_SEND_REQUEST: to be sent by the next send(2).</summary>
    SendRequest = 1,

    /// <summary>TP_STATUS_SENDING: on its way.</summary>
    Sending = 2,

    /// <summary>TP_STATUS_WRONG_FORMAT: it could not be sent as it is, and send(2) has told why. The ring stands at it.</summary>
    WrongFormat = 4,
}
