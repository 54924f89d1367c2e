using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A group record of a report, validated by <see cref="GroupReportView"/>.</summary>
/// <remarks>
/// RFC 9776 §4.2.4; in MLDv2 the addresses have 16 bytes (RFC 9777 §5.2.5):
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Record Type  |  Aux Data Len |     Number of Sources (N)     |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                       Multicast Address                       |
/// |                       Source Address [1..N]                   |
/// |                         Auxiliary Data                        |
/// </code>
/// </remarks>
public readonly ref struct GroupRecord
{
    /// <summary>Bytes before the group's address.</summary>
    public const int FixedLength = 4;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _addressLength;

    internal GroupRecord(ReadOnlySpan<byte> bytes, int addressLength)
    {
        _bytes = bytes;
        _addressLength = addressLength;
    }

    /// <summary>What it says. Unknown kinds are to be ignored.</summary>
    public GroupRecordKind Kind => (GroupRecordKind)_bytes[0];

    /// <summary>The group.</summary>
    public IpAddress Group => Read(_bytes[FixedLength..], _addressLength);

    /// <summary>Number of sources.</summary>
    public int SourceCount => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>A source, by its place from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public IpAddress Source(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SourceCount, nameof(index));
        return Read(_bytes[(FixedLength + (index + 1) * _addressLength)..], _addressLength);
    }

    /// <summary>Writes a record without auxiliary data; the family of the group decides its form.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, GroupRecordKind kind, IpAddress group, ReadOnlySpan<IpAddress> sources)
    {
        int addressLength = group.Length;
        destination[0] = (byte)kind;
        destination[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)sources.Length);
        Write(destination[FixedLength..], group, addressLength);
        int at = FixedLength + addressLength;
        foreach (IpAddress source in sources)
        {
            Write(destination[at..], source, addressLength);
            at += addressLength;
        }
        return at;
    }

    internal static IpAddress Read(ReadOnlySpan<byte> bytes, int length) => length == 4 ? IpAddress.ReadIPv4(bytes) : IpAddress.ReadIPv6(bytes);

    internal static void Write(Span<byte> bytes, IpAddress address, int length)
    {
        if (length == 4) address.WriteIPv4(bytes);
        else address.WriteIPv6(bytes);
    }
}
