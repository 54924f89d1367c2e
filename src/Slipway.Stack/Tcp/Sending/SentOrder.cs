namespace Slipway.Stack;

/// <summary>Segments whose delivery is unknown, the one sent longest ago first (the kernel's tsorted_sent_queue).</summary>
internal struct SentOrder
{
    public TcpSegment? First, Last;

    /// <summary>The segment has just been sent: it goes last.</summary>
    public void MoveToEnd(TcpSegment segment)
    {
        Remove(segment);
        segment.PreviousSent = Last;
        if (Last is null) First = segment;
        else Last.NextSent = segment;
        Last = segment;
        segment.IsInSentOrder = true;
    }

    /// <summary>A segment was cut in two: its rest was sent at the same time.</summary>
    public void InsertAfter(TcpSegment place, TcpSegment segment)
    {
        segment.PreviousSent = place;
        segment.NextSent = place.NextSent;
        if (place.NextSent is null) Last = segment;
        else place.NextSent.PreviousSent = segment;
        place.NextSent = segment;
        segment.IsInSentOrder = true;
    }

    public void Remove(TcpSegment segment)
    {
        if (!segment.IsInSentOrder) return;
        if (segment.PreviousSent is null) First = segment.NextSent;
        else segment.PreviousSent.NextSent = segment.NextSent;
        if (segment.NextSent is null) Last = segment.PreviousSent;
        else segment.NextSent.PreviousSent = segment.PreviousSent;
        segment.NextSent = segment.PreviousSent = null;
        segment.IsInSentOrder = false;
    }
}
