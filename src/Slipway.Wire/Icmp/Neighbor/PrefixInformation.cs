using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A prefix of the link, as a router advertises it.</summary>
/// <remarks>
/// RFC 4861 §4.6.2:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |    Type (3)   |   Length (4)  | Prefix Length |L|A| Reserved1 |
/// |                         Valid Lifetime                        |
/// |                       Preferred Lifetime                      |
/// |                           Reserved2                           |
/// |                       Prefix (16 bytes)                       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
/// <param name="Prefix">The prefix; its bits beyond the length mean nothing.</param>
/// <param name="IsOnLink">Addresses of the prefix are neighbours.</param>
/// <param name="IsAutonomous">Hosts may make their addresses from it (RFC 4862).</param>
/// <param name="ValidLifetime">Seconds; 0xFFFFFFFF is for ever.</param>
/// <param name="PreferredLifetime">Seconds; 0xFFFFFFFF is for ever.</param>
public readonly record struct PrefixInformation(IpPrefix Prefix, bool IsOnLink, bool IsAutonomous, uint ValidLifetime, uint PreferredLifetime)
{
    /// <summary>Bytes of the option.</summary>
    public const int Length = 32;

    private const int PrefixLengthOffset = 2, FlagsOffset = 3, ValidOffset = 4, PreferredOffset = 8, PrefixOffset = 16;

    /// <summary>Writes the option.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> destination)
    {
        Span<byte> option = destination[..Length];
        option.Clear();
        option[0] = (byte)NeighborOptionKind.PrefixInformation;
        option[1] = Length / 8;
        option[PrefixLengthOffset] = (byte)Prefix.Length;
        option[FlagsOffset] = (byte)((IsOnLink ? 0x80 : 0) | (IsAutonomous ? 0x40 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(option[ValidOffset..], ValidLifetime);
        BinaryPrimitives.WriteUInt32BigEndian(option[PreferredOffset..], PreferredLifetime);
        Prefix.Address.WriteIPv6(option[PrefixOffset..]);
    }

    internal static bool TryRead(ReadOnlySpan<byte> option, out PrefixInformation information)
    {
        information = default;
        if (option.Length != Length || option[PrefixLengthOffset] > 128) return false;
        IpAddress prefix = IpAddress.ReadIPv6(option[PrefixOffset..]);
        // A mapped prefix would read as IPv4, where a length above 32 has no meaning; it is no prefix of any link.
        if (prefix.IsIPv4) return false;
        information = new PrefixInformation(
            new IpPrefix(prefix, option[PrefixLengthOffset]),
            (option[FlagsOffset] & 0x80) != 0,
            (option[FlagsOffset] & 0x40) != 0,
            BinaryPrimitives.ReadUInt32BigEndian(option[ValidOffset..]),
            BinaryPrimitives.ReadUInt32BigEndian(option[PreferredOffset..]));
        return true;
    }
}
