using System.Buffers.Binary;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A packet that stands for several, and, written by the header types alone, the packets that it stands for.</summary>
public sealed record SuperPacket
{
    private static readonly IpAddress Source4 = IpAddress.Parse("10.0.0.1"), Destination4 = IpAddress.Parse("10.0.0.2");
    private static readonly IpAddress Source6 = IpAddress.Parse("fd00::1"), Destination6 = IpAddress.Parse("fd00::2");

    public bool IsIPv4 { get; init; } = true;

    public bool IsUdp { get; init; }

    public bool HasEthernet { get; init; }

    public bool DontFragment { get; init; } = true;

    public ushort Identification { get; init; }

    public uint Sequence { get; init; } = 1000;

    public TcpFlags Flags { get; init; } = TcpFlags.Ack;

    public bool HasTimestamps { get; init; } = true;

    /// <summary>An option of IPv4, an extension header of IPv6.</summary>
    public bool HasIpOptions { get; init; }

    public int PayloadLength { get; init; } = 4000;

    public int SegmentSize { get; init; } = 1448;

    public int Count => (PayloadLength + SegmentSize - 1) / SegmentSize;

    public int LinkHeader => HasEthernet ? LinkDevice.EthernetHeaderLength : 0;

    public int NetworkHeader => IsIPv4 ? Ipv4Header.MinimumLength + (HasIpOptions ? 4 : 0) : Ipv6Header.Length + (HasIpOptions ? 8 : 0);

    public int TransportHeader => IsUdp ? UdpHeader.Length : Header(0, 0).Length;

    public int Headers => LinkHeader + NetworkHeader + TransportHeader;

    /// <summary>The packets as the wire carries them, with true checksums.</summary>
    public List<byte[]> Pieces()
    {
        var pieces = new List<byte[]>();
        for (int i = 0; i < Count; i++) pieces.Add(Write(i * SegmentSize, Math.Min(SegmentSize, PayloadLength - i * SegmentSize), i));
        return pieces;
    }

    /// <summary>All in one, with a partial checksum.</summary>
    public PacketBuffer Rent(PacketPool pool)
    {
        byte[] bytes = Write(0, PayloadLength, number: null);
        PacketBuffer packet = pool.RentCopy(bytes);
        packet.NetworkOffset = LinkHeader;
        packet.TransportOffset = LinkHeader + NetworkHeader;
        packet.ChecksumOffset = IsUdp ? 6 : 16;
        packet.Checksum = PacketChecksum.Partial;
        packet.SegmentSize = SegmentSize;
        ushort sum = PartialSum.PseudoHeader(Source, Destination, Protocol, TransportHeader + PayloadLength).Value;
        BinaryPrimitives.WriteUInt16BigEndian(packet.FromTransportHeader[packet.ChecksumOffset..], sum);
        return packet;
    }

    private IpAddress Source => IsIPv4 ? Source4 : Source6;

    private IpAddress Destination => IsIPv4 ? Destination4 : Destination6;

    private IpProtocolNumber Protocol => IsUdp ? IpProtocolNumber.Udp : IpProtocolNumber.Tcp;

    /// <param name="at">First byte of the payload.</param>
    /// <param name="length">Bytes of payload.</param>
    /// <param name="number">Which piece; null for the whole.</param>
    private byte[] Write(int at, int length, int? number)
    {
        byte[] bytes = new byte[Headers + length];
        Span<byte> network = bytes.AsSpan(LinkHeader), transport = network[NetworkHeader..];
        for (int i = 0; i < length; i++) transport[TransportHeader + i] = (byte)((at + i) * 7 + (at + i) / 251);
        if (HasEthernet) new EthernetHeader(LinkFixture.MacB, LinkFixture.MacA, IsIPv4 ? EtherType.Ipv4 : EtherType.Ipv6).Write(bytes);
        if (IsIPv4) WriteIPv4(network, length, number ?? 0);
        else WriteIPv6(network, length);
        if (IsUdp) new UdpHeader(5000, 7, length).Write(transport, Source, Destination);
        else Header(at, number).Write(transport, Source, Destination);
        return bytes;
    }

    private void WriteIPv4(Span<byte> network, int length, int number)
        => new Ipv4Header(Source, Destination, Protocol)
        {
            DontFragment = DontFragment,
            Identification = (ushort)(DontFragment && Identification == 0 ? 0 : Identification + number),
            PayloadLength = TransportHeader + length,
            // A router alert (RFC 2113), so that options go along.
            Options = HasIpOptions ? new byte[] { 148, 4, 0, 0 } : default,
        }.Write(network);

    private void WriteIPv6(Span<byte> network, int length)
    {
        IpProtocolNumber next = HasIpOptions ? IpProtocolNumber.DestinationOptions : Protocol;
        new Ipv6Header(Source, Destination, next) { PayloadLength = NetworkHeader - Ipv6Header.Length + TransportHeader + length, FlowLabel = 0x12345 }.Write(network);
        if (!HasIpOptions) return;
        // Six bytes of padding (RFC 8200 §4.2).
        new byte[] { (byte)Protocol, 0, 1, 4, 0, 0, 0, 0 }.CopyTo(network[Ipv6Header.Length..]);
    }

    private TcpHeader Header(int at, int? number)
    {
        TcpFlags flags = Flags;
        if (number is { } piece)
        {
            if (piece > 0) flags &= ~TcpFlags.Cwr;
            if (piece < Count - 1) flags &= ~(TcpFlags.Fin | TcpFlags.Psh);
        }
        return new TcpHeader(40000, 80, Sequence + (uint)at, 77, flags, 500) { Options = HasTimestamps ? new TcpOptions { Timestamps = new TcpTimestamps(11, 22) } : default };
    }
}
