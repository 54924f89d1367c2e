namespace Slipway.Sockets;

/// <summary>Which direction shutdown(2) ends.</summary>
public enum ShutdownHow
{
    /// <summary>SHUT_RD: no more receiving.</summary>
    Receive = 0,

    /// <summary>SHUT_WR: no more sending.</summary>
    Send = 1,

    /// <summary>SHUT_RDWR: both.</summary>
    Both = 2,
}
