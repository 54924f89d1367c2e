using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>Resumes a virtual thread at a time.</summary>
internal sealed class WaitTimer(VirtualThread thread) : StackTimer(thread.Scheduler.Loop)
{
    protected override void OnExpired() => thread.Resume();
}
