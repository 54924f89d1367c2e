namespace Slipway.Sockets;

/// <summary>A destination that might be used, and the source address that would serve it.</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Source">Where from; null where the destination cannot be reached.</param>
public readonly record struct AddressCandidate(InetAddress Destination, SourceAddress? Source);
