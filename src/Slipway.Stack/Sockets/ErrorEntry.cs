using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A message in the error queue of a socket (MSG_ERRQUEUE).</summary>
internal sealed class ErrorEntry
{
    public required Errno Error { get; init; }

    /// <summary>SO_EE_ORIGIN_LOCAL, _ICMP or _ICMP6.</summary>
    public required byte Origin { get; init; }

    public byte Type { get; init; }

    public byte Code { get; init; }

    public uint Info { get; init; }

    /// <summary>Who sent the error; unspecified for a local one.</summary>
    public IpAddress Offender { get; init; }

    /// <summary>Where the datagram in question was sent to.</summary>
    public required IpAddress Destination { get; init; }

    public required ushort Port { get; init; }

    /// <summary>What was quoted of its payload.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>The interface that the error came by; 0 for a local one.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>Whether the datagram in question travelled in IPv4.</summary>
    public bool IsIPv4 => Origin == ExtendedSocketError.OriginIcmp || Destination.IsIPv4;

    public bool IsIcmp => Origin is ExtendedSocketError.OriginIcmp or ExtendedSocketError.OriginIcmp6;
}
