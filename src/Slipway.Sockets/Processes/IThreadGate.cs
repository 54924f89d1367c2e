namespace Slipway.Sockets;

/// <summary>
/// Where one thread sleeps until another lets it go. A gate holds at most one signal, which one wait takes; only one thread at a time may wait. What the machine offers for it differs by
/// an order of magnitude, so a stack can be given the best: futex(2) on Linux.
/// </summary>
public interface IThreadGate
{
    /// <summary>Opens the gate for one wait, also before it begins. Any thread may call this.</summary>
    void Set();

    /// <summary>Waits until the gate is open, and closes it. It may return early, once in a while.</summary>
    void Wait();
}
