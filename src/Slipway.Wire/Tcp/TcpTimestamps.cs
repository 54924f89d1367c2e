namespace Slipway.Wire;

/// <summary>The timestamps option (RFC 7323 §3.2).</summary>
/// <param name="Value">TSval: the sender's clock.</param>
/// <param name="EchoReply">TSecr: the peer's clock as last seen; counts only on segments with ACK.</param>
public readonly record struct TcpTimestamps(uint Value, uint EchoReply);
