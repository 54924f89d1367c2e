using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>One IPv4 option as <see cref="Ipv4OptionsView"/> enumerates it.</summary>
public readonly ref struct Ipv4Option
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal Ipv4Option(ReadOnlySpan<byte> bytes, int offset)
    {
        _bytes = bytes;
        Offset = offset;
    }

    /// <summary>Where it begins, counted from the first option byte.</summary>
    public int Offset { get; }

    /// <summary>What it is.</summary>
    public Ipv4OptionKind Kind => (Ipv4OptionKind)_bytes[0];

    /// <summary>The option goes into every fragment (RFC 791 §3.1).</summary>
    public bool IsCopied => (_bytes[0] & 0x80) != 0;

    /// <summary>All its bytes: type, length, data. A single byte for <see cref="Ipv4OptionKind.NoOperation"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The bytes after type and length.</summary>
    public ReadOnlySpan<byte> Data => _bytes.Length > 2 ? _bytes[2..] : default;

    /// <summary>The pointer of route and timestamp options, counted from 1 at the type byte: where the next entry goes. 0 for other kinds.</summary>
    public int Pointer => HasPointer ? _bytes[2] : 0;

    /// <summary>Whether all entries of a route or timestamp option are used.</summary>
    public bool IsFull => HasPointer && Pointer > _bytes.Length;

    /// <summary>Addresses that a route option has room for; 0 for other kinds.</summary>
    public int RouteCount => IsRoute ? (_bytes.Length - 3) / 4 : 0;

    /// <summary>Addresses of a route option before its pointer: those recorded. 0 for other kinds.</summary>
    public int RecordedCount => IsRoute ? Math.Min((Pointer - 4) / 4, RouteCount) : 0;

    /// <summary>What a timestamp option records: 0 times, 1 addresses and times, 3 times of the addresses given (RFC 791 §3.1). 0 for other kinds.</summary>
    public int TimestampFlags => Kind == Ipv4OptionKind.Timestamp ? _bytes[3] & 0xF : 0;

    /// <summary>Hosts that found no room in a timestamp option; 0 for other kinds.</summary>
    public int TimestampOverflow => Kind == Ipv4OptionKind.Timestamp ? _bytes[3] >> 4 : 0;

    private bool IsRoute => Kind is Ipv4OptionKind.RecordRoute or Ipv4OptionKind.LooseSourceRoute or Ipv4OptionKind.StrictSourceRoute;

    private bool HasPointer => IsRoute || Kind == Ipv4OptionKind.Timestamp;

    /// <summary>One address of a route option.</summary>
    /// <param name="index">0 up to <see cref="RouteCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public IpAddress RouteAddress(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)RouteCount, nameof(index));
        return IpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(_bytes[(3 + index * 4)..]));
    }
}
