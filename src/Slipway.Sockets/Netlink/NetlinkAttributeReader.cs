using System.Buffers.Binary;
using System.Text;

namespace Slipway.Sockets;

/// <summary>Walks over attributes (struct nlattr, RTA_OK, RTA_NEXT). Any bytes may be given: a length that does not hold ends the walk, and <see cref="IsMalformed"/> says so.</summary>
public ref struct NetlinkAttributeReader
{
    private const int HeaderLength = 4;
    private const ushort Nested = 0x8000, TypeMask = 0x3FFF;

    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads <paramref name="bytes"/> from their start.</summary>
    public NetlinkAttributeReader(ReadOnlySpan<byte> bytes)
    {
        _rest = bytes;
        Value = default;
    }

    /// <summary>The type of the current attribute, without the flags that share the number.</summary>
    public ushort Type { get; private set; }

    /// <summary>NLA_F_NESTED: it says that it holds attributes. Older messages hold some without saying so.</summary>
    public bool IsNested { get; private set; }

    /// <summary>The value of the current attribute.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether the walk ended at a length that is less than a header or more than what is there.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Bytes that were not walked over yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>The first byte of the value; 0 if there is none.</summary>
    public readonly byte Byte => Value.IsEmpty ? (byte)0 : Value[0];

    /// <summary>The value as 16 bits; 0 if it is shorter.</summary>
    public readonly ushort UInt16 => Value.Length >= sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(Value) : (ushort)0;

    /// <summary>The value as 32 bits; 0 if it is shorter.</summary>
    public readonly uint UInt32 => Value.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(Value) : 0;

    /// <summary>The value as text, up to its zero.</summary>
    public readonly string Text
    {
        get
        {
            int end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    /// <summary>The value as an address: IPv4 of four bytes, IPv6 of sixteen; null for any other length.</summary>
    public readonly InetAddress? Address => Value.Length switch
    {
        4 => InetAddress.IPv4(BinaryPrimitives.ReadUInt32BigEndian(Value), 0),
        16 => InetAddress.IPv6(Value, 0),
        _ => default(InetAddress?),
    };

    /// <summary>The value as attributes.</summary>
    public readonly NetlinkAttributeReader Nest => new(Value);

    /// <summary>Goes to the next attribute.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext()
    {
        if (_rest.Length < HeaderLength) return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < HeaderLength || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]);
        Type = (ushort)(type & TypeMask);
        IsNested = (type & Nested) != 0;
        Value = _rest[HeaderLength..length];
        _rest = _rest[Math.Min(NetlinkWriter.Align(length), _rest.Length)..];
        return true;
    }
}
