using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What the coalescer has read from the headers of a TCP segment.</summary>
internal readonly struct SegmentKey
{
    private const int SequenceOffset = 4, FlagsOffset = 13, ChecksumOffset = 16;

    private SegmentKey(bool isIPv4, int linkHeader, int transportOffset, int headerEnd, int payloadLength, uint sequence, TcpFlags flags)
    {
        IsIPv4 = isIPv4;
        LinkHeader = linkHeader;
        TransportOffset = transportOffset;
        HeaderEnd = headerEnd;
        PayloadLength = payloadLength;
        Sequence = sequence;
        IsPushed = (flags & TcpFlags.Psh) != 0;
    }

    public bool IsIPv4 { get; }

    public int LinkHeader { get; }

    /// <summary>Bytes before the TCP header.</summary>
    public int TransportOffset { get; }

    /// <summary>Bytes before the payload.</summary>
    public int HeaderEnd { get; }

    public int PayloadLength { get; }

    public uint Sequence { get; }

    public bool IsPushed { get; }

    /// <summary>Reads a packet's headers; of one that may be joined, verifies the checksums too, and notes it in the packet.</summary>
    public static SegmentKind Read(PacketBuffer packet, int linkHeader, out SegmentKey key)
    {
        key = default;
        ReadOnlySpan<byte> bytes = packet.Span;
        if (bytes.Length <= linkHeader || packet.SegmentSize != 0) return SegmentKind.Unclear;
        if (linkHeader != 0 && (EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]) is not (EtherType.Ipv4 or EtherType.Ipv6)) return SegmentKind.Other;
        ReadOnlySpan<byte> ip = bytes[linkHeader..];
        bool isIPv4 = ip[0] >> 4 == 4;
        int networkLength = isIPv4 ? Ipv4Header.MinimumLength : Ipv6Header.Length;
        SegmentKind kind = isIPv4 ? ReadIPv4(ip) : ReadIPv6(ip);
        if (kind != SegmentKind.Data) return kind;
        ReadOnlySpan<byte> tcp = ip[networkLength..];
        int length = tcp.Length < TcpHeader.MinimumLength ? 0 : (tcp[12] >> 4) * 4;
        if (length < TcpHeader.MinimumLength || length > tcp.Length) return SegmentKind.Unclear;
        var flags = (TcpFlags)tcp[FlagsOffset];
        int transportOffset = linkHeader + networkLength, payload = tcp.Length - length;
        key = new SegmentKey(isIPv4, linkHeader, transportOffset, transportOffset + length, payload, BinaryPrimitives.ReadUInt32BigEndian(tcp[SequenceOffset..]), flags);
        bool isPlain = payload > 0 && (flags & ~TcpFlags.Psh) == TcpFlags.Ack;
        return isPlain && Verify(packet, ip, tcp, isIPv4) ? SegmentKind.Data : SegmentKind.Single;
    }

    /// <summary>Whether another segment is between the same sockets.</summary>
    /// <param name="mine">The packet of this key.</param>
    /// <param name="others">The other's.</param>
    /// <param name="other">The other's key.</param>
    public bool IsSameFlow(ReadOnlySpan<byte> mine, ReadOnlySpan<byte> others, in SegmentKey other)
    {
        if (IsIPv4 != other.IsIPv4) return false;
        int addresses = LinkHeader + (IsIPv4 ? 12 : 8), end = TransportOffset + 4;
        return mine[addresses..end].SequenceEqual(others[addresses..end]);
    }

    /// <summary>Whether another segment's headers are what cutting would write: all is the same but length, checksums, sequence number and PSH, and an identification that counts up.</summary>
    /// <param name="mine">The packet of this key, the first of the chain.</param>
    /// <param name="others">The other's.</param>
    /// <param name="other">The other's key.</param>
    /// <param name="number">How many segments come before the other.</param>
    public bool HasSameHeaders(ReadOnlySpan<byte> mine, ReadOnlySpan<byte> others, in SegmentKey other, int number)
    {
        if (HeaderEnd != other.HeaderEnd || !mine[..LinkHeader].SequenceEqual(others[..LinkHeader])) return false;
        ReadOnlySpan<byte> ip = mine[LinkHeader..TransportOffset], otherIp = others[LinkHeader..TransportOffset];
        ReadOnlySpan<byte> tcp = mine[TransportOffset..HeaderEnd], otherTcp = others[TransportOffset..HeaderEnd];
        // Acknowledgment, offset; window; urgent pointer and options. The flags are ACK, and PSH or not.
        return (IsIPv4 ? IsNextIPv4(ip, otherIp, number) : ip[..4].SequenceEqual(otherIp[..4]) && ip[6..8].SequenceEqual(otherIp[6..8]))
            && tcp[8..FlagsOffset].SequenceEqual(otherTcp[8..FlagsOffset])
            && tcp[14..ChecksumOffset].SequenceEqual(otherTcp[14..ChecksumOffset])
            && tcp[18..].SequenceEqual(otherTcp[18..]);
    }

    /// <summary>Makes the joined packet one that stands for several: lengths, and a partial checksum.</summary>
    public void Complete(PacketBuffer packet, int segmentSize)
    {
        Span<byte> ip = packet.Span[LinkHeader..];
        int transport = packet.Length - TransportOffset;
        IpAddress source, destination;
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
            Ipv4Output.WriteChecksum(ip[..Ipv4Header.MinimumLength]);
            (source, destination) = (IpAddress.ReadIPv4(ip[12..]), IpAddress.ReadIPv4(ip[16..]));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)transport);
            (source, destination) = (IpAddress.ReadIPv6(ip[8..]), IpAddress.ReadIPv6(ip[24..]));
        }
        ushort sum = PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, transport).Value;
        BinaryPrimitives.WriteUInt16BigEndian(packet.Span[(TransportOffset + ChecksumOffset)..], sum);
        packet.TransportOffset = TransportOffset;
        packet.ChecksumOffset = SegmentLayout.TcpChecksumOffset;
        packet.Checksum = PacketChecksum.Partial;
        packet.SegmentSize = segmentSize;
    }

    private static SegmentKind ReadIPv4(ReadOnlySpan<byte> ip)
    {
        if (ip.Length < Ipv4Header.MinimumLength) return SegmentKind.Unclear;
        if ((IpProtocolNumber)ip[9] != IpProtocolNumber.Tcp) return SegmentKind.Other;
        // Without options, whole, and without padding behind it.
        bool isPlain = ip[0] == 0x45 && (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3FFF) == 0 && BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) == ip.Length;
        return isPlain && InternetChecksum.IsValid(ip[..Ipv4Header.MinimumLength]) ? SegmentKind.Data : SegmentKind.Unclear;
    }

    private static SegmentKind ReadIPv6(ReadOnlySpan<byte> ip)
    {
        if (ip.Length < Ipv6Header.Length || ip[0] >> 4 != 6) return SegmentKind.Unclear;
        var next = (IpProtocolNumber)ip[6];
        if (next != IpProtocolNumber.Tcp) return Ipv6ExtensionWalker.IsExtension(next) ? SegmentKind.Unclear : SegmentKind.Other;
        return BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) == ip.Length - Ipv6Header.Length ? SegmentKind.Data : SegmentKind.Unclear;
    }

    private static bool Verify(PacketBuffer packet, ReadOnlySpan<byte> ip, ReadOnlySpan<byte> tcp, bool isIPv4)
    {
        if (packet.Checksum == PacketChecksum.Partial) return false;
        // The other form of 0, which cutting would not write.
        if (BinaryPrimitives.ReadUInt16BigEndian(tcp[ChecksumOffset..]) == 0xFFFF) return false;
        if (packet.Checksum == PacketChecksum.Trusted) return true;
        IpAddress source = isIPv4 ? IpAddress.ReadIPv4(ip[12..]) : IpAddress.ReadIPv6(ip[8..]);
        IpAddress destination = isIPv4 ? IpAddress.ReadIPv4(ip[16..]) : IpAddress.ReadIPv6(ip[24..]);
        if (!PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, tcp.Length).Add(tcp).IsValid) return false;
        packet.Checksum = PacketChecksum.Trusted;
        return true;
    }

    private static bool IsNextIPv4(ReadOnlySpan<byte> first, ReadOnlySpan<byte> other, int number)
    {
        ushort identification = BinaryPrimitives.ReadUInt16BigEndian(first[4..]);
        int expected = SegmentCutter.HasIdentification(first, identification) ? identification + number : 0;
        return first[..2].SequenceEqual(other[..2]) && BinaryPrimitives.ReadUInt16BigEndian(other[4..]) == (ushort)expected && first[6..10].SequenceEqual(other[6..10]);
    }
}
