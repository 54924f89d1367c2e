namespace Slipway.Stack;

/// <summary>What became of a datagram at its socket.</summary>
internal enum UdpDelivery
{
    /// <summary>It waits to be received.</summary>
    Queued,

    /// <summary>The socket's buffer is full (RcvbufErrors).</summary>
    BufferFull,

    /// <summary>The socket's filter does not want it.</summary>
    Filtered,

    /// <summary>All UDP sockets together hold too much (MemErrors).</summary>
    NoMemory,
}
