namespace Slipway.Sockets;

/// <summary>What the value of a socket option is made of. It decides which lengths setsockopt takes (setsockopt(2)).</summary>
public enum SocketOptionKind
{
    /// <summary>int, 4 bytes: 0 is off, all else on; reads 0 or 1.</summary>
    Flag,

    /// <summary>int, 4 bytes.</summary>
    Int,

    /// <summary>As <see cref="Flag"/>, given in 4 bytes or in 1; options of IPPROTO_IP.</summary>
    ByteOrIntFlag,

    /// <summary>int, given in 4 bytes or in 1; options of IPPROTO_IP.</summary>
    ByteOrInt,

    /// <summary>struct timeval with 64-bit members: seconds and microseconds, 16 bytes.</summary>
    TimeValue,

    /// <summary>struct linger: two ints, on or off and seconds.</summary>
    Linger,

    /// <summary>Characters, ended by a NUL or by the length.</summary>
    Text,

    /// <summary>An unsigned number of 8 bytes.</summary>
    Number64,

    /// <summary>struct in_addr, 4 bytes in network order; also struct ip_mreq and ip_mreqn.</summary>
    IPv4Address,

    /// <summary>A structure or a block of bytes, which the summary names.</summary>
    Bytes,
}
