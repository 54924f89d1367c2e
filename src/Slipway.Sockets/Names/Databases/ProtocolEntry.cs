namespace Slipway.Sockets;

/// <summary>A protocol: struct protoent (getprotoent(3), protocols(5)).</summary>
/// <param name="Name">p_name.</param>
/// <param name="Aliases">p_aliases.</param>
/// <param name="Number">p_proto, in host order.</param>
public sealed record ProtocolEntry(string Name, IReadOnlyList<string> Aliases, int Number);
