namespace Slipway.Sockets;

/// <summary>How IPV6_FLOWLABEL_MGR shall do it (linux/in6.h).</summary>
[Flags]
public enum FlowLabelFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A label that nobody has leased is leased now; without it that is ENOENT.</summary>
    IPV6_FL_F_CREATE = 1,

    /// <summary>One that somebody has is EEXIST.</summary>
    IPV6_FL_F_EXCL = 2,

    /// <summary>No lease: a stream answers with its peer's label (net.ipv6.flowlabel_consistency must be off).</summary>
    IPV6_FL_F_REFLECT = 4,

    /// <summary>Reading: the label that the peer sent with its first segment.</summary>
    IPV6_FL_F_REMOTE = 8,
}
