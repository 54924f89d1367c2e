namespace Slipway.Sockets;

/// <summary>Events and ways of watching of epoll_ctl(2).</summary>
[Flags]
public enum EpollEvents : uint
{
    /// <summary>No event.</summary>
    None = 0,

    /// <summary>There is something to read.</summary>
    EPOLLIN = 0x1,

    /// <summary>There is something exceptional, such as urgent data.</summary>
    EPOLLPRI = 0x2,

    /// <summary>There is room to write.</summary>
    EPOLLOUT = 0x4,

    /// <summary>An error; always watched for.</summary>
    EPOLLERR = 0x8,

    /// <summary>Both directions are shut; always watched for.</summary>
    EPOLLHUP = 0x10,

    /// <summary>As EPOLLIN for normal data.</summary>
    EPOLLRDNORM = 0x40,

    /// <summary>There is data of higher priority to read.</summary>
    EPOLLRDBAND = 0x80,

    /// <summary>As EPOLLOUT for normal data.</summary>
    EPOLLWRNORM = 0x100,

    /// <summary>There is room for data of higher priority.</summary>
    EPOLLWRBAND = 0x200,

    /// <summary>The peer sends no more.</summary>
    EPOLLRDHUP = 0x2000,

    /// <summary>Of several sets that watch a descriptor so, only one that waits is woken for an event.</summary>
    EPOLLEXCLUSIVE = 1u << 28,

    /// <summary>The machine does not go to sleep while the event is handled. Taken; hosts do not sleep.</summary>
    EPOLLWAKEUP = 1u << 29,

    /// <summary>Reported once, then not again until EPOLL_CTL_MOD.</summary>
    EPOLLONESHOT = 1u << 30,

    /// <summary>Reported when something happens, not as long as it is so.</summary>
    EPOLLET = 1u << 31,
}
