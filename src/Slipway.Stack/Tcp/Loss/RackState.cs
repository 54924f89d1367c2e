namespace Slipway.Stack;

/// <summary>
/// RACK (RFC 8985): a segment is lost when one sent sufficiently later has been delivered. Keeps the most recently sent segment that was delivered and how
/// long reordering is allowed for; the owner walks its own list of segments in the order of sending and asks <see cref="Remaining"/> for each.
/// </summary>
internal struct RackState
{
    /// <summary>Recoveries for which a widened reordering window is kept (RFC 8985 section 6.2, step 4).</summary>
    public const byte PersistRecoveries = 16;

    /// <summary>A segment sent after the last one delivered: RACK knows nothing of it yet, and nothing of those sent after it.</summary>
    public const long Unknown = long.MaxValue;

    /// <summary>When the most recently sent of the delivered segments was sent (RACK.xmit_ts); 0 with <see cref="HasDelivery"/> false for none.</summary>
    public long SentAt;

    /// <summary>Its round trip in nanoseconds (RACK.rtt).</summary>
    public long Rtt;

    /// <summary>Its place in the order of sending, where more were sent at that instant (RFC 8985 takes the end, RACK.end_seq).</summary>
    public uint Order;

    /// <summary>Packets delivered when the reordering window was last widened.</summary>
    private uint _widenedAt;

    /// <summary>The reordering window in quarters of the minimal round trip (RACK.reo_wnd_mult).</summary>
    public byte ReorderSteps;

    /// <summary>Recoveries left for which a widened window is kept (RACK.reo_wnd_persist).</summary>
    public byte Persist;

    /// <summary>Whether a segment was delivered since the last detection: the walk is worth it.</summary>
    public bool Advanced;

    /// <summary>A D-SACK came (RFC 2883): a retransmission was needless, perhaps for reordering. The owner sets it.</summary>
    public bool DsackSeen;

    /// <summary>The state of a new connection.</summary>
    public static RackState Create() => new() { ReorderSteps = 1 };

    /// <summary>Whether anything was delivered yet.</summary>
    public bool HasDelivery { readonly get; private set; }

    /// <summary>Whether the first segment was sent after the second; segments of one instant stand in the order in which they left.</summary>
    public static bool SentAfter(long sentAt1, uint order1, long sentAt2, uint order2) =>
        sentAt1 > sentAt2 || (sentAt1 == sentAt2 && SequenceNumber.After(order1, order2));

    /// <summary>A segment was delivered, cumulatively or selectively (RFC 8985 section 6.2, step 2).</summary>
    /// <param name="retransmitted">Whether it had been retransmitted, so the ACK may be the original's.</param>
    /// <param name="sentAt">When it was last sent, in nanoseconds.</param>
    /// <param name="order">Its place among all that were sent, which tells those of one instant apart.</param>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    /// <param name="minRttMicroseconds">The connection's minimal round trip; <see cref="uint.MaxValue"/> for none.</param>
    public void Advance(bool retransmitted, long sentAt, uint order, long now, uint minRttMicroseconds)
    {
        long rtt = now - sentAt;
        // Faster than any round trip: it was the original that was acknowledged, not the retransmission.
        if (retransmitted && rtt < minRttMicroseconds * 1000L) return;
        Advanced = true;
        Rtt = rtt;
        if (HasDelivery && !SentAfter(sentAt, order, SentAt, Order)) return;
        HasDelivery = true;
        SentAt = sentAt;
        Order = order;
    }

    /// <summary>How long a segment may be overtaken before it counts as lost, in nanoseconds (RFC 8985 section 6.2, step 4).</summary>
    /// <param name="reorderingSeen">Whether reordering was ever seen on the connection.</param>
    /// <param name="state">In recovery, and without reordering seen, no patience.</param>
    /// <param name="sacked">Packets selectively acknowledged.</param>
    /// <param name="reordering">The duplicate threshold (net.ipv4.tcp_reordering, 3): with as many, and without reordering seen, no patience either.</param>
    /// <param name="minRttMicroseconds">The minimal round trip, not 0.</param>
    /// <param name="srttMicroseconds">The smoothed round trip: the most.</param>
    public readonly long ReorderWindow(
        bool reorderingSeen, CongestionState state, uint sacked, uint reordering, uint minRttMicroseconds, uint srttMicroseconds)
    {
        if (!reorderingSeen && (state >= CongestionState.Recovery || sacked >= reordering)) return 0;
        return Math.Min(minRttMicroseconds * 250L * ReorderSteps, srttMicroseconds * 1000L);
    }

    /// <summary>How long to wait until a segment counts as lost (RFC 8985 section 6.2, step 5).</summary>
    /// <returns>
    /// <see cref="Unknown"/> when the segment was sent after the last one delivered: the walk ends. 0 or less: it is lost. Otherwise the nanoseconds until it
    /// will be; the largest of a walk is when to look again.
    /// </returns>
    public readonly long Remaining(long sentAt, uint order, long now, long reorderWindow) =>
        HasDelivery && SentAfter(SentAt, Order, sentAt, order) ? Rtt + reorderWindow - (now - sentAt) : Unknown;

    /// <summary>
    /// To call for each ACK: widens the reordering window by a quarter of the minimal round trip when a D-SACK shows that it was too narrow, once a round trip,
    /// and narrows it again when nothing has asked for it any more.
    /// </summary>
    /// <param name="priorDelivered">The connection's count of delivered packets when the segment that was just acknowledged was sent; 0 for none.</param>
    /// <param name="delivered">The count now.</param>
    public void UpdateReorderWindow(uint priorDelivered, uint delivered)
    {
        if (priorDelivered == 0) return;
        if (SequenceNumber.Before(priorDelivered, _widenedAt)) DsackSeen = false;
        if (DsackSeen)
        {
            ReorderSteps = (byte)Math.Min(ReorderSteps + 1, byte.MaxValue);
            DsackSeen = false;
            _widenedAt = delivered;
            Persist = PersistRecoveries;
        }
        else if (Persist == 0)
        {
            ReorderSteps = 1;
        }
    }

    /// <summary>A recovery ended that was needed.</summary>
    public void OnRecoveryEnd()
    {
        if (Persist > 0) Persist--;
    }

    /// <summary>A recovery was undone because of D-SACKs: it does not count.</summary>
    public void OnRecoveryUndone() => Persist = (byte)Math.Min(Persist + 1, PersistRecoveries);
}
