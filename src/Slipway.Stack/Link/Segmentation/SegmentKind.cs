namespace Slipway.Stack;

/// <summary>What the coalescer makes of a packet.</summary>
internal enum SegmentKind
{
    /// <summary>No TCP: it overtakes what waits.</summary>
    Other,

    /// <summary>Perhaps TCP of any flow (a fragment, behind extension headers): nothing may wait longer.</summary>
    Unclear,

    /// <summary>TCP that goes on alone, behind what waits of its flow.</summary>
    Single,

    /// <summary>An undamaged TCP segment with data and without anything out of the way: it may be joined with others.</summary>
    Data,
}
