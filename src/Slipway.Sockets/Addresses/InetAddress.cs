using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Slipway.Sockets;

/// <summary>
/// An internet socket address: struct sockaddr_in or sockaddr_in6 as a value. Port, flow and scope are in host order here and in network order
/// in the structure (the scope excepted, which has host order there too).
/// </summary>
public readonly struct InetAddress : IEquatable<InetAddress>
{
    /// <summary>Bytes of struct sockaddr_in.</summary>
    public const int IPv4StructureLength = 16;

    /// <summary>Bytes of struct sockaddr_in6; the kernel accepts 24 and more.</summary>
    public const int IPv6StructureLength = 28;

    private readonly UInt128 _bits;
    private readonly uint _flow;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly bool _isIPv4;

    private InetAddress(bool isIPv4, UInt128 bits, ushort port, uint flow, uint scope)
    {
        _isIPv4 = isIPv4;
        _bits = bits;
        _port = port;
        _flow = flow;
        _scope = scope;
    }

    /// <summary>From text as inet_pton reads it, and a port.</summary>
    /// <exception cref="FormatException">The text is neither an IPv4 nor an IPv6 address; the message quotes it.</exception>
    public InetAddress(ReadOnlySpan<char> text, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (InetText.TryParse(AddressFamily.Inet, text, bytes)) this = IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), port);
        else if (InetText.TryParse(AddressFamily.Inet6, text, bytes)) this = IPv6(bytes, port);
        else throw new FormatException($"'{text}' is not an IPv4 or IPv6 address");
    }

    /// <summary>AF_INET or AF_INET6.</summary>
    public AddressFamily Family => _isIPv4 ? AddressFamily.Inet : AddressFamily.Inet6;

    /// <summary>The port.</summary>
    public ushort Port => _port;

    /// <summary>sin6_flowinfo: traffic class and flow label; 0 for IPv4.</summary>
    public uint FlowInfo => _flow;

    /// <summary>sin6_scope_id: the interface index of a link-local address; 0 for IPv4.</summary>
    public uint ScopeId => _scope;

    /// <summary>The IPv4 address as a number in host order; meaningless for IPv6.</summary>
    public uint IPv4Bits => (uint)_bits;

    /// <summary>Bytes of the structure: 16 or 28.</summary>
    public int StructureLength => _isIPv4 ? IPv4StructureLength : IPv6StructureLength;

    /// <summary>0.0.0.0 or <c>::</c>.</summary>
    public bool IsAny => _bits == 0;

    /// <summary>An IPv4 address from a number in host order (127.0.0.1 is 0x7F000001).</summary>
    public static InetAddress IPv4(uint address, ushort port) => new(true, address, port, 0, 0);

    /// <summary>An IPv6 address from its sixteen bytes in network order.</summary>
    public static InetAddress IPv6(ReadOnlySpan<byte> address, ushort port, uint scopeId = 0, uint flowInfo = 0)
        => new(false, BinaryPrimitives.ReadUInt128BigEndian(address), port, flowInfo, scopeId);

    /// <summary>INADDR_ANY with a port.</summary>
    public static InetAddress AnyIPv4(ushort port = 0) => IPv4(0, port);

    /// <summary>in6addr_any with a port.</summary>
    public static InetAddress AnyIPv6(ushort port = 0) => new(false, 0, port, 0, 0);

    /// <summary>INADDR_LOOPBACK with a port.</summary>
    public static InetAddress LoopbackIPv4(ushort port = 0) => IPv4(0x7F00_0001, port);

    /// <summary>in6addr_loopback with a port.</summary>
    public static InetAddress LoopbackIPv6(ushort port = 0) => new(false, 1, port, 0, 0);

    /// <summary>Reads a sockaddr_in or sockaddr_in6.</summary>
    /// <returns>False if the family is another or the bytes are too few (16, or 24).</returns>
    public static bool TryRead(ReadOnlySpan<byte> structure, out InetAddress address)
    {
        address = default;
        if (structure.Length < 2) return false;
        switch ((AddressFamily)BinaryPrimitives.ReadUInt16LittleEndian(structure))
        {
            case AddressFamily.Inet when structure.Length >= IPv4StructureLength:
                address = IPv4(BinaryPrimitives.ReadUInt32BigEndian(structure[4..]), BinaryPrimitives.ReadUInt16BigEndian(structure[2..]));
                return true;
            case AddressFamily.Inet6 when structure.Length >= 24:
                uint scope = structure.Length >= IPv6StructureLength ? BinaryPrimitives.ReadUInt32LittleEndian(structure[24..]) : 0;
                address = IPv6(structure[8..24], BinaryPrimitives.ReadUInt16BigEndian(structure[2..]), scope, BinaryPrimitives.ReadUInt32BigEndian(structure[4..]));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes the structure and returns its length. Bytes that do not fit are left out, as a value-result length has it.</summary>
    public int Write(Span<byte> destination)
    {
        Span<byte> structure = stackalloc byte[IPv6StructureLength];
        structure.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(structure, (ushort)Family);
        BinaryPrimitives.WriteUInt16BigEndian(structure[2..], _port);
        if (_isIPv4) BinaryPrimitives.WriteUInt32BigEndian(structure[4..], IPv4Bits);
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(structure[4..], _flow);
            BinaryPrimitives.WriteUInt128BigEndian(structure[8..], _bits);
            BinaryPrimitives.WriteUInt32LittleEndian(structure[24..], _scope);
        }
        structure[..Math.Min(StructureLength, destination.Length)].CopyTo(destination);
        return StructureLength;
    }

    /// <summary>Writes the address alone in network order: 4 or 16 bytes.</summary>
    public int WriteAddress(Span<byte> destination)
    {
        if (_isIPv4) BinaryPrimitives.WriteUInt32BigEndian(destination, IPv4Bits);
        else BinaryPrimitives.WriteUInt128BigEndian(destination, _bits);
        return _isIPv4 ? 4 : 16;
    }

    /// <summary>The IPv6 address as a number, or the IPv4 address in the lowest 32 bits.</summary>
    internal UInt128 Bits => _bits;

    /// <summary>The same address with another port.</summary>
    public InetAddress WithPort(ushort port) => new(_isIPv4, _bits, port, _flow, _scope);

    /// <summary>The IPv4 address as the IPv6 address ::ffff:a.b.c.d (RFC 4291 §2.5.5.2); an IPv6 address as it is.</summary>
    public InetAddress MapToIPv6() => _isIPv4 ? new InetAddress(false, (UInt128)0xFFFF_0000_0000 | _bits, _port, 0, 0) : this;

    /// <summary>Whether this is an IPv6 address of the form ::ffff:a.b.c.d (IN6_IS_ADDR_V4MAPPED).</summary>
    public bool IsIPv4Mapped => !_isIPv4 && _bits >> 32 == 0xFFFF;

    /// <summary>The IPv4 address in an IPv4-mapped IPv6 address.</summary>
    /// <returns>False for any other address.</returns>
    public bool TryMapToIPv4(out InetAddress address)
    {
        address = IsIPv4Mapped ? IPv4((uint)_bits, _port) : default;
        return IsIPv4Mapped;
    }

    /// <summary>Converts from the class library's endpoint.</summary>
    public static InetAddress FromIPEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.TryWriteBytes(bytes, out int length);
        return length == 4
            ? IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)endPoint.Port)
            : IPv6(bytes, (ushort)endPoint.Port, (uint)endPoint.Address.ScopeId);
    }

    /// <summary>Converts to the class library's endpoint.</summary>
    public IPEndPoint ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = WriteAddress(bytes);
        return new IPEndPoint(_isIPv4 ? new IPAddress(bytes[..length]) : new IPAddress(bytes, _scope), _port);
    }

    /// <inheritdoc/>
    public bool Equals(InetAddress other)
        => _isIPv4 == other._isIPv4 && _bits == other._bits && _port == other._port && _flow == other._flow && _scope == other._scope;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is InetAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_isIPv4, _bits, _port, _scope);

    /// <summary><c>address:port</c>, an IPv6 address in brackets and with <c>%scope</c> where it has one.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteAddress(bytes);
        string text = InetText.Format(Family, bytes);
        if (_isIPv4) return string.Create(CultureInfo.InvariantCulture, $"{text}:{_port}");
        return _scope == 0
            ? string.Create(CultureInfo.InvariantCulture, $"[{text}]:{_port}")
            : string.Create(CultureInfo.InvariantCulture, $"[{text}%{_scope}]:{_port}");
    }

    /// <summary>Same family, address, port, flow and scope.</summary>
    public static bool operator ==(InetAddress left, InetAddress right) => left.Equals(right);

    /// <summary>Differs in one of them.</summary>
    public static bool operator !=(InetAddress left, InetAddress right) => !left.Equals(right);

    /// <summary>See <see cref="ToIPEndPoint"/>.</summary>
    public static explicit operator IPEndPoint(InetAddress address) => address.ToIPEndPoint();

    /// <summary>See <see cref="FromIPEndPoint"/>.</summary>
    public static implicit operator InetAddress(IPEndPoint endPoint) => FromIPEndPoint(endPoint);
}
