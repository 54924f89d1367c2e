using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A UDP header to build; see <see cref="UdpView"/> for the layout.</summary>
/// <param name="SourcePort">Source port.</param>
/// <param name="DestinationPort">Destination port.</param>
/// <param name="PayloadLength">Bytes after the header.</param>
public readonly record struct UdpHeader(ushort SourcePort, ushort DestinationPort, int PayloadLength)
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    /// <summary>Largest payload over IPv4 without options: 65535 - 20 - 8.</summary>
    public const int MaximumPayloadLengthIPv4 = 65507;

    /// <summary>Largest payload over IPv6 without extension headers: 65535 - 8.</summary>
    public const int MaximumPayloadLengthIPv6 = 65527;

    /// <summary>The checksum that <see cref="Write(Span{byte})"/> puts in: 0 for none.</summary>
    public ushort Checksum { get; init; }

    /// <summary>Writes the header with <see cref="Checksum"/> as it is: for links that need none and for sums made elsewhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">The payload is longer than the length field can say.</exception>
    public void Write(Span<byte> datagram)
    {
        if ((uint)PayloadLength > ushort.MaxValue - Length) throw new InvalidOperationException("The payload is longer than its length field can say.");
        Span<byte> header = datagram[..Length];
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[UdpView.DestinationPortOffset..], DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(header[UdpView.LengthOffset..], (ushort)(Length + PayloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(header[UdpView.ChecksumOffset..], Checksum);
    }

    /// <summary>Writes the header with the checksum of the datagram, whose payload must be in place.</summary>
    /// <param name="datagram">Room for the header, then the payload.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet, of the same family.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than header and payload.</exception>
    public void Write(Span<byte> datagram, IpAddress source, IpAddress destination)
        => Write(datagram, source, destination, PartialSum.Zero.Add(datagram.Slice(Length, PayloadLength)));

    /// <summary>Writes the header with the checksum of the datagram, whose payload has been summed, as <see cref="InternetChecksum.CopyAndSum"/> does.</summary>
    /// <param name="datagram">Room for the header.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet, of the same family.</param>
    /// <param name="payload">The sum of the payload.</param>
    public void Write(Span<byte> datagram, IpAddress source, IpAddress destination, PartialSum payload)
    {
        (this with { Checksum = 0 }).Write(datagram);
        ushort checksum = PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Udp, Length + PayloadLength)
            .Add(datagram[..Length]).Append(payload).UdpChecksum;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[UdpView.ChecksumOffset..], checksum);
    }
}
