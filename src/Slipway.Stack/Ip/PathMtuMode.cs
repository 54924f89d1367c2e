namespace Slipway.Stack;

/// <summary>How a sender treats the path MTU: the values of IP_MTU_DISCOVER and IPV6_MTU_DISCOVER (ip(7)).</summary>
public enum PathMtuMode : byte
{
    /// <summary>IP_PMTUDISC_DONT: no don't-fragment bit; fragment to the path MTU.</summary>
    Dont = 0,

    /// <summary>IP_PMTUDISC_WANT: don't-fragment bit on what fits; what does not is fragmented here.</summary>
    Want = 1,

    /// <summary>IP_PMTUDISC_DO: don't-fragment bit always; what does not fit the path is EMSGSIZE.</summary>
    Do = 2,

    /// <summary>IP_PMTUDISC_PROBE: don't-fragment bit, but only the interface's MTU counts.</summary>
    Probe = 3,

    /// <summary>IP_PMTUDISC_INTERFACE: no bit, no fragmentation: what exceeds the interface's MTU is EMSGSIZE; ICMP is not believed.</summary>
    Interface = 4,

    /// <summary>IP_PMTUDISC_OMIT: as <see cref="Interface"/>, but what exceeds the interface's MTU is fragmented.</summary>
    Omit = 5,
}
