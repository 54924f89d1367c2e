namespace Slipway.Sockets;

/// <summary>An address of an interface.</summary>
/// <param name="Address">The address; port 0.</param>
/// <param name="PrefixLength">Bits of the network part.</param>
public readonly record struct InterfaceAddress(InetAddress Address, int PrefixLength);
