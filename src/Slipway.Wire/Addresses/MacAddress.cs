using System.Buffers.Binary;
using System.Globalization;

namespace Slipway.Wire;

/// <summary>A 48-bit Ethernet address (IEEE 802), held as a number in host order.</summary>
/// <param name="Value">The 48 bits; the first byte on the wire is the most significant.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 6;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>Group bit set: multicast or broadcast.</summary>
    public bool IsMulticast => (Value >> 40 & 1) != 0;

    /// <summary>All ones.</summary>
    public bool IsBroadcast => Value == 0xFFFF_FFFF_FFFF;

    /// <summary>Reads six bytes.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> bytes)
        => new((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    /// <summary>Writes six bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)Value);
    }

    /// <summary>The group address of an IP multicast address: 01:00:5e + 23 bits (RFC 1112 §6.4), 33:33 + 32 bits (RFC 2464 §7).</summary>
    public static MacAddress ForMulticast(IpAddress group)
        => group.IsIPv4
            ? new MacAddress(0x0100_5E00_0000UL | group.IPv4 & 0x7F_FFFF)
            : new MacAddress(0x3333_0000_0000UL | group.Low & 0xFFFF_FFFF);

    /// <summary>The modified EUI-64 interface identifier (RFC 4291 appendix A), the low half of a link-local address.</summary>
    public ulong ToInterfaceIdentifier()
        => (Value >> 24 ^ 0x02_0000) << 40 | 0xFF_FE00_0000UL | Value & 0xFF_FFFF;

    /// <summary>Parses <c>aa:bb:cc:dd:ee:ff</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != 17) return false;
        ulong value = 0;
        for (int i = 0; i < 17; i += 3)
        {
            if (i > 0 && text[i - 1] != ':') return false;
            if (!byte.TryParse(text.Slice(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte part)) return false;
            value = value << 8 | part;
        }
        address = new MacAddress(value);
        return true;
    }

    /// <summary><c>aa:bb:cc:dd:ee:ff</c>.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Value >> 40 & 0xFF:x2}:{Value >> 32 & 0xFF:x2}:{Value >> 24 & 0xFF:x2}:{Value >> 16 & 0xFF:x2}:{Value >> 8 & 0xFF:x2}:{Value & 0xFF:x2}");
}
