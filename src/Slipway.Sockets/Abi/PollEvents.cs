namespace Slipway.Sockets;

/// <summary>Readiness, as poll(2) asks for and reports it (x86-64 numbers). One mask serves poll, select, epoll, async calls and SIGIO.</summary>
[Flags]
public enum PollEvents : short
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Data to read, a connection to accept, or the end of the stream.</summary>
    POLLIN = 0x1,

    /// <summary>Urgent data.</summary>
    POLLPRI = 0x2,

    /// <summary>Room to write.</summary>
    POLLOUT = 0x4,

    /// <summary>An error is pending. Always reported.</summary>
    POLLERR = 0x8,

    /// <summary>Both directions are shut, or never were open. Always reported.</summary>
    POLLHUP = 0x10,

    /// <summary>The descriptor is not open. Always reported.</summary>
    POLLNVAL = 0x20,

    /// <summary>Normal data to read.</summary>
    POLLRDNORM = 0x40,

    /// <summary>Priority band data to read.</summary>
    POLLRDBAND = 0x80,

    /// <summary>Room for normal data.</summary>
    POLLWRNORM = 0x100,

    /// <summary>Room for priority data.</summary>
    POLLWRBAND = 0x200,

    /// <summary>A message (unused on Linux).</summary>
    POLLMSG = 0x400,

    /// <summary>The peer closed or shut its sending side.</summary>
    POLLRDHUP = 0x2000,
}
