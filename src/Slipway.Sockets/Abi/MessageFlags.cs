namespace Slipway.Sockets;

/// <summary>Flags of the send and receive calls, and of a received message (send(2), recv(2)). Unknown bits are ignored, as on Linux.</summary>
[Flags]
public enum MessageFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Urgent data.</summary>
    MSG_OOB = 0x1,

    /// <summary>Receive: look at the data without taking it.</summary>
    MSG_PEEK = 0x2,

    /// <summary>Send: only to directly attached destinations.</summary>
    MSG_DONTROUTE = 0x4,

    /// <summary>Result: control data was cut.</summary>
    MSG_CTRUNC = 0x8,

    /// <summary>Receive: return the true length of a datagram. Result: the datagram was cut.</summary>
    MSG_TRUNC = 0x20,

    /// <summary>This one call does not wait.</summary>
    MSG_DONTWAIT = 0x40,

    /// <summary>End of a record.</summary>
    MSG_EOR = 0x80,

    /// <summary>Receive: wait until the whole length is there (streams).</summary>
    MSG_WAITALL = 0x100,

    /// <summary>Linux's internal FIN flag; ignored from users.</summary>
    MSG_FIN = 0x200,

    /// <summary>Send: the neighbour is known to be alive; spare the probe.</summary>
    MSG_CONFIRM = 0x800,

    /// <summary>Receive: read the error queue. Result: what was read came from it.</summary>
    MSG_ERRQUEUE = 0x2000,

    /// <summary>Send: no SIGPIPE for this call.</summary>
    MSG_NOSIGNAL = 0x4000,

    /// <summary>Send: more will follow; hold back (TCP) or join into one datagram (UDP).</summary>
    MSG_MORE = 0x8000,

    /// <summary>recvmmsg: wait for the first message only.</summary>
    MSG_WAITFORONE = 0x10000,

    /// <summary>Send without a copy, with a completion on the error queue.</summary>
    MSG_ZEROCOPY = 0x4000000,

    /// <summary>TCP fast open: data in the SYN.</summary>
    MSG_FASTOPEN = 0x20000000,

    /// <summary>Receive: descriptors that come along get FD_CLOEXEC.</summary>
    MSG_CMSG_CLOEXEC = 0x40000000,
}
