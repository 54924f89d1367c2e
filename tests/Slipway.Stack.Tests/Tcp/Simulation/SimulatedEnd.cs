using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>The program at one end: writes its stream, closes that direction, reads the other until its end, and compares every byte. Never waits in a call.</summary>
internal sealed class SimulatedEnd(SocketSystem system, VirtualClock clock, SimulatedStream sends, SimulatedStream receives)
{
    private readonly byte[] _buffer = new byte[receives.ReadSize];
    private long _mayWriteAt, _mayReadAt;
    private bool _isShut;

    public int Descriptor { get; set; } = -1;

    public int Sent { get; private set; }

    public int Received { get; private set; }

    /// <summary>The peer closed its direction, and all of it was read.</summary>
    public bool HasEnd { get; private set; }

    public bool IsDone => _isShut && HasEnd;

    /// <summary>The connection was given up because nothing was answered any more.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>When the program wants to go on by itself; <see cref="long.MaxValue"/> if the network has the word.</summary>
    public long WakeAt
    {
        get
        {
            long now = clock.Now;
            long write = _mayWriteAt > now && !_isShut ? _mayWriteAt : long.MaxValue;
            return Math.Min(write, _mayReadAt > now && !HasEnd ? _mayReadAt : long.MaxValue);
        }
    }

    /// <summary>Does what can be done now.</summary>
    public void Act()
    {
        if (Descriptor < 0) return;
        Write();
        if (!HasTimedOut) Read();
    }

    private void Write()
    {
        while (!_isShut && clock.Now >= _mayWriteAt)
        {
            int count = Math.Min(sends.WriteSize, sends.Length - Sent);
            if (count == 0)
            {
                // The handshake is over once a write of nothing is taken.
                Errno error = system.Shutdown(Descriptor, ShutdownHow.Send);
                if (error != Errno.None) throw new SimulationException($"shutdown: {error.Name()}");
                _isShut = true;
                return;
            }
            CallResult result = system.SendTo(Descriptor, sends.At(Sent, count), MessageFlags.MSG_DONTWAIT | MessageFlags.MSG_NOSIGNAL, default);
            if (result.Error == Errno.EAGAIN) return;
            if (result.Error == Errno.ETIMEDOUT)
            {
                HasTimedOut = true;
                return;
            }
            if (!result.Succeeded) throw new SimulationException($"send after {Sent}: {result}");
            Sent += result.Value;
            if (sends.WritePause > 0) _mayWriteAt = clock.Now + sends.WritePause;
        }
    }

    private void Read()
    {
        int none = 0;
        while (!HasEnd && clock.Now >= _mayReadAt)
        {
            CallResult result = system.RecvFrom(Descriptor, _buffer, MessageFlags.MSG_DONTWAIT, default, ref none);
            if (result.Error == Errno.EAGAIN) return;
            if (result.Error == Errno.ETIMEDOUT)
            {
                HasTimedOut = true;
                return;
            }
            if (!result.Succeeded) throw new SimulationException($"recv after {Received}: {result}");
            if (result.Value == 0)
            {
                if (Received != receives.Length) throw new SimulationException($"the stream ended after {Received} of {receives.Length} bytes");
                HasEnd = true;
                return;
            }
            if (Received + result.Value > receives.Length) throw new SimulationException($"{Received + result.Value} bytes came of {receives.Length}");
            if (!_buffer.AsSpan(0, result.Value).SequenceEqual(receives.At(Received, result.Value))) throw new SimulationException($"other bytes than were sent at {Received}");
            Received += result.Value;
            if (receives.ReadPause > 0) _mayReadAt = clock.Now + receives.ReadPause;
        }
    }
}
