using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An ICMP header of IPv4 to build; see <see cref="Icmpv4View"/> for the layout. The factories know what each type puts into the second word.</summary>
/// <param name="Type">What the message is.</param>
/// <param name="Code">Which variant.</param>
/// <param name="Rest">The second word.</param>
public readonly record struct Icmpv4Header(Icmpv4Type Type, byte Code, uint Rest)
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    /// <summary>An echo.</summary>
    public static Icmpv4Header Echo(ushort identifier, ushort sequence) => new(Icmpv4Type.Echo, 0, (uint)identifier << 16 | sequence);

    /// <summary>The answer to an echo, with the same identifier, sequence number and data (RFC 1122 §3.2.2.6).</summary>
    public static Icmpv4Header EchoReply(ushort identifier, ushort sequence) => new(Icmpv4Type.EchoReply, 0, (uint)identifier << 16 | sequence);

    /// <summary>Destination unreachable; the quoted packet follows.</summary>
    /// <param name="code">Why.</param>
    /// <param name="mtu">MTU of the next hop, with <see cref="Icmpv4UnreachableCode.FragmentationNeeded"/>.</param>
    public static Icmpv4Header DestinationUnreachable(Icmpv4UnreachableCode code, int mtu = 0)
        => new(Icmpv4Type.DestinationUnreachable, (byte)code, (uint)Math.Clamp(mtu, 0, ushort.MaxValue));

    /// <summary>Time exceeded; the quoted packet follows.</summary>
    public static Icmpv4Header TimeExceeded(IcmpTimeExceededCode code) => new(Icmpv4Type.TimeExceeded, (byte)code, 0);

    /// <summary>Parameter problem; the quoted packet follows.</summary>
    /// <param name="pointer">Offset of the byte at fault in the quoted packet.</param>
    /// <param name="code">Which variant.</param>
    public static Icmpv4Header ParameterProblem(byte pointer, Icmpv4ParameterCode code = Icmpv4ParameterCode.Pointer)
        => new(Icmpv4Type.ParameterProblem, (byte)code, (uint)pointer << 24);

    /// <summary>Redirect; the quoted packet follows.</summary>
    /// <param name="gateway">The better first hop, an IPv4 address.</param>
    /// <param name="code">Which variant.</param>
    public static Icmpv4Header Redirect(IpAddress gateway, Icmpv4RedirectCode code = Icmpv4RedirectCode.Host)
        => new(Icmpv4Type.Redirect, (byte)code, gateway.IPv4);

    /// <summary>Writes the header to the start of a message whose payload is in place, with the checksum over all of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message) => Write(message, PartialSum.Zero.Add(message[Length..]));

    /// <summary>Writes the header of a message whose payload has been summed, as <see cref="InternetChecksum.CopyAndSum"/> does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message, PartialSum payload)
    {
        Span<byte> header = message[..Length];
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)Type << 24 | (uint)Code << 16);
        BinaryPrimitives.WriteUInt32BigEndian(header[Icmpv4View.RestOffset..], Rest);
        BinaryPrimitives.WriteUInt16BigEndian(header[Icmpv4View.ChecksumOffset..], PartialSum.Zero.Add(header).Append(payload).Checksum);
    }
}
