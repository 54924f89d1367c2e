using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>A TCP segment in a <see cref="SequenceDiagram"/>.</summary>
/// <param name="SourcePort">Sender's port.</param>
/// <param name="DestinationPort">Receiver's port.</param>
/// <param name="Flags">Control bits.</param>
/// <param name="Sequence">Sequence number counted from the SYN, which is 0; the first byte of data is 1. Where the SYN was not seen, the first segment seen is 1.</param>
/// <param name="Length">Bytes of data.</param>
/// <param name="Acknowledgment">Acknowledgment number, counted as the peer's sequence numbers are; 0 without ACK.</param>
/// <param name="Window">The window field, not scaled.</param>
public sealed record SequenceSegment(ushort SourcePort, ushort DestinationPort, TcpFlags Flags, uint Sequence, int Length, uint Acknowledgment, ushort Window);
