using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A membership query of IGMP or a listener query of MLD, of any version. The versions are told apart by length and code (RFC 9776 §7.1, RFC 9777 §8.1).</summary>
/// <remarks>
/// IGMP; in MLD the maximum response code has 16 bits behind the checksum, two bytes are reserved, and the addresses have 16 bytes:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Type = 0x11  | Max Resp Code |           Checksum            |
/// |                         Group Address                         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  up to here before IGMPv3 and MLDv2
/// | Flags |S| QRV |     QQIC      |     Number of Sources (N)     |
/// |                       Source Address [1..N]                   |
/// </code>
/// </remarks>
public readonly ref struct GroupQueryView
{
    private const int TailLength = 4;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _addressLength;

    private GroupQueryView(ReadOnlySpan<byte> bytes, int addressLength, int version)
    {
        _bytes = bytes;
        _addressLength = addressLength;
        Version = version;
    }

    /// <summary>The protocol's version: 1 to 3 of IGMP, 1 or 2 of MLD.</summary>
    public int Version { get; }

    /// <summary>Whether it is the newest version, with sources and the querier's variables.</summary>
    public bool IsNewest => Version == (_addressLength == 4 ? 3 : 2);

    /// <summary>The group asked about; unspecified for all.</summary>
    public IpAddress Group => GroupRecord.Read(_bytes[GroupOffset..], _addressLength);

    /// <summary>Longest delay of the answer; zero in IGMPv1, which has none.</summary>
    public TimeSpan MaxResponse => _addressLength == 4
        ? TimeSpan.FromMilliseconds((IsNewest ? FloatingCode.Read8(_bytes[1]) : _bytes[1]) * 100)
        : TimeSpan.FromMilliseconds(IsNewest ? FloatingCode.Read16(Code16) : Code16);

    /// <summary>Routers are not to lower their timers (newest version only).</summary>
    public bool SuppressesRouters => IsNewest && (_bytes[TailOffset] & 8) != 0;

    /// <summary>The querier's robustness variable; 0 where it does not say.</summary>
    public int Robustness => IsNewest ? _bytes[TailOffset] & 7 : 0;

    /// <summary>The querier's interval; zero where it does not say.</summary>
    public TimeSpan Interval => IsNewest ? TimeSpan.FromSeconds(FloatingCode.Read8(_bytes[TailOffset + 1])) : TimeSpan.Zero;

    /// <summary>Number of sources asked about; 0 for all.</summary>
    public int SourceCount => IsNewest ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[(TailOffset + 2)..]) : 0;

    private int GroupOffset => _addressLength == 4 ? 4 : 8;

    private int TailOffset => GroupOffset + _addressLength;

    private ushort Code16 => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>A source, by its place from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public IpAddress Source(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SourceCount, nameof(index));
        return GroupRecord.Read(_bytes[(TailOffset + TailLength + index * _addressLength)..], _addressLength);
    }

    /// <summary>Validates a query: its length, that all its sources are there, and that the group is one or none.</summary>
    /// <param name="message">The message from its type on.</param>
    /// <param name="isIPv4">IGMP rather than MLD.</param>
    /// <param name="view">The query.</param>
    /// <param name="error">Why it was refused.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, bool isIPv4, out GroupQueryView view, out WireError error)
    {
        view = default;
        error = WireError.Truncated;
        int addressLength = isIPv4 ? 4 : 16, old = isIPv4 ? 8 : 24;
        if (message.Length < old || message.Length > old && message.Length < old + TailLength) return false;
        int version = message.Length > old ? isIPv4 ? 3 : 2 : isIPv4 && message[1] != 0 ? 2 : 1;
        view = new GroupQueryView(message, addressLength, version);
        if (message.Length < old + TailLength + view.SourceCount * addressLength && view.IsNewest) return false;
        error = WireError.BadAddressFormat;
        if (!view.Group.IsUnspecified && !view.Group.IsMulticast) return false;
        error = WireError.None;
        return true;
    }
}
