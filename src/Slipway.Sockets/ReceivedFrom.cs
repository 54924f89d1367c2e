namespace Slipway.Sockets;

/// <summary>What <see cref="Socket.ReceiveFromAsync"/> gives.</summary>
/// <param name="Count">Bytes received.</param>
/// <param name="From">The source address.</param>
public readonly record struct ReceivedFrom(int Count, InetAddress From);
