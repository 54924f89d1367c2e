namespace Slipway.Stack;

/// <summary>The delivery rate (draft-cheng-iccrg-delivery-rate-estimation): how many packets arrive in the time that they took, for TCP_INFO and for algorithms that want it.</summary>
internal sealed partial class TcpSender
{
    private long _deliveredAt, _firstSentAt;

    /// <summary>The last estimate in bytes per second (tcpi_delivery_rate).</summary>
    public ulong DeliveryRate { get; private set; }

    /// <summary>The program, not the network, limited the last estimate.</summary>
    public bool IsDeliveryRateAppLimited { get; private set; } = true;

    private void StampRate(TcpSegment segment, long now)
    {
        if (PacketsOut == 0) _firstSentAt = _deliveredAt = now;
        segment.FirstSentAt = _firstSentAt;
        segment.DeliveredAt = _deliveredAt;
        segment.Delivered = Delivered;
        segment.IsAppLimited = Queue.Last == segment && !Window.IsWindowLimited;
    }

    /// <summary>A segment was delivered: the newest of an acknowledgment gives the sample.</summary>
    private void TakeRate(TcpSegment segment, ref AckReading reading)
    {
        long now = _connection.Now;
        if (segment.DeliveredAt == 0 && segment.FirstSentAt == 0) return;
        reading.PriorDelivered = Math.Max(segment.Delivered, 1);
        long sending = segment.SentAt - segment.FirstSentAt;
        long arriving = now - segment.DeliveredAt;
        long interval = Math.Max(sending, arriving);
        _firstSentAt = segment.SentAt;
        _deliveredAt = now;
        uint packets = Delivered - segment.Delivered;
        segment.DeliveredAt = 0;
        segment.FirstSentAt = 0;
        if (interval <= 0 || interval < Rtt.MinRtt * StackClock.Microsecond) return;
        ulong rate = (ulong)((UInt128)packets * (uint)Mss * (ulong)StackClock.Second / (ulong)interval);
        if (segment.IsAppLimited && rate < DeliveryRate) return;
        DeliveryRate = rate;
        IsDeliveryRateAppLimited = segment.IsAppLimited;
    }
}
