namespace Slipway.Sockets;

/// <summary>Types of DNS records that are asked for or understood (RFC 1035 §3.2.2, RFC 3596 §2.1).</summary>
internal enum DnsRecordType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>The name is an alias of another.</summary>
    Cname = 5,

    /// <summary>The name of an address.</summary>
    Ptr = 12,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>In a question: every type.</summary>
    Any = 255,
}
