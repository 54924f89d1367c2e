namespace Slipway.Sockets;

/// <summary>Flags of <see cref="NameService.GetNameInfo(InetAddress, NameInfoFlags)"/> (getnameinfo(3)). Other bits fail with EAI_BADFLAGS: glibc has no NI_NUMERICSCOPE.</summary>
[Flags]
public enum NameInfoFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>The address as text, without a look-up.</summary>
    NI_NUMERICHOST = 1,

    /// <summary>The port as a decimal number, without a look-up.</summary>
    NI_NUMERICSERV = 2,

    /// <summary>Leave this host's own domain off the name.</summary>
    NI_NOFQDN = 4,

    /// <summary>Fail with EAI_NONAME where no name is found, instead of giving the address as text.</summary>
    NI_NAMEREQD = 8,

    /// <summary>Look the port up as a UDP service, not a TCP one.</summary>
    NI_DGRAM = 16,

    /// <summary>Decode an internationalised name.</summary>
    NI_IDN = 32,

    /// <summary>With NI_IDN: allow characters that Unicode had not assigned when RFC 3490 was written. Deprecated in glibc.</summary>
    NI_IDN_ALLOW_UNASSIGNED = 64,

    /// <summary>With NI_IDN: hold the name to the rules of host names (RFC 1123). Deprecated in glibc.</summary>
    NI_IDN_USE_STD3_ASCII_RULES = 128,
}
