using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>For real threads: looks again for a moment, because the answer of a host in the same process is often there within a microsecond, then lets the thread sleep.</summary>
public sealed class ThreadBlocker : Blocker
{
    private const int Spins = 20;

    private readonly Func<IThreadGate> _makeGate;

    /// <summary>Threads sleep by the class library's means.</summary>
    public ThreadBlocker() : this(static () => new MonitorGate())
    {
    }

    /// <summary>Threads sleep at gates of another kind, one for each thread that waits at a time.</summary>
    /// <param name="makeGate">Makes a gate; it is called seldom, as gates are used again.</param>
    public ThreadBlocker(Func<IThreadGate> makeGate)
    {
        ArgumentNullException.ThrowIfNull(makeGate);
        _makeGate = makeGate;
    }

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
        IThreadGate gate = call.Gate ??= _makeGate();
        // Who wakes has set the reason before it looks for a gate: one of the two sees the other.
        Interlocked.MemoryBarrier();
        while (!call.IsWoken) gate.Wait();
    }

    /// <inheritdoc/>
    public override void Wake(BlockedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Interlocked.MemoryBarrier();
        call.Gate?.Set();
    }

    private sealed class MonitorGate : IThreadGate
    {
        private readonly object _lock = new();
        private bool _isOpen;

        public void Set()
        {
            lock (_lock)
            {
                _isOpen = true;
                Monitor.Pulse(_lock);
            }
        }

        public void Wait()
        {
            lock (_lock)
            {
                while (!_isOpen) Monitor.Wait(_lock);
                _isOpen = false;
            }
        }
    }
}
