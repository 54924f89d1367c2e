using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>A TCP segment that a peer made by hand got.</summary>
/// <param name="Flags">FIN 1, SYN 2, RST 4, PSH 8, ACK 16.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Acknowledgment">What it acknowledges.</param>
/// <param name="Window">The window, unscaled.</param>
/// <param name="Payload">Bytes of data.</param>
/// <param name="Offload">Whether it stands for several, and how long these are.</param>
public sealed record HandMadeSegment(byte Flags, uint Sequence, uint Acknowledgment, ushort Window, int Payload, VirtioNetHeader Offload);
