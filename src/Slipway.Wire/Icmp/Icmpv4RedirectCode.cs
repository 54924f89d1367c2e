namespace Slipway.Wire;

/// <summary>Codes of <see cref="Icmpv4Type.Redirect"/> (RFC 792).</summary>
public enum Icmpv4RedirectCode : byte
{
    /// <summary>For the network; treated as for the host (RFC 1122 §3.2.2.2).</summary>
    Network = 0,

    /// <summary>For the host.</summary>
    Host = 1,

    /// <summary>For the network and type of service.</summary>
    NetworkAndTos = 2,

    /// <summary>For the host and type of service.</summary>
    HostAndTos = 3,
}
