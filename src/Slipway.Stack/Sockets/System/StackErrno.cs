using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Results of the non-blocking core that no program sees.</summary>
internal static class StackErrno
{
    /// <summary>
    /// The call would have to wait. A blocking caller waits and tries again; others get EAGAIN, or EINPROGRESS from connect. It is not EAGAIN itself, which a call
    /// may fail with for good (no free port).
    /// </summary>
    public const Errno MustWait = (Errno)(-2);
}
