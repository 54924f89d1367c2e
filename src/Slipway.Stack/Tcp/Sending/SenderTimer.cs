namespace Slipway.Stack;

/// <summary>What the one timer of the sender waits for.</summary>
internal enum SenderTimer : byte
{
    None,
    Retransmit,

    /// <summary>The tail loss probe (RFC 8985 §7).</summary>
    LossProbe,

    /// <summary>The end of RACK's reordering window.</summary>
    Reordering,

    /// <summary>A probe of a closed window (RFC 9293 §3.8.6.1).</summary>
    WindowProbe,
}
