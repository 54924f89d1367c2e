using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// The value of ICMPV6_FILTER: the types of ICMPv6 that a raw socket does not receive (RFC 3542 §3.2). The methods are the macros ICMP6_FILTER_SETPASSALL, _SETBLOCKALL, _SETPASS,
/// _SETBLOCK, _WILLPASS and _WILLBLOCK.
/// </summary>
public readonly record struct Icmp6Filter
{
    /// <summary>Bytes of struct icmp6_filter.</summary>
    public const int Length = 32;

    private readonly UInt128 _low, _high;

    private Icmp6Filter(UInt128 low, UInt128 high)
    {
        _low = low;
        _high = high;
    }

    /// <summary>Everything passes, as on a new socket.</summary>
    public static Icmp6Filter PassAll => default;

    /// <summary>Nothing passes.</summary>
    public static Icmp6Filter BlockAll => new(UInt128.MaxValue, UInt128.MaxValue);

    /// <summary>This filter, but a type passes.</summary>
    public Icmp6Filter Pass(byte type) => type < 128 ? new Icmp6Filter(_low & ~(UInt128.One << type), _high) : new Icmp6Filter(_low, _high & ~(UInt128.One << type - 128));

    /// <summary>This filter, but a type is blocked.</summary>
    public Icmp6Filter Block(byte type) => type < 128 ? new Icmp6Filter(_low | UInt128.One << type, _high) : new Icmp6Filter(_low, _high | UInt128.One << type - 128);

    /// <summary>Whether messages of a type pass.</summary>
    public bool WillPass(byte type) => ((type < 128 ? _low >> type : _high >> type - 128) & 1) == 0;

    /// <summary>Whether messages of a type are blocked.</summary>
    public bool WillBlock(byte type) => !WillPass(type);

    /// <summary>Reads struct icmp6_filter: eight 32-bit words, of which the lowest bit of the first is type 0.</summary>
    /// <exception cref="ArgumentException">There are fewer than 32 bytes.</exception>
    public static Icmp6Filter Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length) throw new ArgumentException($"struct icmp6_filter has {Length} bytes.", nameof(bytes));
        return new Icmp6Filter(BinaryPrimitives.ReadUInt128LittleEndian(bytes), BinaryPrimitives.ReadUInt128LittleEndian(bytes[16..]));
    }

    /// <summary>Writes struct icmp6_filter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for 32 bytes.</exception>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, _low);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[16..], _high);
    }
}
