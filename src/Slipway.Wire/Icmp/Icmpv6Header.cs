using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An ICMP header of IPv6 to build; see <see cref="Icmpv6View"/> for the layout. The factories know what each type puts into the second word.</summary>
/// <param name="Type">What the message is.</param>
/// <param name="Code">Which variant.</param>
/// <param name="Rest">The second word.</param>
public readonly record struct Icmpv6Header(Icmpv6Type Type, byte Code, uint Rest)
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    /// <summary>An echo.</summary>
    public static Icmpv6Header EchoRequest(ushort identifier, ushort sequence) => new(Icmpv6Type.EchoRequest, 0, (uint)identifier << 16 | sequence);

    /// <summary>The answer to an echo, with the same identifier, sequence number and data (RFC 4443 §4.2).</summary>
    public static Icmpv6Header EchoReply(ushort identifier, ushort sequence) => new(Icmpv6Type.EchoReply, 0, (uint)identifier << 16 | sequence);

    /// <summary>Destination unreachable; the quoted packet follows.</summary>
    public static Icmpv6Header DestinationUnreachable(Icmpv6UnreachableCode code) => new(Icmpv6Type.DestinationUnreachable, (byte)code, 0);

    /// <summary>Packet too big; the quoted packet follows.</summary>
    /// <param name="mtu">MTU of the next hop in bytes.</param>
    public static Icmpv6Header PacketTooBig(int mtu) => new(Icmpv6Type.PacketTooBig, 0, (uint)Math.Max(mtu, 0));

    /// <summary>Time exceeded; the quoted packet follows.</summary>
    public static Icmpv6Header TimeExceeded(IcmpTimeExceededCode code) => new(Icmpv6Type.TimeExceeded, (byte)code, 0);

    /// <summary>Parameter problem; the quoted packet follows.</summary>
    /// <param name="code">Which variant.</param>
    /// <param name="pointer">Offset of the byte at fault in the quoted packet.</param>
    public static Icmpv6Header ParameterProblem(Icmpv6ParameterCode code, int pointer) => new(Icmpv6Type.ParameterProblem, (byte)code, (uint)Math.Max(pointer, 0));

    /// <summary>A router solicitation; options follow (RFC 4861 §4.1).</summary>
    public static Icmpv6Header RouterSolicitation() => new(Icmpv6Type.RouterSolicitation, 0, 0);

    /// <summary>Writes the header to the start of a message whose payload is in place, with the checksum over all of it.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Final destination of the packet.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message, IpAddress source, IpAddress destination)
        => Write(message, source, destination, PartialSum.Zero.Add(message[Length..]), message.Length - Length);

    /// <summary>Writes the header of a message whose payload has been summed, as <see cref="InternetChecksum.CopyAndSum"/> does.</summary>
    /// <param name="message">Room for the header.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Final destination of the packet.</param>
    /// <param name="payload">The sum of the payload.</param>
    /// <param name="payloadLength">Bytes of the payload.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message, IpAddress source, IpAddress destination, PartialSum payload, int payloadLength)
    {
        Span<byte> header = message[..Length];
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)Type << 24 | (uint)Code << 16);
        BinaryPrimitives.WriteUInt32BigEndian(header[Icmpv6View.RestOffset..], Rest);
        ushort checksum = PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Icmpv6, Length + payloadLength).Add(header).Append(payload).Checksum;
        BinaryPrimitives.WriteUInt16BigEndian(header[Icmpv6View.ChecksumOffset..], checksum);
    }
}
