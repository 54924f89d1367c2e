using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What control messages tell of the headers of a packet: of one that was received, of an ICMP error, or of one that was sent.</summary>
internal readonly ref struct HeaderFacts
{
    /// <summary>From the IP header to the header of the transport.</summary>
    public required ReadOnlySpan<byte> Headers { get; init; }

    public required int InterfaceIndex { get; init; }

    /// <summary>Where an answer would come from (ipi_spec_dst).</summary>
    public IpAddress LocalAddress { get; init; }

    /// <summary>What stands where transports have the destination port; -1 if nothing does.</summary>
    public required int Port { get; init; }

    /// <summary>Bytes of the largest fragment; 0 if it came whole.</summary>
    public int LargestFragment { get; init; }

    /// <summary>The sum of all bytes behind the headers, where somebody has made it; -1 elsewhere.</summary>
    public long Sum { get; init; }

    public bool IsIPv4 => Headers[0] >> 4 == 4;

    public IpAddress Destination => IsIPv4 ? IpAddress.ReadIPv4(Headers[16..]) : IpAddress.ReadIPv6(Headers[24..]);

    /// <summary>Options of IPv4.</summary>
    public ReadOnlySpan<byte> Options => Headers[Ipv4Header.MinimumLength..];
}
