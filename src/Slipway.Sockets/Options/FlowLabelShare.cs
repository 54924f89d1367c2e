namespace Slipway.Sockets;

/// <summary>Who may lease the same label (linux/in6.h).</summary>
public enum FlowLabelShare : byte
{
    /// <summary>Says nothing: only with IPV6_FL_A_PUT and IPV6_FL_A_RENEW.</summary>
    IPV6_FL_S_NONE = 0,

    /// <summary>Nobody else.</summary>
    IPV6_FL_S_EXCL = 1,

    /// <summary>Sockets of the same process.</summary>
    IPV6_FL_S_PROCESS = 2,

    /// <summary>Sockets of the same user.</summary>
    IPV6_FL_S_USER = 3,

    /// <summary>Everybody.</summary>
    IPV6_FL_S_ANY = 255,
}
