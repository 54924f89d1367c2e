namespace Slipway.Sockets;

/// <summary>A record of a response that is understood: an address, or the name that a CNAME or PTR points to.</summary>
internal readonly record struct DnsRecord(string Owner, DnsRecordType Type, InetAddress Address, string? Target);
