namespace Slipway.Sockets;

/// <summary>ai_flags: what <see cref="NameService.GetAddressInfo"/> is to do (getaddrinfo(3)). Other bits fail with EAI_BADFLAGS.</summary>
[Flags]
public enum AddressInfoFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>No host means the wildcard addresses, to bind to; without the flag the loopback addresses. Nothing where a host is given.</summary>
    AI_PASSIVE = 0x1,

    /// <summary>Give the official name, in the first entry only.</summary>
    AI_CANONNAME = 0x2,

    /// <summary>The host must be an address in text: nothing is looked up.</summary>
    AI_NUMERICHOST = 0x4,

    /// <summary>With AF_INET6: where there is no IPv6 address, give the IPv4 addresses as ::ffff:a.b.c.d.</summary>
    AI_V4MAPPED = 0x8,

    /// <summary>With AF_INET6 and AI_V4MAPPED: give both, whether or not there are IPv6 addresses.</summary>
    AI_ALL = 0x10,

    /// <summary>Only families of which this host has an address other than loopback; without any such address no family is left out.</summary>
    AI_ADDRCONFIG = 0x20,

    /// <summary>The host may hold characters outside ASCII and is looked up in its encoded form (RFC 3490).</summary>
    AI_IDN = 0x40,

    /// <summary>With AI_CANONNAME: give the official name decoded.</summary>
    AI_CANONIDN = 0x80,

    /// <summary>With AI_IDN: allow characters that Unicode had not assigned when RFC 3490 was written. Deprecated in glibc.</summary>
    AI_IDN_ALLOW_UNASSIGNED = 0x100,

    /// <summary>With AI_IDN: hold the name to the rules of host names (RFC 1123). Deprecated in glibc.</summary>
    AI_IDN_USE_STD3_ASCII_RULES = 0x200,

    /// <summary>The service must be a number.</summary>
    AI_NUMERICSERV = 0x400,
}
