namespace Slipway.Sockets;

/// <summary>Types of control messages at SOL_SOCKET that are no options (unix(7)).</summary>
public static class ControlMessageType
{
    /// <summary>SCM_RIGHTS: descriptors, which the receiver gets as numbers of its own.</summary>
    public const int SCM_RIGHTS = 1;

    /// <summary>SCM_TS_OPT_ID: the number of the stamps of one message, instead of the next (SO_TIMESTAMPING).</summary>
    public const int SCM_TS_OPT_ID = 81;

    /// <summary>
    /// SCM_TIMESTAMPING_OPT_STATS: what the connection was like when a stamp was made (SOF_TIMESTAMPING_OPT_STATS), netlink attributes of <see cref="TcpStatisticsAttribute"/>. The data of the
    /// message are the same bytes.
    /// </summary>
    public const int SCM_TIMESTAMPING_OPT_STATS = 54;

    /// <summary>SCM_CREDENTIALS: who sent the message.</summary>
    public const int SCM_CREDENTIALS = 2;

    /// <summary>SCM_PIDFD: a descriptor of the process that sent the message (SO_PASSPIDFD), or the negative errno of why there is none.</summary>
    public const int SCM_PIDFD = 4;
}
