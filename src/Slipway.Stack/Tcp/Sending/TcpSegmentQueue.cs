namespace Slipway.Stack;

/// <summary>The send queue: segments in order of their sequence numbers. Those before <see cref="FirstUnsent"/> were sent and wait for their acknowledgment.</summary>
internal struct TcpSegmentQueue
{
    public TcpSegment? First, Last;

    /// <summary>The first that was never sent; null if there is none.</summary>
    public TcpSegment? FirstUnsent;

    public readonly bool IsEmpty => First is null;

    /// <summary>The last that was sent.</summary>
    public readonly TcpSegment? LastSent => FirstUnsent is null ? Last : FirstUnsent.Previous;

    /// <summary>The first that is not acknowledged; null if all is.</summary>
    public readonly TcpSegment? FirstSent => ReferenceEquals(First, FirstUnsent) ? null : First;

    public void Append(TcpSegment segment)
    {
        segment.Previous = Last;
        if (Last is null) First = segment;
        else Last.Next = segment;
        Last = segment;
        FirstUnsent ??= segment;
    }

    public void InsertAfter(TcpSegment place, TcpSegment segment)
    {
        segment.Previous = place;
        segment.Next = place.Next;
        if (place.Next is null) Last = segment;
        else place.Next.Previous = segment;
        place.Next = segment;
    }

    public void Remove(TcpSegment segment)
    {
        if (ReferenceEquals(segment, FirstUnsent)) FirstUnsent = segment.Next;
        if (segment.Previous is null) First = segment.Next;
        else segment.Previous.Next = segment.Next;
        if (segment.Next is null) Last = segment.Previous;
        else segment.Next.Previous = segment.Previous;
        segment.Next = segment.Previous = null;
    }

    /// <summary>The first unsent one has been sent.</summary>
    public void Advance() => FirstUnsent = FirstUnsent!.Next;
}
