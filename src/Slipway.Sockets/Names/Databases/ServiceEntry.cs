namespace Slipway.Sockets;

/// <summary>A service over one protocol: struct servent (getservent(3), services(5)).</summary>
/// <param name="Name">s_name.</param>
/// <param name="Aliases">s_aliases.</param>
/// <param name="Port">s_port, in host order here; C keeps it in network order.</param>
/// <param name="Protocol">s_proto: <c>tcp</c>, <c>udp</c>; empty where the line gives none.</param>
public sealed record ServiceEntry(string Name, IReadOnlyList<string> Aliases, ushort Port, string Protocol);
