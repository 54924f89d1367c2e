namespace Slipway.Sockets;

/// <summary>The filter that a socket has for a multicast group.</summary>
/// <param name="Mode">What the list means.</param>
/// <param name="Sources">The sources; their ports are 0.</param>
public sealed record MulticastSourceFilter(MulticastFilterMode Mode, IReadOnlyList<InetAddress> Sources);
