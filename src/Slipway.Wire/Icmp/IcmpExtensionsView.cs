using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>What a router adds behind the packet that its ICMP error quotes: the extension structure of RFC 4884.</summary>
/// <remarks>
/// RFC 4884 §7
/// <code>
/// +--------+--------+--------+--------+
/// |ver| reserved    |     checksum    |
/// +--------+--------+--------+--------+
/// |     length      | class  | c-type |  objects
/// +--------+--------+--------+--------+
/// </code>
/// </remarks>
public readonly ref struct IcmpExtensionsView
{
    /// <summary>Bytes before the first object.</summary>
    public const int HeaderLength = 4;

    /// <summary>The one version that there is.</summary>
    public const int Version = 2;

    /// <summary>The least length that a quotation with extensions behind it has (RFC 4884 §5.2).</summary>
    public const int MinimumQuotation = 128;

    private readonly ReadOnlySpan<byte> _bytes;

    private IcmpExtensionsView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether the checksum is right, or 0 for none.</summary>
    public bool HasValidChecksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]) == 0 || InternetChecksum.IsValid(_bytes);

    /// <summary>Validates an extension structure. The checksum is left to the caller.</summary>
    /// <param name="bytes">All that stands behind the quotation.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>; <see cref="WireError.BadVersion"/>; <see cref="WireError.BadOption"/>: an object that is shorter than its header or longer than the rest.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IcmpExtensionsView view, out WireError error)
    {
        view = default;
        error = Check(bytes);
        if (error != WireError.None) return false;
        view = new IcmpExtensionsView(bytes);
        return true;
    }

    /// <summary>The length of the quotation before the extensions, which the errors that may have some state in their header (RFC 4884 §4); 0 for none.</summary>
    /// <param name="message">The ICMP message.</param>
    /// <param name="isIPv4">Whether it is of ICMP for IPv4, where it is counted in words of 4 bytes and not of 8.</param>
    public static int QuotedLength(ReadOnlySpan<byte> message, bool isIPv4)
    {
        const int Offset4 = 5, Offset6 = 4;
        if (isIPv4) return (Icmpv4Type)message[0] is Icmpv4Type.DestinationUnreachable or Icmpv4Type.TimeExceeded or Icmpv4Type.ParameterProblem ? message[Offset4] * 4 : 0;
        return (Icmpv6Type)message[0] is Icmpv6Type.DestinationUnreachable or Icmpv6Type.TimeExceeded ? message[Offset6] * 8 : 0;
    }

    /// <summary>The objects in order. Needs no allocation.</summary>
    public Enumerator GetEnumerator() => new(_bytes[HeaderLength..]);

    private static WireError Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength) return WireError.Truncated;
        if (bytes[0] >> 4 != Version) return WireError.BadVersion;
        for (int at = HeaderLength; at < bytes.Length;)
        {
            if (bytes.Length - at < IcmpExtensionObject.HeaderLength) return WireError.BadOption;
            int length = IcmpExtensionObject.LengthOf(bytes[at..]);
            if (length < IcmpExtensionObject.HeaderLength || length > bytes.Length - at) return WireError.BadOption;
            at += length;
        }
        return WireError.None;
    }

    /// <summary>Walks through the objects.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> objects) => _rest = objects;

        /// <summary>The present object.</summary>
        public IcmpExtensionObject Current { get; private set; }

        /// <summary>Goes to the next one.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            int length = IcmpExtensionObject.LengthOf(_rest);
            Current = new IcmpExtensionObject(_rest[..length]);
            _rest = _rest[length..];
            return true;
        }
    }
}
