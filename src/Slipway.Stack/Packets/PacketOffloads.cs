using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>struct virtio_net_hdr of packets: what is still to be done to them, told and taken (Linux virtio_net_hdr_from_skb, virtio_net_hdr_to_skb).</summary>
internal static class PacketOffloads
{
    /// <summary>What a program that receives the packet is told. Borrowed.</summary>
    public static VirtioNetHeader Describe(PacketBuffer packet)
    {
        if (packet.Checksum == PacketChecksum.Trusted) return new VirtioNetHeader(VirtioNetHeader.DataValid, 0, 0, 0, 0, 0);
        if (packet.Checksum != PacketChecksum.Partial) return default;
        int transport = packet.TransportOffset;
        // The filter may have cut what the sum is over.
        var header = new VirtioNetHeader(VirtioNetHeader.NeedsChecksum, 0, 0, 0, (ushort)transport, (ushort)packet.ChecksumOffset);
        if (packet.SegmentSize == 0 || transport + TcpHeader.MinimumLength > packet.Length) return header;
        bool isTcp = packet.ChecksumOffset == SegmentLayout.TcpChecksumOffset;
        int transportLength = isTcp ? (packet.Span[transport + 12] >> 4) * 4 : UdpHeader.Length;
        bool isIPv4 = packet.HasNetworkOffset ? packet.FromNetworkHeader[0] >> 4 == 4 : packet.Span[transport - Ipv4Header.MinimumLength] >> 4 == 4;
        return header with
        {
            Segmentation = !isTcp ? VirtioNetHeader.Udp : isIPv4 ? VirtioNetHeader.TcpOverIPv4 : VirtioNetHeader.TcpOverIPv6,
            HeaderLength = (ushort)(transport + transportLength),
            SegmentSize = (ushort)packet.SegmentSize,
        };
    }

    /// <summary>Has a packet that a program sends be what its header says.</summary>
    /// <param name="packet">From the link header on.</param>
    /// <param name="network">Where in it the network header begins.</param>
    /// <param name="header">What the program says.</param>
    /// <returns>EINVAL where the packet cannot be that.</returns>
    public static Errno Apply(PacketBuffer packet, int network, in VirtioNetHeader header)
    {
        bool needsChecksum = (header.Flags & VirtioNetHeader.NeedsChecksum) != 0;
        if (needsChecksum)
        {
            int start = header.ChecksumStart;
            if (start + header.ChecksumOffset + sizeof(ushort) > packet.Length || start < network + Ipv4Header.MinimumLength) return Errno.EINVAL;
            packet.TransportOffset = start;
            packet.ChecksumOffset = header.ChecksumOffset;
            packet.Checksum = PacketChecksum.Partial;
        }
        if (header.Segmentation == 0) return Errno.None;
        return header.SegmentSize == 0 || packet.Length < network ? Errno.EINVAL : ApplySegmentation(packet, network, header);
    }

    private static Errno ApplySegmentation(PacketBuffer packet, int network, in VirtioNetHeader header)
    {
        ReadOnlySpan<byte> ip = packet.Span[network..];
        if (ip.Length > Ipv4Header.MaximumPacketLength || !SegmentLayout.TryParse(ip, out SegmentLayout layout) || !IsOfType(layout, header.Segmentation)) return Errno.EINVAL;
        int transport = network + layout.TransportOffset;
        if (packet.Checksum != PacketChecksum.Partial) MakePartial(packet, transport, layout);
        else if (packet.TransportOffset != transport || packet.ChecksumOffset != layout.ChecksumOffset) return Errno.EINVAL;
        // What is short enough for one is one.
        if (ip.Length - layout.HeaderLength > header.SegmentSize) packet.SegmentSize = header.SegmentSize;
        return Errno.None;
    }

    private static bool IsOfType(in SegmentLayout layout, byte type) => (type & ~VirtioNetHeader.CongestionBit) switch
    {
        VirtioNetHeader.TcpOverIPv4 => layout is { IsIPv4: true, Protocol: IpProtocolNumber.Tcp },
        VirtioNetHeader.TcpOverIPv6 => layout is { IsIPv4: false, Protocol: IpProtocolNumber.Tcp },
        VirtioNetHeader.Udp => layout.Protocol == IpProtocolNumber.Udp,
        _ => false,
    };

    private static void MakePartial(PacketBuffer packet, int transport, in SegmentLayout layout)
    {
        Span<byte> bytes = packet.Span;
        ReadOnlySpan<byte> ip = bytes[(transport - layout.TransportOffset)..];
        IpAddress source = layout.IsIPv4 ? IpAddress.ReadIPv4(ip[12..]) : IpAddress.ReadIPv6(ip[8..]);
        IpAddress destination = layout.IsIPv4 ? IpAddress.ReadIPv4(ip[16..]) : IpAddress.ReadIPv6(ip[24..]);
        PartialSum sum = PartialSum.PseudoHeader(source, destination, layout.Protocol, bytes.Length - transport);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(transport + layout.ChecksumOffset)..], sum.Value);
        packet.TransportOffset = transport;
        packet.ChecksumOffset = layout.ChecksumOffset;
        packet.Checksum = PacketChecksum.Partial;
    }
}
