using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A TCP header to build; see <see cref="TcpView"/> for the layout.</summary>
/// <param name="SourcePort">Source port.</param>
/// <param name="DestinationPort">Destination port.</param>
/// <param name="Sequence">SEG.SEQ.</param>
/// <param name="Acknowledgment">SEG.ACK.</param>
/// <param name="Flags">The control bits.</param>
/// <param name="Window">SEG.WND, already scaled down.</param>
public readonly record struct TcpHeader(ushort SourcePort, ushort DestinationPort, uint Sequence, uint Acknowledgment, TcpFlags Flags, ushort Window)
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumLength = 20;

    /// <summary>Bytes of a header with as many options as fit.</summary>
    public const int MaximumLength = 60;

    /// <summary>SEG.UP.</summary>
    public ushort UrgentPointer { get; init; }

    /// <summary>The checksum that <see cref="Write(Span{byte})"/> puts in.</summary>
    public ushort Checksum { get; init; }

    /// <summary>The options.</summary>
    public TcpOptions Options { get; init; }

    /// <summary>Bytes that <see cref="Write(Span{byte})"/> fills.</summary>
    public int Length => MinimumLength + Options.Length;

    /// <summary>Writes the header with <see cref="Checksum"/> as it is: for links that need none and for sums made elsewhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">The options are longer than 40 bytes.</exception>
    public void Write(Span<byte> segment)
    {
        int length = Length;
        if (length > MaximumLength) throw new InvalidOperationException("The TCP options are longer than 40 bytes.");
        Span<byte> header = segment[..length];
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpView.DestinationPortOffset..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header[TcpView.SequenceOffset..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header[TcpView.AcknowledgmentOffset..], Acknowledgment);
        header[TcpView.DataOffsetOffset] = (byte)(length / 4 << 4);
        header[TcpView.FlagsOffset] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpView.WindowOffset..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpView.ChecksumOffset..], Checksum);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpView.UrgentPointerOffset..], UrgentPointer);
        if (length > MinimumLength) Options.Write(header[MinimumLength..]);
    }

    /// <summary>Writes the header with the checksum of the segment, whose data must be in place.</summary>
    /// <param name="segment">Room for the header, then the data: exactly the segment.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet, of the same family.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> segment, IpAddress source, IpAddress destination)
    {
        int length = Length;
        Write(segment, source, destination, PartialSum.Zero.Add(segment[length..]), segment.Length - length);
    }

    /// <summary>Writes the header with the checksum of the segment, whose data has been summed, as <see cref="InternetChecksum.CopyAndSum"/> does.</summary>
    /// <param name="segment">Room for the header.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet, of the same family.</param>
    /// <param name="payload">The sum of the data.</param>
    /// <param name="payloadLength">Bytes of the data.</param>
    public void Write(Span<byte> segment, IpAddress source, IpAddress destination, PartialSum payload, int payloadLength)
    {
        int length = Length;
        Write(segment);
        Span<byte> checksum = segment.Slice(TcpView.ChecksumOffset, 2);
        checksum.Clear();
        PartialSum sum = PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, length + payloadLength).Add(segment[..length]).Append(payload);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, sum.Checksum);
    }
}
