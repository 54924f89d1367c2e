namespace Slipway.Stack;

/// <summary>The states of <see cref="Bbr"/>.</summary>
internal enum BbrMode : byte
{
    /// <summary>Doubles the rate every round trip until that brings no more.</summary>
    Startup,

    /// <summary>Removes the queue that this made.</summary>
    Drain,

    /// <summary>Uses the rate, and seeks more from time to time (PROBE_BW).</summary>
    ProbeBandwidth,

    /// <summary>Lets the path run empty, to see how long it is (PROBE_RTT).</summary>
    ProbeRtt,
}
