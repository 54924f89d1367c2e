using Slipway.Lab;

namespace Slipway.Conformance;

/// <summary>A segment on the wire of <see cref="TimelineHosts"/>.</summary>
/// <param name="IsFromNear">Whether the near host sent it.</param>
/// <param name="At">Milliseconds from time zero to its sending.</param>
/// <param name="Tcp">The segment, its numbers counted from the SYN.</param>
public sealed record TimelineSegment(bool IsFromNear, double At, SequenceSegment Tcp);
