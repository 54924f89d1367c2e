namespace Slipway.Wire;

/// <summary>Codes of <see cref="Icmpv4Type.DestinationUnreachable"/> (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1).</summary>
public enum Icmpv4UnreachableCode : byte
{
    /// <summary>No route.</summary>
    Network = 0,

    /// <summary>The host does not answer.</summary>
    Host = 1,

    /// <summary>The host does not speak the protocol.</summary>
    Protocol = 2,

    /// <summary>Nobody listens on the port.</summary>
    Port = 3,

    /// <summary>Too large for the next link, and may not be fragmented; the message carries its MTU (RFC 1191).</summary>
    FragmentationNeeded = 4,

    /// <summary>A source route failed.</summary>
    SourceRouteFailed = 5,

    /// <summary>Network not known.</summary>
    NetworkUnknown = 6,

    /// <summary>Host not known.</summary>
    HostUnknown = 7,

    /// <summary>Source host isolated.</summary>
    HostIsolated = 8,

    /// <summary>Network prohibited.</summary>
    NetworkProhibited = 9,

    /// <summary>Host prohibited.</summary>
    HostProhibited = 10,

    /// <summary>Network unreachable for the type of service.</summary>
    NetworkForTos = 11,

    /// <summary>Host unreachable for the type of service.</summary>
    HostForTos = 12,

    /// <summary>Administratively prohibited.</summary>
    CommunicationProhibited = 13,

    /// <summary>Precedence violation.</summary>
    PrecedenceViolation = 14,

    /// <summary>Precedence cutoff.</summary>
    PrecedenceCutoff = 15,
}
