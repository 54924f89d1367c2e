namespace Slipway.Sockets;

/// <summary>A thread of a <see cref="HostProcess"/>.</summary>
public abstract class ProcessThread
{
    /// <summary>Waits until the thread has ended. An exception that ended it is thrown here.</summary>
    public abstract void Join();

    /// <summary>Sends a signal to this thread alone (tgkill(2)): what interrupts its blocked call with EINTR.</summary>
    public abstract Errno Interrupt(Signal signal);

    /// <summary>
    /// Waits until the thread is blocked in a call of the socket system (or has ended), so that a test can act on a blocked thread without guessing a time.
    /// </summary>
    public abstract void WaitUntilBlocked();
}
