using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>One neighbour discovery option, as <see cref="NeighborOptionsView"/> enumerates it. The typed getters say no to an option of another kind or a wrong length.</summary>
public readonly ref struct NeighborOption
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal NeighborOption(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What it is.</summary>
    public NeighborOptionKind Kind => (NeighborOptionKind)_bytes[0];

    /// <summary>All its bytes, type and length included: a multiple of 8.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The bytes after type and length.</summary>
    public ReadOnlySpan<byte> Data => _bytes[2..];

    /// <summary>The Ethernet address of a source or target link address option (RFC 4861 §4.6.1, RFC 2464 §6).</summary>
    public bool TryGetLinkAddress(out MacAddress address)
    {
        bool fits = Kind is NeighborOptionKind.SourceLinkAddress or NeighborOptionKind.TargetLinkAddress && _bytes.Length == 8;
        address = fits ? MacAddress.Read(_bytes[2..]) : default;
        return fits;
    }

    /// <summary>The contents of a prefix information option.</summary>
    public bool TryGetPrefix(out PrefixInformation prefix)
    {
        prefix = default;
        return Kind == NeighborOptionKind.PrefixInformation && PrefixInformation.TryRead(_bytes, out prefix);
    }

    /// <summary>The MTU in bytes of an MTU option (RFC 4861 §4.6.4). It comes from the network and may be anything.</summary>
    public bool TryGetMtu(out uint mtu)
    {
        bool fits = Kind == NeighborOptionKind.Mtu && _bytes.Length == 8;
        mtu = fits ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]) : 0;
        return fits;
    }

    /// <summary>The start of the packet that caused a redirect (RFC 4861 §4.6.3), possibly with padding behind.</summary>
    public bool TryGetRedirectedHeader(out ReadOnlySpan<byte> packet)
    {
        bool fits = Kind == NeighborOptionKind.RedirectedHeader;
        packet = fits ? _bytes[8..] : default;
        return fits;
    }

    /// <summary>The resolvers of a recursive DNS server option (RFC 8106 §5.1).</summary>
    /// <param name="lifetime">Seconds that they may be used; 0xFFFFFFFF is for ever, 0 not any more.</param>
    /// <param name="addresses">IPv6 addresses of 16 bytes each, one or more.</param>
    public bool TryGetRecursiveDnsServers(out uint lifetime, out ReadOnlySpan<byte> addresses)
    {
        bool fits = Kind == NeighborOptionKind.RecursiveDnsServer && _bytes.Length >= 24 && _bytes.Length % 16 == 8;
        lifetime = fits ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]) : 0;
        addresses = fits ? _bytes[8..] : default;
        return fits;
    }
}
