using System.Buffers.Binary;
using System.Text;

namespace Slipway.Sockets;

/// <summary>
/// Writes netlink messages (netlink(7)): header, fixed part, attributes, each aligned to four bytes, all in little-endian order. The room grows as needed, so nothing can be written past
/// it; lengths are filled in when a message or a nest ends.
/// </summary>
/// <example><code>
/// var request = new NetlinkWriter();
/// request.BeginMessage(NetlinkMessageType.RTM_NEWLINK, NetlinkFlags.NLM_F_ACK);
/// BinaryPrimitives.WriteInt32LittleEndian(request.Fixed(16)[4..], index);
/// request.Attribute(LinkAttribute.IFLA_MTU, 1400u);
/// request.EndMessage();
/// </code></example>
public sealed class NetlinkWriter
{
    /// <summary>Bytes of struct nlmsghdr.</summary>
    public const int HeaderLength = 16;

    private const int AttributeHeaderLength = 4;

    private byte[] _bytes = new byte[256];
    private int _message;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The messages.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Where the current message begins.</summary>
    public int MessageStart => _message;

    /// <summary>A length rounded up to four bytes (NLMSG_ALIGN).</summary>
    public static int Align(int length) => length + 3 & ~3;

    /// <summary>Takes all back.</summary>
    public void Clear() => Length = _message = 0;

    /// <summary>Takes back all from a place on, such as where a message began.</summary>
    public void CutTo(int length) => Length = Math.Min(length, Length);

    /// <summary>Begins a message with its header.</summary>
    /// <param name="type">nlmsg_type, of <see cref="NetlinkMessageType"/>.</param>
    /// <param name="flags">nlmsg_flags, of <see cref="NetlinkFlags"/>.</param>
    /// <param name="sequence">nlmsg_seq: answers carry the number of their request.</param>
    /// <param name="port">nlmsg_pid.</param>
    public void BeginMessage(ushort type, ushort flags, uint sequence = 0, uint port = 0)
    {
        _message = Length;
        Span<byte> header = Fixed(HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], port);
        EndMessage();
    }

    /// <summary>Adds flags to the first message and numbers it.</summary>
    internal void Stamp(ushort flags, uint sequence)
    {
        Span<byte> header = _bytes.AsSpan(0, Math.Min(Length, HeaderLength));
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) | flags));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], sequence);
    }

    /// <summary>Fills in the length of the message that was begun last.</summary>
    public void EndMessage() => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_message), Length - _message);

    /// <summary>Room of zeros for a fixed part, such as struct ifinfomsg. Fill it before anything else is written.</summary>
    public Span<byte> Fixed(int length)
    {
        int aligned = Align(length);
        Span<byte> room = Reserve(aligned);
        room.Clear();
        return room[..length];
    }

    /// <summary>An attribute of any bytes.</summary>
    /// <exception cref="ArgumentException">The value is longer than an attribute may be, 65531 bytes.</exception>
    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        int begin = BeginNest(type);
        Span<byte> room = Reserve(Align(value.Length));
        value.CopyTo(room);
        room[value.Length..].Clear();
        SetLength(begin, AttributeHeaderLength + value.Length);
    }

    /// <summary>An attribute of one byte.</summary>
    public void Attribute(ushort type, byte value) => Attribute(type, [value]);

    /// <summary>An attribute of 16 bits.</summary>
    public void Attribute(ushort type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Attribute(type, bytes);
    }

    /// <summary>An attribute of 32 bits.</summary>
    public void Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Attribute(type, bytes);
    }

    /// <summary>An attribute of text, with the zero that ends it.</summary>
    public void Attribute(ushort type, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        Attribute(type, bytes);
    }

    /// <summary>An attribute that is an address, without its port.</summary>
    public void Attribute(ushort type, InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Attribute(type, bytes[..address.WriteAddress(bytes)]);
    }

    /// <summary>Opens an attribute that holds attributes.</summary>
    /// <returns>To be given to <see cref="EndNest"/>.</returns>
    public int BeginNest(ushort type)
    {
        int begin = Length;
        BinaryPrimitives.WriteUInt16LittleEndian(Fixed(AttributeHeaderLength)[2..], type);
        return begin;
    }

    /// <summary>Closes the attribute that <see cref="BeginNest"/> opened.</summary>
    /// <exception cref="ArgumentException">It has become longer than an attribute may be.</exception>
    public void EndNest(int begin) => SetLength(begin, Length - begin);

    private void SetLength(int begin, int length)
    {
        if (length > ushort.MaxValue) throw new ArgumentException($"an attribute of {length} bytes: at most {ushort.MaxValue} with its header", nameof(length));
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(begin), (ushort)length);
        EndMessage();
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - Length < length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
        Span<byte> room = _bytes.AsSpan(Length, length);
        Length += length;
        return room;
    }
}
