namespace Slipway.Sockets;

/// <summary>The address that this host would send from, to a certain destination.</summary>
/// <param name="Address">The source address.</param>
/// <param name="PrefixLength">Bits of the network that it belongs to.</param>
public readonly record struct SourceAddress(InetAddress Address, int PrefixLength);
