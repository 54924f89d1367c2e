using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Slipway.Wire;

/// <summary>
/// An IPv4 or IPv6 address as one 16-byte value. IPv4 is held in its IPv4-mapped form (RFC 4291 §2.5.5.2), so one routing
/// table, one neighbour cache and one demultiplexer serve both families, and a dual-stack socket needs no second key.
/// </summary>
/// <remarks>
/// The mapped form never appears in an IPv6 header on the wire: a packet that carries it is a martian and is dropped before
/// an <see cref="IpAddress"/> made from it can be confused with a real IPv4 address.
/// </remarks>
public readonly struct IpAddress : IEquatable<IpAddress>, IComparable<IpAddress>
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <summary>Makes an address from its 128 bits in host order: <paramref name="high"/> holds the first eight bytes.</summary>
    public IpAddress(ulong high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>The IPv4 wildcard 0.0.0.0.</summary>
    public static IpAddress AnyIPv4 => FromIPv4(0);

    /// <summary>The IPv6 wildcard <c>::</c>, which is also the default value.</summary>
    public static IpAddress AnyIPv6 => default;

    /// <summary>127.0.0.1.</summary>
    public static IpAddress LoopbackIPv4 => FromIPv4(0x7F00_0001);

    /// <summary><c>::1</c>.</summary>
    public static IpAddress LoopbackIPv6 => new(0, 1);

    /// <summary>255.255.255.255, the limited broadcast (RFC 919).</summary>
    public static IpAddress Broadcast => FromIPv4(0xFFFF_FFFF);

    /// <summary>The first eight bytes as a number in host order.</summary>
    public ulong High => _high;

    /// <summary>The last eight bytes as a number in host order.</summary>
    public ulong Low => _low;

    /// <summary>Whether this is an IPv4 address.</summary>
    public bool IsIPv4 => _high == 0 && (_low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>Whether this is an IPv6 address.</summary>
    public bool IsIPv6 => !IsIPv4;

    /// <summary>The IPv4 address as a number in host order (127.0.0.1 is 0x7F000001). Meaningless for IPv6.</summary>
    public uint IPv4 => (uint)_low;

    /// <summary>Bytes of the address on the wire: 4 or 16.</summary>
    public int Length => IsIPv4 ? 4 : 16;

    /// <summary>0.0.0.0 or <c>::</c>.</summary>
    public bool IsUnspecified => _high == 0 && (_low == 0 || _low == MappedPrefix);

    /// <summary>127.0.0.0/8 (RFC 1122 §3.2.1.3) or <c>::1</c> (RFC 4291 §2.5.3).</summary>
    public bool IsLoopback => IsIPv4 ? IPv4 >> 24 == 127 : _high == 0 && _low == 1;

    /// <summary>224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291 §2.7).</summary>
    public bool IsMulticast => IsIPv4 ? IPv4 >> 28 == 0xE : _high >> 56 == 0xFF;

    /// <summary>255.255.255.255.</summary>
    public bool IsLimitedBroadcast => IsIPv4 && IPv4 == 0xFFFF_FFFF;

    /// <summary>169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 §2.5.6).</summary>
    public bool IsLinkLocal => IsIPv4 ? IPv4 >> 16 == 0xA9FE : _high >> 54 == 0x3FA;

    /// <summary>Multicast whose scope is the interface or the link: 224.0.0.0/24, ff01::/16, ff02::/16 (RFC 7346).</summary>
    public bool IsLinkScopeMulticast => IsIPv4 ? IPv4 >> 8 == 0xE00000 : IsMulticast && (_high >> 48 & 0xF) is 1 or 2;

    /// <summary>Makes an IPv4 address from a number in host order.</summary>
    public static IpAddress FromIPv4(uint value) => new(0, MappedPrefix | value);

    /// <summary>Makes an IPv4 address from its four parts.</summary>
    public static IpAddress FromIPv4(byte a, byte b, byte c, byte d) => FromIPv4((uint)(a << 24 | b << 16 | c << 8 | d));

    /// <summary>Reads the four bytes of an IPv4 address in network order.</summary>
    public static IpAddress ReadIPv4(ReadOnlySpan<byte> bytes) => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Reads the sixteen bytes of an IPv6 address in network order. A mapped one becomes the IPv4 address.</summary>
    public static IpAddress ReadIPv6(ReadOnlySpan<byte> bytes)
        => new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Converts from the class library's address. A scope id is not part of the value and is lost.</summary>
    public static IpAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4 ? ReadIPv4(bytes) : ReadIPv6(bytes);
    }

    /// <summary>Parses the usual text forms; IPv4 needs all four parts.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (text.IndexOf('%') >= 0 || !IPAddress.TryParse(text, out IPAddress? parsed)) return false;
        if (parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && text.Count('.') != 3) return false;
        address = From(parsed);
        return true;
    }

    /// <summary>Parses the usual text forms.</summary>
    /// <exception cref="FormatException">The text is not an address; the message quotes it.</exception>
    public static IpAddress Parse(ReadOnlySpan<char> text)
        => TryParse(text, out IpAddress address) ? address : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address");

    /// <summary>Writes the IPv4 address in network order: four bytes.</summary>
    public void WriteIPv4(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, IPv4);

    /// <summary>Writes sixteen bytes in network order; IPv4 is written mapped, as a dual-stack socket's API shows it.</summary>
    public void WriteIPv6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>Whether the first <paramref name="prefixLength"/> bits (counted in the family's own width) are equal.</summary>
    public bool SharesPrefix(IpAddress other, int prefixLength)
    {
        if (IsIPv4 != other.IsIPv4) return false;
        int bits = IsIPv4 ? prefixLength + 96 : prefixLength;
        if (bits <= 64) return bits == 0 || (_high ^ other._high) >> (64 - bits) == 0;
        return _high == other._high && (bits == 64 || (_low ^ other._low) >> (128 - bits) == 0);
    }

    /// <summary>The address with all but the first <paramref name="prefixLength"/> bits cleared.</summary>
    public IpAddress Mask(int prefixLength)
    {
        int bits = IsIPv4 ? prefixLength + 96 : prefixLength;
        ulong high = bits >= 64 ? ulong.MaxValue : bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
        ulong low = bits <= 64 ? 0 : bits == 128 ? ulong.MaxValue : ulong.MaxValue << (128 - bits);
        return new IpAddress(_high & high, _low & low);
    }

    /// <summary>Length in bits of the longest prefix that both share, in the family's own width; 0 across families.</summary>
    public int CommonPrefixLength(IpAddress other)
    {
        if (IsIPv4 != other.IsIPv4) return 0;
        int bits = _high != other._high
            ? System.Numerics.BitOperations.LeadingZeroCount(_high ^ other._high)
            : 64 + System.Numerics.BitOperations.LeadingZeroCount(_low ^ other._low);
        return IsIPv4 ? bits - 96 : bits;
    }

    /// <summary>The class library's address, without a scope id.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (IsIPv4)
        {
            WriteIPv4(bytes);
            return new IPAddress(bytes[..4]);
        }
        WriteIPv6(bytes);
        return new IPAddress(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(IpAddress other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IpAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // A fixed mix instead of HashCode.Combine: that one is seeded anew in each process, and iteration order would differ between runs.
        ulong mixed = (_high ^ _low * 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        return (int)(mixed >> 32);
    }

    /// <summary>IPv4 before IPv6, then by number: a total order for tables that must list the same way in every run.</summary>
    public int CompareTo(IpAddress other)
    {
        if (IsIPv4 != other.IsIPv4) return IsIPv4 ? -1 : 1;
        int order = _high.CompareTo(other._high);
        return order != 0 ? order : _low.CompareTo(other._low);
    }

    /// <summary>The usual text form (RFC 5952 for IPv6).</summary>
    public override string ToString() => ToIPAddress().ToString();

    /// <summary>Same 128 bits.</summary>
    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);

    /// <summary>Different bits.</summary>
    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Order of <see cref="CompareTo"/>.</summary>
    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;
}
