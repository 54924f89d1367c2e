namespace Slipway.Stack;

/// <summary>For real threads: looks again for a moment, because the answer of a host in the same process is often there within a microsecond, then parks the thread.</summary>
public sealed class ThreadBlocker : Blocker
{
    private const int Spins = 20;

    /// <inheritdoc/>
    public override void Block(BlockedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var spin = new SpinWait();
        for (int i = 0; i < Spins; i++)
        {
            if (call.IsWoken) return;
            spin.SpinOnce(sleep1Threshold: -1);
        }
        lock (call.Gate)
        {
            while (!call.IsWoken) Monitor.Wait(call.Gate);
        }
    }

    /// <inheritdoc/>
    public override void Wake(BlockedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        lock (call.Gate) Monitor.PulseAll(call.Gate);
    }
}
