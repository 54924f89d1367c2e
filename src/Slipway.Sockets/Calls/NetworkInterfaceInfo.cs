namespace Slipway.Sockets;

/// <summary>An interface of the host, as if_nameindex and getifaddrs list them.</summary>
/// <param name="Index">The index, from 1.</param>
/// <param name="Name">The name, at most 15 bytes.</param>
/// <param name="Mtu">Largest IP packet in bytes.</param>
/// <param name="IsUp">IFF_UP.</param>
/// <param name="IsLoopback">IFF_LOOPBACK.</param>
/// <param name="Addresses">Its addresses with their prefix lengths.</param>
public sealed record NetworkInterfaceInfo(int Index, string Name, int Mtu, bool IsUp, bool IsLoopback, IReadOnlyList<InterfaceAddress> Addresses);
