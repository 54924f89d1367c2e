using System.Text;

namespace Slipway.Linux;

/// <summary>
/// A netlink message being written (netlink(7)): nlmsghdr, a fixed part, attributes, each aligned to four bytes, in the machine's byte order. The caller gives the room,
/// zeroed and large enough.
/// </summary>
internal ref struct NetlinkMessage
{
    public const int HeaderLength = 16;
    public const ushort Request = 1, Acknowledge = 4, Replace = 0x100, Exclusive = 0x200, Create = 0x400, Dump = 0x300;

    private readonly Span<byte> _room;
    private int _length;

    public NetlinkMessage(Span<byte> room, ushort type, int flags)
    {
        _room = room;
        _length = HeaderLength;
        BitConverter.TryWriteBytes(room[4..], type);
        BitConverter.TryWriteBytes(room[6..], (ushort)(flags | Request));
    }

    /// <summary>The fixed part that follows the header: ifinfomsg, ifaddrmsg, rtmsg.</summary>
    public Span<byte> Fixed(int length)
    {
        Span<byte> part = _room.Slice(_length, length);
        _length += Aligned(length);
        return part;
    }

    public void Attribute(int type, scoped ReadOnlySpan<byte> value)
    {
        int begin = Begin(type);
        value.CopyTo(_room[_length..]);
        _length += value.Length;
        End(begin);
    }

    public void Attribute(int type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BitConverter.TryWriteBytes(bytes, value);
        Attribute(type, bytes);
    }

    /// <summary>Text with its terminating zero.</summary>
    public void Attribute(int type, string text)
    {
        int begin = Begin(type);
        _length += Encoding.UTF8.GetBytes(text, _room[_length..]) + 1;
        End(begin);
    }

    /// <summary>Opens an attribute that holds attributes.</summary>
    public int Begin(int type)
    {
        BitConverter.TryWriteBytes(_room[(_length + 2)..], (ushort)type);
        _length += 4;
        return _length - 4;
    }

    /// <summary>Closes the attribute that <see cref="Begin"/> opened.</summary>
    public void End(int begin)
    {
        BitConverter.TryWriteBytes(_room[begin..], (ushort)(_length - begin));
        _length = Aligned(_length);
    }

    /// <summary>The message with its length and number.</summary>
    public readonly ReadOnlySpan<byte> Finish(int sequence)
    {
        BitConverter.TryWriteBytes(_room, _length);
        BitConverter.TryWriteBytes(_room[8..], sequence);
        return _room[.._length];
    }

    public static int Aligned(int length) => length + 3 & ~3;
}
