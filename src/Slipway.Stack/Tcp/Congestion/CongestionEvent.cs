namespace Slipway.Stack;

/// <summary>What a congestion control algorithm may want to hear of besides ACKs.</summary>
internal enum CongestionEvent : byte
{
    /// <summary>Data leaves while none was in flight; <see cref="CongestionWindow.LastSent"/> still says when data left before.</summary>
    TransmitStart,

    /// <summary>The window is about to be cut because the connection was idle for longer than the RTO (RFC 5681 section 4.1).</summary>
    Restart,

    /// <summary>Recovery or the CWR state ended, and the window stands at the threshold.</summary>
    CompleteReduction,

    /// <summary>The retransmission timer expired; the threshold has been set, the window is about to collapse.</summary>
    Loss,

    /// <summary>A segment arrived with the CE mark (RFC 3168).</summary>
    EcnCe,
}
