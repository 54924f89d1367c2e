namespace Slipway.Stack;

/// <summary>
/// Proportional rate reduction (RFC 9937): brings the window from where it was to the threshold in one round trip by sending, for what each ACK reports as
/// delivered, the share that the reduction leaves, and lets it rise again, at slow start's pace at most, where losses took more than the reduction would have.
/// All in packets. The window that results is valid until the next ACK.
/// </summary>
internal struct ProportionalRateReduction
{
    /// <summary>RecoverFS: packets in flight when recovery began, for which Linux takes the window (prior_cwnd).</summary>
    public uint PriorWindow;

    /// <summary>Packets delivered to the receiver since then (prr_delivered).</summary>
    public uint Delivered;

    /// <summary>Packets sent since then (prr_out): the owner counts each, new or retransmitted, by <see cref="OnSent"/>.</summary>
    public uint Sent;

    /// <summary>Recovery (or the CWR state) begins.</summary>
    /// <param name="window">The window before the reduction.</param>
    public void Enter(uint window)
    {
        PriorWindow = window;
        Delivered = 0;
        Sent = 0;
    }

    /// <summary>Counts what was sent.</summary>
    public void OnSent(uint packets) => Sent += packets;

    /// <summary>An ACK arrived during the reduction.</summary>
    /// <param name="threshold">The target (ssthresh).</param>
    /// <param name="inFlight">Packets in flight after the ACK was accounted.</param>
    /// <param name="delivered">Packets that the ACK newly acknowledged or selectively acknowledged.</param>
    /// <param name="newlyLost">Packets newly marked lost with it.</param>
    /// <param name="advanced">Whether SND.UNA advanced.</param>
    /// <param name="current">The window as it is, kept when nothing was delivered.</param>
    /// <returns>The window: in flight plus what may be sent now.</returns>
    public uint OnAck(uint threshold, uint inFlight, uint delivered, uint newlyLost, bool advanced, uint current)
    {
        if (delivered == 0 || PriorWindow == 0) return current;
        Delivered += delivered;
        long send;
        if (inFlight > threshold)
        {
            send = (long)(((ulong)threshold * Delivered + PriorWindow - 1) / PriorWindow) - Sent;
        }
        else
        {
            // Packet conservation; and where the ACK shows progress without new loss ("SafeACK"), slow start: one more.
            send = Math.Max((long)Delivered - Sent, delivered);
            if (advanced && newlyLost == 0) send++;
            send = Math.Min(send, threshold - inFlight);
        }
        // The first ACK always lets the fast retransmit out.
        return (uint)(inFlight + Math.Max(send, Sent == 0 ? 1 : 0));
    }
}
