using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The attributes of a request, found by their types; of several of one type the last counts, as in Linux. One that is too short for its type makes the request fail (ERANGE).</summary>
internal ref struct RequestAttributes(NetlinkAttributeReader all)
{
    private readonly NetlinkAttributeReader _all = all;

    /// <summary>Whether a value was asked for that is shorter than its type is.</summary>
    public bool IsTooShort { get; private set; }

    /// <summary>What such a request is refused with.</summary>
    public static NetlinkRefusal TooShort => new(Errno.ERANGE, "Attribute failed policy validation");

    public readonly bool Has(ushort type) => TryFind(type, out _);

    public readonly bool TryFind(ushort type, out ReadOnlySpan<byte> value)
    {
        bool found = false;
        value = default;
        NetlinkAttributeReader reader = _all;
        while (reader.MoveNext())
        {
            if (reader.Type != type) continue;
            value = reader.Value;
            found = true;
        }
        return found;
    }

    /// <summary>Whether there is an attribute of none of these types.</summary>
    public readonly bool HasOtherThan(params ReadOnlySpan<ushort> types)
    {
        NetlinkAttributeReader reader = _all;
        while (reader.MoveNext())
        {
            if (!types.Contains(reader.Type)) return true;
        }
        return false;
    }

    /// <summary>A value of 32 bits; null where it is not there.</summary>
    public uint? UInt32(ushort type)
    {
        if (!TryFind(type, out ReadOnlySpan<byte> value)) return null;
        if (value.Length >= sizeof(uint)) return BinaryPrimitives.ReadUInt32LittleEndian(value);
        IsTooShort = true;
        return null;
    }

    /// <summary>A text; null where it is not there.</summary>
    public readonly string? Text(ushort type)
    {
        if (!TryFind(type, out ReadOnlySpan<byte> value)) return null;
        int end = value.IndexOf((byte)0);
        return System.Text.Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }

    /// <summary>An address of a family; null where it is not there.</summary>
    public IpAddress? Address(ushort type, AddressFamily family)
    {
        if (!TryFind(type, out ReadOnlySpan<byte> value)) return null;
        int length = family == AddressFamily.Inet ? 4 : 16;
        if (value.Length >= length) return family == AddressFamily.Inet ? IpAddress.ReadIPv4(value) : IpAddress.ReadIPv6(value);
        IsTooShort = true;
        return null;
    }
}
