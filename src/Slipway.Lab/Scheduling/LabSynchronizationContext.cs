namespace Slipway.Lab;

/// <summary>Brings the continuations of a process's async code to its own virtual thread, in the order in which they were posted, and never to the thread pool.</summary>
internal sealed class LabSynchronizationContext(LabProcess process) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => process.Work.Post(d, state);

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (VirtualThread.Current?.Process != process)
            throw new NotSupportedException($"Only a thread of process '{process.FullName}' can run something in it and wait for the result.");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
