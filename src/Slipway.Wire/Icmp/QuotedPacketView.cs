using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>The packet that an ICMP error quotes, IPv4 or IPv6, as far as it is there: enough to find the socket that sent it.</summary>
public readonly ref struct QuotedPacketView
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _transportOffset;

    private QuotedPacketView(ReadOnlySpan<byte> bytes, int transportOffset, IpAddress source, IpAddress destination, IpProtocolNumber protocol, bool isLaterFragment)
    {
        _bytes = bytes;
        _transportOffset = transportOffset;
        Source = source;
        Destination = destination;
        Protocol = protocol;
        IsLaterFragment = isLaterFragment;
    }

    /// <summary>Source of the quoted packet: the receiver of the error, if it is genuine.</summary>
    public IpAddress Source { get; }

    /// <summary>Where the quoted packet went.</summary>
    public IpAddress Destination { get; }

    /// <summary>Its upper protocol, behind any extension headers.</summary>
    public IpProtocolNumber Protocol { get; }

    /// <summary>Whether it is a fragment that is not the first: there is no upper header in it.</summary>
    public bool IsLaterFragment { get; }

    /// <summary>The whole quotation, from the IP header on.</summary>
    public ReadOnlySpan<byte> Packet => _bytes;

    /// <summary>What is there of the upper header and its payload.</summary>
    public ReadOnlySpan<byte> Transport => _bytes[_transportOffset..];

    /// <summary>Whether the eight bytes are there that RFC 792 promises: both ports and TCP's sequence number, or the ICMP identifier.</summary>
    public bool HasTransport => !IsLaterFragment && Transport.Length >= 8;

    /// <summary>Source port of UDP or TCP; 0 without <see cref="HasTransport"/>.</summary>
    public ushort SourcePort => ReadUInt16(0);

    /// <summary>Destination port of UDP or TCP; 0 without <see cref="HasTransport"/>.</summary>
    public ushort DestinationPort => ReadUInt16(2);

    /// <summary>Sequence number of TCP: an error is believed only if it was in flight (RFC 5927 §4.1). 0 without <see cref="HasTransport"/>.</summary>
    public uint TcpSequence => HasTransport ? BinaryPrimitives.ReadUInt32BigEndian(Transport[4..]) : 0;

    /// <summary>Identifier of an ICMP echo of either family; 0 without <see cref="HasTransport"/>.</summary>
    public ushort EchoIdentifier => ReadUInt16(4);

    /// <summary>Validates a quotation. Its IP header, and for IPv6 every extension header it begins, must be whole.</summary>
    /// <param name="bytes">The payload of an ICMP error.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error">As of the IP header.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out QuotedPacketView view, out WireError error)
        => !bytes.IsEmpty && bytes[0] >> 4 == 6 ? TryParseIPv6(bytes, out view, out error) : TryParseIPv4(bytes, out view, out error);

    private static bool TryParseIPv4(ReadOnlySpan<byte> bytes, out QuotedPacketView view, out WireError error)
    {
        view = default;
        if (!Ipv4View.TryParseQuoted(bytes, out Ipv4View ip, out error)) return false;
        view = new QuotedPacketView(ip.Packet, ip.HeaderLength, ip.Source, ip.Destination, ip.Protocol, ip.FragmentOffset != 0);
        return true;
    }

    private static bool TryParseIPv6(ReadOnlySpan<byte> bytes, out QuotedPacketView view, out WireError error)
    {
        view = default;
        if (!Ipv6View.TryParseQuoted(bytes, out Ipv6View ip, out error)) return false;
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        walker.MoveToEnd();
        error = walker.Error;
        if (error != WireError.None) return false;
        view = new QuotedPacketView(ip.Packet, Ipv6Header.Length + walker.NextOffset, ip.Source, ip.Destination, walker.Next, walker.IsLaterFragment);
        return true;
    }

    private ushort ReadUInt16(int offset) => HasTransport ? BinaryPrimitives.ReadUInt16BigEndian(Transport[offset..]) : (ushort)0;
}
