namespace Slipway.Sockets;

/// <summary>Which sources of a multicast group a socket hears (RFC 3678); the numbers are MCAST_EXCLUDE and MCAST_INCLUDE.</summary>
public enum MulticastFilterMode
{
    /// <summary>All but those in the list.</summary>
    Exclude = 0,

    /// <summary>Those in the list alone.</summary>
    Include = 1,
}
