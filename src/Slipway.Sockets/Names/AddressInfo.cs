namespace Slipway.Sockets;

/// <summary>One way to reach a host or service: what a socket is made with, and where it connects or binds. struct addrinfo (getaddrinfo(3)).</summary>
/// <param name="Flags">ai_flags: those of the hints.</param>
/// <param name="Family">ai_family: AF_INET or AF_INET6.</param>
/// <param name="SocketType">ai_socktype.</param>
/// <param name="Protocol">ai_protocol.</param>
/// <param name="Address">ai_addr, the port within.</param>
/// <param name="CanonicalName">ai_canonname: the official name in the first entry where AI_CANONNAME asked for it, null otherwise.</param>
public sealed record AddressInfo(
    AddressInfoFlags Flags, AddressFamily Family, SocketType SocketType, IpProtocol Protocol, InetAddress Address, string? CanonicalName);
