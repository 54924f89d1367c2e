using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Cuts a packet that stands for several (<see cref="PacketBuffer.SegmentSize"/>) into the packets that the wire would carry, as the kernel's
/// tcp_gso_segment, __udp_gso_segment and inet_gso_segment do.
/// </summary>
/// <remarks>
/// <para>Each piece has all headers. Of TCP, the sequence number goes on; FIN and PSH stand on the last piece alone, CWR on the first (RFC 3168 §6.1.2). Of IPv4, the
/// identification counts up, but stays 0 in packets that may not be fragmented, which need none (RFC 6864 §4).</para>
/// <para>The pieces are made one by one, so that one which is sent at once leaves its memory, still warm, to the next. Whoever pays for the packet pays until the last piece is gone.</para>
/// </remarks>
internal ref struct SegmentCutter
{
    private readonly PacketPool _pool;
    private readonly SegmentLayout _layout;
    private readonly int _linkHeader, _size;
    private readonly bool _complete;
    private readonly ushort _pseudoHeader;
    private PacketBuffer? _packet;
    private int _at;

    /// <summary>Begins to cut. Ownership moves.</summary>
    /// <param name="packet">The packet, with a partial checksum, in its link header.</param>
    /// <param name="linkHeader">Bytes before the IP header.</param>
    /// <param name="complete">Whether pieces get real checksums; otherwise partial ones.</param>
    public SegmentCutter(PacketBuffer packet, int linkHeader, bool complete)
    {
        _pool = packet.Pool;
        _linkHeader = linkHeader;
        _size = packet.SegmentSize;
        _complete = complete;
        ReadOnlySpan<byte> bytes = packet.Span;
        if (packet.Checksum != PacketChecksum.Partial || bytes.Length < linkHeader || !SegmentLayout.TryParse(bytes[linkHeader..], out _layout))
        {
            packet.Release();
            return;
        }
        _packet = packet;
        Debug.Assert(packet.ChecksumOffset == _layout.ChecksumOffset, "The checksum is not the transport's.");
        // The length in the pseudo header is the whole packet's: taken out here, each piece puts in its own.
        int transport = linkHeader + _layout.TransportOffset;
        _pseudoHeader = Add(BinaryPrimitives.ReadUInt16BigEndian(bytes[(transport + packet.ChecksumOffset)..]), (ushort)~(bytes.Length - transport));
    }

    /// <summary>Whether the packet could be cut. If not, it has been released.</summary>
    public readonly bool IsValid => _packet is not null;

    /// <summary>Makes the next piece; ownership moves to the caller, who must take all of them.</summary>
    /// <returns>False when there are no more, and at once where the packet is none that can be cut.</returns>
    public bool TryNext([NotNullWhen(true)] out PacketBuffer? piece)
    {
        piece = null;
        if (_packet is not { } packet) return false;
        int headers = _linkHeader + _layout.HeaderLength, payload = packet.Length - headers;
        if (payload <= _size)
        {
            // Short enough for one: it is its own only piece.
            packet.SegmentSize = 0;
            if (_complete) packet.CompleteChecksum();
            piece = packet;
            _packet = null;
            return true;
        }
        int length = Math.Min(_size, payload - _at);
        piece = Cut(packet, headers, length);
        _at += length;
        if (_at < payload) return true;
        if (packet.TakeCharge(out int charge) is { } account) piece.Charge(account, charge);
        packet.Release();
        _packet = null;
        return true;
    }

    private readonly PacketBuffer Cut(PacketBuffer packet, int headers, int length)
    {
        PacketBuffer piece = _pool.Rent(headers + length);
        ReadOnlySpan<byte> whole = packet.Span;
        Span<byte> bytes = piece.Span;
        whole[..headers].CopyTo(bytes);
        ReadOnlySpan<byte> payload = whole.Slice(headers + _at, length);
        PartialSum sum = PartialSum.Zero;
        if (_complete) sum = InternetChecksum.CopyAndSum(payload, bytes[headers..]);
        else payload.CopyTo(bytes[headers..]);
        WriteNetworkHeader(bytes[_linkHeader..headers], length);
        Span<byte> transport = bytes[(_linkHeader + _layout.TransportOffset)..headers];
        if (_layout.Protocol == IpProtocolNumber.Tcp) WriteTcpHeader(transport, isLast: headers + _at + length == whole.Length);
        else BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)(transport.Length + length));
        WriteChecksum(transport, packet.ChecksumOffset, length, sum);
        piece.NetworkOffset = _linkHeader;
        piece.TransportOffset = _linkHeader + _layout.TransportOffset;
        piece.ChecksumOffset = packet.ChecksumOffset;
        piece.Checksum = _complete ? PacketChecksum.Unverified : PacketChecksum.Partial;
        piece.Destination = packet.Destination;
        piece.Device = packet.Device;
        piece.ReceivedAt = packet.ReceivedAt;
        piece.Mark = packet.Mark;
        piece.Priority = packet.Priority;
        return piece;
    }

    private readonly void WriteNetworkHeader(Span<byte> header, int length)
    {
        if (!_layout.IsIPv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(_layout.HeaderLength - Ipv6Header.Length + length));
            return;
        }
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(_layout.HeaderLength + length));
        ushort identification = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        if (HasIdentification(header, identification)) BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(identification + _at / _size));
        Ipv4Output.WriteChecksum(header[.._layout.TransportOffset]);
    }

    /// <summary>Whether the identification means something: not where it is 0 in a packet that may not be fragmented.</summary>
    internal static bool HasIdentification(ReadOnlySpan<byte> header, ushort identification) => identification != 0 || (header[6] & 0x40) == 0;

    private readonly void WriteTcpHeader(Span<byte> header, bool isLast)
    {
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], BinaryPrimitives.ReadUInt32BigEndian(header[4..]) + (uint)_at);
        var flags = (TcpFlags)header[13];
        if (!isLast) flags &= ~(TcpFlags.Fin | TcpFlags.Psh);
        if (_at > 0) flags &= ~TcpFlags.Cwr;
        header[13] = (byte)flags;
    }

    private readonly void WriteChecksum(Span<byte> transport, int offset, int length, PartialSum payload)
    {
        Span<byte> field = transport.Slice(offset, 2);
        BinaryPrimitives.WriteUInt16BigEndian(field, Add(_pseudoHeader, (ushort)(transport.Length + length)));
        if (!_complete) return;
        ushort sum = PartialSum.Zero.Add(transport).Append(payload).Checksum;
        // As in PacketBuffer.CompleteChecksum: 0 would mean that UDP has no checksum.
        BinaryPrimitives.WriteUInt16BigEndian(field, sum == 0 && offset == SegmentLayout.UdpChecksumOffset ? (ushort)0xFFFF : sum);
    }

    /// <summary>Adds in ones' complement.</summary>
    private static ushort Add(ushort left, ushort right)
    {
        uint sum = (uint)left + right;
        return (ushort)(sum + (sum >> 16));
    }
}
