using Slipway.Sockets;

namespace Slipway.Stack.Tests;

/// <summary>A process of one thread on simulated time: where a call waits, the clock goes to the next event. Nothing left to happen is a deadlock, and fails the test.</summary>
internal sealed class TestProcess : ProcessContext
{
    private readonly StackLoop _loop;
    private readonly VirtualClock _clock;

    public TestProcess(StackLoop loop, VirtualClock clock, int userId = 0, int id = 100)
    {
        _loop = loop;
        _clock = clock;
        UserId = userId;
        ProcessId = id;
        Blocker = new PumpBlocker(this);
    }

    public override int ProcessId { get; }

    public override int ProcessGroup => 7;

    public override int UserId { get; }

    public override int DescriptorLimit => Limit;

    public int Limit { get; set; } = 64;

    public override Blocker Blocker { get; }

    /// <summary>Signals that were sent to the process or its group.</summary>
    public List<SignalInfo> Signals { get; } = [];

    /// <summary>Whether the queue of real-time signals has room.</summary>
    public bool HasSignalRoom { get; set; } = true;

    /// <summary>Done once, when a call begins to wait.</summary>
    public Action<BlockedCall>? WhenBlocked { get; set; }

    public override bool Exists(int target) => target == ProcessId || target == -ProcessGroup;

    public override bool Deliver(int target, in SignalInfo signal, int senderUserId)
    {
        if (!HasSignalRoom && signal.Signal >= Signal.SIGRTMIN) return false;
        Signals.Add(signal);
        return true;
    }

    private sealed class PumpBlocker(TestProcess process) : Blocker
    {
        public override void Block(BlockedCall call)
        {
            Action<BlockedCall>? act = process.WhenBlocked;
            process.WhenBlocked = null;
            act?.Invoke(call);
            while (!call.IsWoken)
            {
                long next = process._loop.NextDeadline ?? throw new InvalidOperationException("The call waits, and nothing will happen any more.");
                process._clock.AdvanceTo(next);
                process._loop.RunDue();
            }
        }

        public override void Wake(BlockedCall call)
        {
        }
    }
}
