namespace Slipway.Wire;

/// <summary>Codes of time exceeded: of <see cref="Icmpv4Type.TimeExceeded"/> (RFC 792) and <see cref="Icmpv6Type.TimeExceeded"/> (RFC 4443 §3.3).</summary>
public enum IcmpTimeExceededCode : byte
{
    /// <summary>TTL or hop limit ran out on the way.</summary>
    Transit = 0,

    /// <summary>Fragments were missing for too long.</summary>
    Reassembly = 1,
}
