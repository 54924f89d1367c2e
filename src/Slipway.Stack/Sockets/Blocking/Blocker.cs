namespace Slipway.Stack;

/// <summary>How a thread waits for a call that cannot go on: parked in the machine, or handed over to the next virtual thread of a lab.</summary>
public abstract class Blocker
{
    /// <summary>
    /// Called by the thread that must wait; it does not own the loop. Returns when <see cref="BlockedCall.IsWoken"/> is true, which may be so at once. Returning earlier is
    /// allowed and costs only a look: the call then waits again.
    /// </summary>
    /// <remarks>A signal that is pending for the thread before or during the wait is told by <see cref="BlockedCall.Interrupt"/>; its handler runs before this returns.</remarks>
    public abstract void Block(BlockedCall call);

    /// <summary>
    /// <see cref="BlockedCall.IsWoken"/> has become true; called by whoever left the loop after the reason came up, so by any thread. It may come before
    /// <see cref="Block"/>, and once in a while late, for a wait that has ended.
    /// </summary>
    public abstract void Wake(BlockedCall call);
}
