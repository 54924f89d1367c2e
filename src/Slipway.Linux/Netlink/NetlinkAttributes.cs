using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>The attributes of a received netlink message, one after the other. A length that does not fit ends them.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int TypeMask = 0x3FFF; // without the nested and byte order bits

    private ReadOnlySpan<byte> _rest = bytes;

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly int Number => Value.Length >= 4 ? MemoryMarshal.Read<int>(Value) : 0;

    public bool Next()
    {
        if (_rest.Length < 4) return false;
        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length) return false;
        Type = MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask;
        Value = _rest[4..length];
        _rest = _rest[Math.Min(NetlinkMessage.Aligned(length), _rest.Length)..];
        return true;
    }
}
