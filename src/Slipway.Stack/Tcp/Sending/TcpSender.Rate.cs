using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// The estimate of the rate at which the path delivers (Linux tcp_rate.c). A segment carries the state of deliveries of the time when it left; when it is acknowledged, what was delivered
/// since, over the longer of the times in which that was sent and was acknowledged, is a sample. The longer one, for ACKs that were held up somewhere and come in a bunch would tell of a
/// rate that the path does not have.
/// </summary>
internal sealed partial class TcpSender : ICongestionPath
{
    // Where the next sample begins: when the newest delivered segment was sent, and when a delivery was last reported.
    private long _deliveredAt, _firstSentAt;

    // Delivered will have this value when all that was in flight in a moment without anything to send is delivered; 0 for none (app_limited).
    private uint _appLimitedUntil;

    /// <summary>The last estimate in bytes per second (tcpi_delivery_rate).</summary>
    public ulong DeliveryRate { get; private set; }

    /// <summary>The program, not the network, limited the last estimate.</summary>
    public bool IsDeliveryRateAppLimited { get; private set; } = true;

    /// <summary>Called when the program writes: where less than a segment waits, the window is open and nothing lost waits, there was a gap in what was sent.</summary>
    public void NoteAppLimited()
    {
        if (Unsent < Mss && InFlight < Window.Window && LostOut <= RetransmittedOut) MarkAppLimited();
    }

    /// <inheritdoc/>
    public void MarkAppLimited() => _appLimitedUntil = Math.Max(Delivered + InFlight, 1);

    /// <summary>A segment leaves, for the first time or again.</summary>
    private void StampRate(TcpSegment segment, long now)
    {
        // With nothing out, time in which nothing could arrive must not count.
        if (PacketsOut == 0) _firstSentAt = _deliveredAt = now;
        segment.FirstSentAt = _firstSentAt;
        segment.DeliveredAt = _deliveredAt;
        segment.Delivered = Delivered;
        segment.HasRate = true;
        segment.IsAppLimited = _appLimitedUntil != 0;
    }

    /// <summary>A segment was delivered: of all that an acknowledgment covers, the one that was sent last gives the sample.</summary>
    private void TakeRate(TcpSegment segment, ref AckReading reading)
    {
        if (!segment.HasRate) return;
        // A selective report gives the sample; the cumulative acknowledgment that follows gives none.
        if (segment.Has(SegmentMarks.Sacked)) segment.HasRate = false;
        if (reading.HasRate && !IsSentAfter(segment, _firstSentAt, reading.RateEnd)) return;
        reading.HasRate = true;
        reading.PriorDelivered = segment.Delivered;
        reading.PriorDeliveredAt = segment.DeliveredAt;
        reading.RateEnd = segment.EndSequence;
        reading.RateIsAppLimited = segment.IsAppLimited;
        reading.RateIsRetransmission = segment.Has(SegmentMarks.EverRetransmitted);
        _firstSentAt = segment.SentAt;
        reading.SendingInterval = segment.SentAt - segment.FirstSentAt;
    }

    private static bool IsSentAfter(TcpSegment segment, long sentAt, uint end)
        => segment.SentAt > sentAt || segment.SentAt == sentAt && After(segment.EndSequence, end);

    /// <summary>All that the acknowledgment says is known: makes the sample (tcp_rate_gen).</summary>
    private RateSample MakeRate(in AckReading reading)
    {
        long now = _connection.Now;
        uint delivered = Delivered - reading.DeliveredBefore;
        if (_appLimitedUntil != 0 && After(Delivered, _appLimitedUntil)) _appLimitedUntil = 0;
        if (delivered > 0) _deliveredAt = now;
        var sample = new RateSample
        {
            Delivered = -1,
            Interval = -1,
            PriorDelivered = reading.PriorDelivered,
            IsAppLimited = reading.RateIsAppLimited,
            IsRetransmission = reading.RateIsRetransmission,
            IsAckDelayed = (reading.Flags & AckFlags.MaybeDelayed) != 0,
            Losses = LostTotal - reading.LostBefore,
            Acked = delivered,
            PriorInFlight = reading.PriorInFlight,
            Rtt = reading.CongestionRtt,
        };
        // A receiver that took reports back would have its data counted twice.
        if (!reading.HasRate || _hasReneged) return sample;
        uint packets = Delivered - reading.PriorDelivered;
        long interval = Math.Max(reading.SendingInterval, now - reading.PriorDeliveredAt);
        if (interval < Rtt.MinRtt * StackClock.Microsecond) return sample with { Delivered = (int)packets };
        NoteRate(packets, interval, reading.RateIsAppLimited);
        return sample with { Delivered = (int)packets, Interval = interval };
    }

    /// <summary>For TCP_INFO: the last rate of the path, or a higher one that the program reached.</summary>
    private void NoteRate(uint packets, long interval, bool isAppLimited)
    {
        if (interval == 0) return;
        var rate = (ulong)((UInt128)packets * (uint)Mss * (ulong)StackClock.Second / (ulong)interval);
        if (isAppLimited && rate < DeliveryRate) return;
        DeliveryRate = rate;
        IsDeliveryRateAppLimited = isAppLimited;
    }

    long ICongestionPath.Now => _connection.Now;

    ref Pacing ICongestionPath.Pacing => ref Pacing;

    ulong ICongestionPath.MaxPacingRate => _connection.MaxPacingRate;

    uint ICongestionPath.Delivered => Delivered;

    long ICongestionPath.DeliveredAt => _deliveredAt;

    uint ICongestionPath.LostTotal => LostTotal;

    uint ICongestionPath.SegmentSize => (uint)Mss;

    uint ICongestionPath.SmoothedRtt => Rtt.SmoothedMicroseconds;

    uint ICongestionPath.MinRtt => Rtt.MinRtt;

    bool ICongestionPath.IsAppLimited => _appLimitedUntil != 0;

    int ICongestionPath.Choose(int bound) => _connection.Host.Random.Next(bound);
}
