using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A message in the error queue of a socket (MSG_ERRQUEUE).</summary>
internal sealed class ErrorEntry
{
    public required Errno Error { get; init; }

    /// <summary>SO_EE_ORIGIN_LOCAL, _ICMP, _ICMP6, _TIMESTAMPING or _ZEROCOPY.</summary>
    public required byte Origin { get; init; }

    public byte Type { get; init; }

    public byte Code { get; init; }

    public uint Info { get; init; }

    /// <summary>ee_data.</summary>
    public uint Data { get; set; }

    /// <summary>When it happened, by the loop's clock; -1 where nobody noted it.</summary>
    public long At { get; init; } = -1;

    /// <summary>The IP header of the packet that it is about, of the ICMP message with options and extension headers, or of what was sent without; null if there is none to tell of.</summary>
    public byte[]? Header { get; init; }

    /// <summary>What IP_RECVORIGDSTADDR tells for a port; -1 for nothing.</summary>
    public int HeaderPort { get; init; } = -1;

    /// <summary>Bytes of the largest fragment that the ICMP message came in; 0 if it came whole.</summary>
    public int LargestFragment { get; init; }

    /// <summary>What IP_CHECKSUM tells; -1 for nothing.</summary>
    public long Sum { get; init; } = -1;

    /// <summary>Who sent the error; unspecified for a local one.</summary>
    public IpAddress Offender { get; init; }

    /// <summary>Where the datagram in question was sent to.</summary>
    public required IpAddress Destination { get; init; }

    public required ushort Port { get; init; }

    /// <summary>What was quoted of its payload.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>Whether the payload is statistics of the connection (SOF_TIMESTAMPING_OPT_STATS), which a control message tells too.</summary>
    public bool HasStatistics { get; init; }

    /// <summary>The interface that the error came by; 0 for a local one.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>Whether the datagram in question travelled in IPv4.</summary>
    public bool IsIPv4 => Origin == ExtendedSocketError.OriginIcmp || Destination.IsIPv4;

    /// <summary>Whether it says that memory is free again (MSG_ZEROCOPY).</summary>
    public bool IsCompletion => Origin == ExtendedSocketError.OriginZeroCopy;

    /// <summary>Whether the address of the datagram in question is told with it.</summary>
    public bool HasAddress => Origin is ExtendedSocketError.OriginLocal or ExtendedSocketError.OriginIcmp or ExtendedSocketError.OriginIcmp6 || Port != 0;

    public bool IsIcmp => Origin is ExtendedSocketError.OriginIcmp or ExtendedSocketError.OriginIcmp6;
}
