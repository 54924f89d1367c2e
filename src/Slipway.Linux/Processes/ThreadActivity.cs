namespace Slipway.Linux;

/// <summary>What a thread is doing, as the kernel sees it.</summary>
internal enum ThreadActivity
{
    /// <summary>It runs, or waits for something else than a call that a program made.</summary>
    Busy,

    /// <summary>It sleeps in a system call that waits for a socket, a pipe, a lock, a semaphore or a message, for a child, for readiness or for time.</summary>
    BlockedInCall,

    /// <summary>There is no such thread any more.</summary>
    Gone,
}
