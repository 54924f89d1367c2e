namespace Slipway.Wire;

/// <summary>Codes of <see cref="Icmpv6Type.DestinationUnreachable"/> (RFC 4443 §3.1).</summary>
public enum Icmpv6UnreachableCode : byte
{
    /// <summary>No route.</summary>
    NoRoute = 0,

    /// <summary>Administratively prohibited.</summary>
    Prohibited = 1,

    /// <summary>Beyond the scope of the source address.</summary>
    BeyondScope = 2,

    /// <summary>The host does not answer.</summary>
    Address = 3,

    /// <summary>Nobody listens on the port.</summary>
    Port = 4,

    /// <summary>The source address failed a policy.</summary>
    SourcePolicy = 5,

    /// <summary>The route rejects.</summary>
    RejectRoute = 6,
}
