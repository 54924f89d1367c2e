namespace Slipway.Stack;

/// <summary>
/// A congestion control algorithm of one connection: decides how the window grows and how far it falls. What calls it, and the reduction itself
/// (<see cref="ProportionalRateReduction"/>), is the sender's business. An algorithm without state of its own is one shared instance.
/// </summary>
internal abstract class CongestionControl
{
    /// <summary>The name for TCP_CONGESTION and the sysctls.</summary>
    public abstract string Name { get; }

    /// <summary>Whether segments must leave at the pacing rate rather than as the window opens.</summary>
    public virtual bool NeedsPacing => false;

    /// <summary>
    /// Whether the algorithm sets window and pacing rate by itself, in every state, in <see cref="OnRateSample"/> (Linux's cong_control). Then neither
    /// <see cref="OnAcked"/> nor proportional rate reduction nor the decay of a window that is not used has a say.
    /// </summary>
    public virtual bool ControlsWindow => false;

    /// <summary>Windows that the send buffer should hold: what is in flight, and as much to follow it (sndbuf_expand).</summary>
    public virtual int BufferWindows => 2;

    /// <summary>The least number of segments that a paced packet may be cut down to (min_tso_segs).</summary>
    /// <param name="pacingRate">Bytes per second.</param>
    public virtual uint LeastSegments(ulong pacingRate) => 2;

    /// <summary>Who the algorithm works for; before <see cref="Initialize"/>.</summary>
    public virtual void Attach(ICongestionPath path)
    {
    }

    /// <summary>The connection is established, or the algorithm was chosen on an established one.</summary>
    public virtual void Initialize(ref CongestionWindow window, long now)
    {
    }

    /// <summary>
    /// New data was acknowledged, and the window may grow. Called in Open and Disorder only, and while the window is restored after Loss; in Cwr and
    /// Recovery the window follows proportional rate reduction. After <see cref="OnRttSample"/> for the same ACK.
    /// </summary>
    public abstract void OnAcked(ref CongestionWindow window, in AckSample sample);

    /// <summary>Every ACK of data in flight, once losses are known and before anything is sent; called where <see cref="ControlsWindow"/> says so.</summary>
    public virtual void OnRateSample(ref CongestionWindow window, in RateSample sample)
    {
    }

    /// <summary>Congestion was seen: the threshold to fall to, in packets (RFC 5681 section 3.1, equation 4, or the algorithm's own).</summary>
    public abstract uint SlowStartThreshold(in CongestionWindow window, long now);

    /// <summary>The window to return to when a reduction proves to have been for nothing (RFC 4015, RFC 5682).</summary>
    public virtual uint UndoWindow(in CongestionWindow window) => Math.Max(window.Window, window.PriorWindow);

    /// <summary>Every ACK that acknowledged something, in every state, before the window is changed; <see cref="AckSample.RttNanoseconds"/> may be −1.</summary>
    public virtual void OnRttSample(ref CongestionWindow window, in AckSample sample)
    {
    }

    /// <summary>Something happened that no ACK tells of.</summary>
    public virtual void OnEvent(ref CongestionWindow window, CongestionEvent e, long now)
    {
    }

    /// <summary>The sender is about to enter a state.</summary>
    public virtual void OnStateChange(CongestionState newState)
    {
    }
}
