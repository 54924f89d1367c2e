using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>Socket calls of a virtual process that must wait: they give up the network's one turn.</summary>
internal sealed class LabBlocker(LabProcess process) : Blocker
{
    public override void Block(BlockedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        VirtualThread self = process.ActingThread("wait in a call of its sockets");
        BlockedCall? outer = self.Call;
        self.Call = call;
        call.Tag = self;
        // The tag must be seen by whoever wakes the call after this look at it, on whatever thread.
        Interlocked.MemoryBarrier();
        try
        {
            while (true)
            {
                self.Process.CheckSignals(self, call);
                if (call.IsWoken) return;
                self.Suspend(call.Name);
            }
        }
        finally
        {
            self.Call = outer;
        }
    }

    public override void Wake(BlockedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        (call.Tag as VirtualThread)?.Resume();
    }
}
