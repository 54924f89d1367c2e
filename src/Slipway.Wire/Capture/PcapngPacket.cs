namespace Slipway.Wire;

/// <summary>A packet of a capture.</summary>
/// <param name="Interface">Where it was captured.</param>
/// <param name="Timestamp">Nanoseconds since 1970-01-01 UTC, or the beginning that the writer chose; 0 for a simple packet block, which has none.</param>
/// <param name="Data">The bytes kept. They stay valid after the reader has gone on.</param>
/// <param name="OriginalLength">Bytes that the packet had on the wire.</param>
/// <param name="Comment">A remark; of several the first. Null if there is none.</param>
public sealed record PcapngPacket(PcapngInterface Interface, long Timestamp, ReadOnlyMemory<byte> Data, long OriginalLength, string? Comment);
