using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A report of IGMPv3 (RFC 9776 §4.2) or MLDv2 (RFC 9777 §5.2): a header of eight bytes and group records.</summary>
/// <remarks>
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Type = 0x22  |    Reserved   |           Checksum            |   MLDv2: type 143
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |             Flags             |  Number of Group Records (M)  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                        Group Record [1..M]                    |
/// </code>
/// </remarks>
public readonly ref struct GroupReportView
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeaderLength = 8;

    private const int CountOffset = 6;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _addressLength;

    private GroupReportView(ReadOnlySpan<byte> bytes, int addressLength)
    {
        _bytes = bytes;
        _addressLength = addressLength;
    }

    /// <summary>Number of records.</summary>
    public int Count => BinaryPrimitives.ReadUInt16BigEndian(_bytes[CountOffset..]);

    /// <summary>Validates a report: that all its records are there.</summary>
    /// <param name="message">The message from its type on.</param>
    /// <param name="isIPv4">IGMPv3 rather than MLDv2.</param>
    /// <param name="view">The report.</param>
    /// <param name="error">Why it was refused.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, bool isIPv4, out GroupReportView view, out WireError error)
    {
        view = default;
        error = WireError.Truncated;
        if (message.Length < HeaderLength) return false;
        int addressLength = isIPv4 ? 4 : 16;
        int at = HeaderLength;
        for (int count = BinaryPrimitives.ReadUInt16BigEndian(message[CountOffset..]); count > 0; count--)
        {
            int length = LengthAt(message, at, addressLength);
            if (length < 0) return false;
            at += length;
        }
        error = WireError.None;
        view = new GroupReportView(message, addressLength);
        return true;
    }

    /// <summary>Goes through the records.</summary>
    public Enumerator GetEnumerator() => new(_bytes, _addressLength, Count);

    private static int LengthAt(ReadOnlySpan<byte> message, int at, int addressLength)
    {
        int least = GroupRecord.FixedLength + addressLength;
        if (message.Length - at < least) return -1;
        int length = least + BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) * addressLength + message[at + 1] * 4;
        return message.Length - at < length ? -1 : length;
    }

    /// <summary>Goes through the records of a report.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private readonly int _addressLength;
        private int _left, _at, _next;

        internal Enumerator(ReadOnlySpan<byte> bytes, int addressLength, int count)
        {
            _bytes = bytes;
            _addressLength = addressLength;
            _left = count;
            _next = HeaderLength;
        }

        /// <summary>The record.</summary>
        public readonly GroupRecord Current => new(_bytes[_at.._next], _addressLength);

        /// <summary>Goes on to the next one.</summary>
        public bool MoveNext()
        {
            if (_left-- <= 0) return false;
            _at = _next;
            _next += LengthAt(_bytes, _at, _addressLength);
            return true;
        }
    }
}
