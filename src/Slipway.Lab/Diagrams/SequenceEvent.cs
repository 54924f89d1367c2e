namespace Slipway.Lab;

/// <summary>A packet in a <see cref="SequenceDiagram"/>.</summary>
/// <param name="IsForth">Whether it went from the link's first end to the second.</param>
/// <param name="Sent">When its sender sent it, since the diagram's beginning.</param>
/// <param name="Text">What it is: <c>[P.] seq 1 len 2 ack 1 "el"</c>.</param>
public sealed record SequenceEvent(bool IsForth, TimeSpan Sent, string Text)
{
    /// <summary>When it arrived at the other end; null if it was lost, or changed, or is still on its way.</summary>
    public TimeSpan? Arrived { get; internal set; }

    /// <summary>The segment; null for what is not TCP.</summary>
    public SequenceSegment? Segment { get; init; }
}
