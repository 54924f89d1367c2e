namespace Slipway.Stack;

/// <summary>
/// What a datagram costs its socket's buffers: Linux's truesize, so that as many datagrams fit as there. Measured on Linux 6.18, x86-64, over loopback (FD-17, BUF-009).
/// </summary>
/// <remarks>
/// The kernel charges struct sk_buff (256 bytes) and the memory block of the data, which also holds 320 bytes of bookkeeping and room for the link header: a block of 576 bytes for
/// the small ones, else a power of two from 1024 to 16384. Longer data lies in pages of its own, charged as it is.
/// </remarks>
internal static class SocketMemory
{
    private const int Handle = 256;
    private const int SmallBlock = 576;
    private const int LeastPowerBlock = 1024;
    private const int GreatestPowerBlock = 16384;
    private const int Bookkeeping = 320;

    // Headers of IP and UDP with the room before them: what was measured, as the payload at which the next block is used.
    private const int HeadersIPv4 = 59;
    private const int HeadersIPv6 = 72;

    /// <summary>Bytes charged for several datagrams in one packet: their data lies in pages of its own, whatever its length.</summary>
    public static int OfSegments(int payload) => payload + SmallBlock + Handle;

    /// <summary>Bytes charged for a datagram.</summary>
    /// <param name="payload">Bytes after the UDP or ICMP header.</param>
    /// <param name="isIPv4">Whether it travels in IPv4.</param>
    public static int Of(int payload, bool isIPv4)
    {
        int needed = payload + (isIPv4 ? HeadersIPv4 : HeadersIPv6) + Bookkeeping;
        if (needed <= SmallBlock) return SmallBlock + Handle;
        if (needed > GreatestPowerBlock) return payload + SmallBlock + Handle;
        int block = LeastPowerBlock;
        while (block < needed) block <<= 1;
        return block + Handle;
    }
}
