namespace Slipway.Sockets;

/// <summary>
/// Sizes and offsets of the C structures that pass through the socket calls as bytes, on 64-bit Linux (<c>sys/socket.h</c>, <c>netinet/in.h</c>, <c>sys/un.h</c>, <c>netdb.h</c>).
/// All numbers are in bytes. Families and scopes are in host order, ports and addresses in network order.
/// </summary>
public static class StructureLayout
{
    /// <summary>sizeof(sa_family_t): unsigned. Linux has no sa_len before it.</summary>
    public const int FamilySize = 2;

    /// <summary>sizeof(socklen_t).</summary>
    public const int LengthSize = 4;

    /// <summary>sizeof(struct sockaddr): the family and 14 bytes of data.</summary>
    public const int SockAddrSize = 16;

    /// <summary>sizeof(struct sockaddr_in).</summary>
    public const int SockAddrInSize = 16;

    /// <summary>offsetof(struct sockaddr_in, sin_port): 2 bytes.</summary>
    public const int SinPortOffset = 2;

    /// <summary>offsetof(struct sockaddr_in, sin_addr): 4 bytes.</summary>
    public const int SinAddressOffset = 4;

    /// <summary>offsetof(struct sockaddr_in, sin_zero): 8 bytes that nobody reads.</summary>
    public const int SinZeroOffset = 8;

    /// <summary>sizeof(struct sockaddr_in6); the kernel accepts 24, without the scope.</summary>
    public const int SockAddrIn6Size = 28;

    /// <summary>The length from which the kernel takes a sockaddr_in6 (SIN6_LEN_RFC2133).</summary>
    public const int SockAddrIn6MinimumSize = 24;

    /// <summary>offsetof(struct sockaddr_in6, sin6_port).</summary>
    public const int Sin6PortOffset = 2;

    /// <summary>offsetof(struct sockaddr_in6, sin6_flowinfo).</summary>
    public const int Sin6FlowInfoOffset = 4;

    /// <summary>offsetof(struct sockaddr_in6, sin6_addr): 16 bytes.</summary>
    public const int Sin6AddressOffset = 8;

    /// <summary>offsetof(struct sockaddr_in6, sin6_scope_id): 4 bytes.</summary>
    public const int Sin6ScopeIdOffset = 24;

    /// <summary>sizeof(struct sockaddr_storage): no address is longer, and the calls take no longer one.</summary>
    public const int SockAddrStorageSize = 128;

    /// <summary>alignof(struct sockaddr_storage).</summary>
    public const int SockAddrStorageAlignment = 8;

    /// <summary>sizeof(struct sockaddr_un): the family and 108 bytes of path.</summary>
    public const int SockAddrUnSize = 110;

    /// <summary>offsetof(struct sockaddr_un, sun_path).</summary>
    public const int SunPathOffset = 2;

    /// <summary>sizeof(sun_path).</summary>
    public const int SunPathSize = 108;

    /// <summary>sizeof(struct msghdr).</summary>
    public const int MsgHdrSize = 56;

    /// <summary>sizeof(struct iovec).</summary>
    public const int IoVecSize = 16;

    /// <summary>sizeof(struct cmsghdr): length (8), level (4), type (4).</summary>
    public const int CmsgHdrSize = 16;

    /// <summary>sizeof(struct pollfd).</summary>
    public const int PollFdSize = 8;

    /// <summary>sizeof(fd_set).</summary>
    public const int FdSetSize = 128;

    /// <summary>sizeof(struct linger).</summary>
    public const int LingerSize = 8;

    /// <summary>sizeof(struct timeval).</summary>
    public const int TimeValSize = 16;

    /// <summary>sizeof(struct ucred): pid, uid, gid.</summary>
    public const int UcredSize = 12;

    /// <summary>sizeof(struct in_addr).</summary>
    public const int InAddrSize = 4;

    /// <summary>sizeof(struct in6_addr).</summary>
    public const int In6AddrSize = 16;

    /// <summary>sizeof(struct addrinfo).</summary>
    public const int AddrInfoSize = 48;

    /// <summary>offsetof(struct addrinfo, ai_family), after ai_flags.</summary>
    public const int AiFamilyOffset = 4;

    /// <summary>offsetof(struct addrinfo, ai_socktype).</summary>
    public const int AiSockTypeOffset = 8;

    /// <summary>offsetof(struct addrinfo, ai_protocol).</summary>
    public const int AiProtocolOffset = 12;

    /// <summary>offsetof(struct addrinfo, ai_addrlen).</summary>
    public const int AiAddrLenOffset = 16;

    /// <summary>offsetof(struct addrinfo, ai_addr).</summary>
    public const int AiAddrOffset = 24;

    /// <summary>offsetof(struct addrinfo, ai_canonname).</summary>
    public const int AiCanonNameOffset = 32;

    /// <summary>offsetof(struct addrinfo, ai_next).</summary>
    public const int AiNextOffset = 40;
}
