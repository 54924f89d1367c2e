namespace Slipway.Sockets;

/// <summary>What IPV6_FLOWLABEL_MGR shall do (linux/in6.h).</summary>
public enum FlowLabelAction : byte
{
    /// <summary>Leases a label to the socket; read back: the label of the socket's peer.</summary>
    IPV6_FL_A_GET = 0,

    /// <summary>Gives a label back.</summary>
    IPV6_FL_A_PUT = 1,

    /// <summary>Lengthens a lease.</summary>
    IPV6_FL_A_RENEW = 2,
}
