using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>A sender that always has data, on a path that acknowledges every packet by itself: rounds of one window, evenly spread over the round trip.</summary>
internal sealed class CongestionFlow
{
    private readonly CongestionControl _control;
    private uint _acked = 1000;

    public CongestionFlow(CongestionControl control, uint window = CongestionWindow.Initial)
    {
        _control = control;
        Window = CongestionWindow.Create(window, 0);
        Window.IsWindowLimited = true;
        control.Initialize(ref Window, 0);
    }

    public CongestionWindow Window;

    public long Now { get; private set; }

    public double Seconds => Now / 1e9;

    /// <summary>The first of several losses of a window: the threshold is set and the window goes there, as recovery leaves it.</summary>
    public void Reduce()
    {
        _control.OnStateChange(CongestionState.Recovery);
        Window.PriorWindow = Window.Window;
        Window.SlowStartThreshold = _control.SlowStartThreshold(Window, Now);
        Window.Window = Window.SlowStartThreshold;
        Window.WindowCount = 0;
        _control.OnStateChange(CongestionState.Open);
    }

    /// <summary>A retransmission timeout, and the loss repaired.</summary>
    public void TimeOut()
    {
        Window.PriorWindow = Window.Window;
        Window.SlowStartThreshold = _control.SlowStartThreshold(Window, Now);
        _control.OnEvent(ref Window, CongestionEvent.Loss, Now);
        Window.Window = 1;
        Window.WindowCount = 0;
        _control.OnStateChange(CongestionState.Loss);
        _control.OnStateChange(CongestionState.Open);
    }

    /// <summary>One window acknowledged within one round trip.</summary>
    public CongestionFlow Round(double rttMilliseconds)
    {
        long rtt = (long)(rttMilliseconds * 1e6);
        long start = Now;
        uint count = Window.Window;
        for (uint i = 0; i < count; i++)
        {
            Now = start + rtt * (i + 1) / count;
            Ack(1, rtt, count);
        }
        return this;
    }

    public CongestionFlow Rounds(int count, double rttMilliseconds)
    {
        for (int i = 0; i < count; i++) Round(rttMilliseconds);
        return this;
    }

    public void Ack(uint packets, long rtt, uint inFlight)
    {
        _acked += packets;
        // What this ACK lets out counts as sent, so that the algorithm's rounds are exactly those of the path.
        uint sndNxt = _acked + Window.Window + (Window.InSlowStart ? packets : 0);
        var sample = new AckSample
        {
            Now = Now, AckedPackets = packets, AckSequence = _acked, SndNxt = sndNxt, RttNanoseconds = rtt, InFlight = inFlight, MinRttMicroseconds = (uint)(rtt / 1000),
        };
        _control.OnRttSample(ref Window, sample);
        _control.OnAcked(ref Window, sample);
    }

    public void Idle(double seconds)
    {
        Window.LastSent = Now;
        Now += (long)(seconds * 1e9);
        _control.OnEvent(ref Window, CongestionEvent.TransmitStart, Now);
        Window.LastSent = Now;
    }
}
