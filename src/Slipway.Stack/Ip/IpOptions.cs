using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a socket adds to each IP header: IPv4 options (IP_OPTIONS), or IPv6 extension headers (RFC 3542). Immutable, so it is shared freely.</summary>
public sealed class IpOptions
{
    /// <summary>Most bytes of IPv4 options.</summary>
    public const int MaxIpv4Length = 40;

    /// <summary>IPv4 option bytes, a multiple of four and at most 40; a source route without its first hop.</summary>
    public ReadOnlyMemory<byte> Ipv4 { get; init; }

    /// <summary>The first hop of a source route, unspecified without one: it goes into the header as the destination, and the final destination stands last in the option. The route must be asked for with this address, and for a strict source route with <see cref="FlowKey.DontRoute"/>.</summary>
    public IpAddress FirstHop { get; init; }

    /// <summary>IPv6 hop-by-hop options header, whole (a multiple of eight bytes); its first byte is filled in.</summary>
    public ReadOnlyMemory<byte> HopByHop { get; init; }

    /// <summary>IPv6 destination options for the final destination, whole; its first byte is filled in.</summary>
    public ReadOnlyMemory<byte> DestinationOptions { get; init; }

    /// <summary>IPv4 options as the program gave them, where they differ: a source route with its first hop.</summary>
    internal ReadOnlyMemory<byte> Given { get; init; }

    /// <summary>Where in the options the source route stands; -1 without one.</summary>
    internal int RouteOffset { get; init; } = -1;

    /// <summary>The source route is a strict one: each hop is on the link of the one before.</summary>
    internal bool IsStrict { get; init; }

    /// <summary>The sender writes itself into a recorded route, or the time (Linux ip_options_build).</summary>
    internal bool RecordsSender { get; init; }

    /// <summary>Every packet has options of its own, made of these by <see cref="Ipv4SocketOptions.ForPacket"/>.</summary>
    internal bool IsPerPacket => RouteOffset >= 0 || RecordsSender;

    /// <summary>Bytes that they add to each header.</summary>
    internal int Length => Ipv4.Length + HopByHop.Length + DestinationOptions.Length;
}
