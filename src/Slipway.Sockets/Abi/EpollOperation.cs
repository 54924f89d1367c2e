namespace Slipway.Sockets;

/// <summary>What epoll_ctl(2) does.</summary>
public enum EpollOperation
{
    /// <summary>Begins to watch a descriptor.</summary>
    EPOLL_CTL_ADD = 1,

    /// <summary>Ends it.</summary>
    EPOLL_CTL_DEL = 2,

    /// <summary>Changes what is watched for; a one-shot entry is armed again.</summary>
    EPOLL_CTL_MOD = 3,
}
