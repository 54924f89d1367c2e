namespace Slipway.Sockets;

/// <summary>Socket types by Linux's numbers, and the two flags that may be or-ed to them (socket(2)).</summary>
[Flags]
public enum SocketType
{
    /// <summary>No type, or no flags.</summary>
    None = 0,

    /// <summary>SOCK_STREAM: a sequenced, reliable, two-way byte stream.</summary>
    Stream = 1,

    /// <summary>SOCK_DGRAM: connectionless messages of a bounded length, unreliable.</summary>
    Datagram = 2,

    /// <summary>SOCK_RAW: datagrams of the network protocol itself.</summary>
    Raw = 3,

    /// <summary>SOCK_RDM: reliable datagrams; no domain here has them.</summary>
    ReliableDatagram = 4,

    /// <summary>SOCK_SEQPACKET: connection-oriented, reliable, with message borders.</summary>
    SequencedPacket = 5,

    /// <summary>SOCK_DCCP: datagrams with congestion control.</summary>
    CongestionControlledDatagram = 6,

    /// <summary>SOCK_NONBLOCK: the new description has O_NONBLOCK set.</summary>
    NonBlocking = 0x800,

    /// <summary>SOCK_CLOEXEC: the new descriptor has FD_CLOEXEC set.</summary>
    CloseOnExec = 0x80000,
}
