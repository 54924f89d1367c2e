namespace Slipway.Sockets;

/// <summary>A network: struct netent (getnetent(3), networks(5)).</summary>
/// <param name="Name">n_name.</param>
/// <param name="Aliases">n_aliases.</param>
/// <param name="Family">n_addrtype: always AF_INET.</param>
/// <param name="Number">n_net in host order, with its trailing zero bytes: 10.7 is 0x0a070000.</param>
public sealed record NetworkEntry(string Name, IReadOnlyList<string> Aliases, AddressFamily Family, uint Number);
