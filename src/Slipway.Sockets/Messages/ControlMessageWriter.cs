using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Lays control messages out one after the other, as CMSG_FIRSTHDR, CMSG_NXTHDR and CMSG_DATA do in C (cmsg(3)), and never past the end of the room.</summary>
/// <remarks>Each message is a header of 16 bytes (length, level, type) and its data, and begins at a multiple of 8 bytes.</remarks>
public ref struct ControlMessageWriter
{
    /// <summary>Bytes of struct cmsghdr.</summary>
    public const int HeaderLength = 16;

    private readonly Span<byte> _room;
    private int _length;

    /// <summary>Writes into <paramref name="room"/> from its start.</summary>
    public ControlMessageWriter(Span<byte> room)
    {
        _room = room;
        _length = 0;
        IsTruncated = false;
    }

    /// <summary>Bytes written: what goes into <see cref="SendMessage.Control"/>, or comes back in <see cref="ReceiveMessage.ControlLength"/>.</summary>
    public readonly int Length => _length;

    /// <summary>The bytes written.</summary>
    public readonly ReadOnlySpan<byte> Written => _room[.._length];

    /// <summary>Whether a message did not fit whole (MSG_CTRUNC).</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>CMSG_SPACE: bytes that a message takes with its padding.</summary>
    public static int Space(int dataLength) => HeaderLength + Align(dataLength);

    /// <summary>Adds a message if it fits whole.</summary>
    /// <returns>False, and nothing is written, if it does not.</returns>
    public bool TryAdd(int level, int type, scoped ReadOnlySpan<byte> data)
    {
        if (_room.Length - _length < HeaderLength + data.Length) return false;
        int end = _length + HeaderLength + data.Length;
        Put(level, type, data);
        // What is sent holds nothing that was in the room before.
        _room[end.._length].Clear();
        return true;
    }

    /// <summary>Adds a message with an int.</summary>
    /// <returns>False, and nothing is written, if it does not fit.</returns>
    public bool TryAdd(int level, int type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return TryAdd(level, type, bytes);
    }

    /// <summary>Adds IP_PKTINFO: from which address and by which interface a datagram is sent.</summary>
    /// <returns>False, and nothing is written, if it does not fit.</returns>
    public bool TryAdd(IPv4PacketInfo info)
    {
        Span<byte> bytes = stackalloc byte[IPv4PacketInfo.Length];
        info.Write(bytes);
        return TryAdd(SocketLevel.IPPROTO_IP, SocketOptionName.IP_PKTINFO, bytes);
    }

    /// <summary>Adds IPV6_PKTINFO: from which address and by which interface a datagram is sent.</summary>
    /// <returns>False, and nothing is written, if it does not fit.</returns>
    public bool TryAdd(IPv6PacketInfo info)
    {
        Span<byte> bytes = stackalloc byte[IPv6PacketInfo.Length];
        info.Write(bytes);
        return TryAdd(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_PKTINFO, bytes);
    }

    /// <summary>Adds SCM_CREDENTIALS: who the sender says that it is.</summary>
    /// <returns>False, and nothing is written, if it does not fit.</returns>
    public bool TryAdd(PeerCredentials credentials)
    {
        Span<byte> bytes = stackalloc byte[PeerCredentials.Length];
        credentials.Write(bytes);
        return TryAdd(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_CREDENTIALS, bytes);
    }

    /// <summary>Adds SCM_RIGHTS: descriptors to pass to another process. The sender keeps its own.</summary>
    /// <returns>False, and nothing is written, if they do not fit.</returns>
    public bool TryAddDescriptors(params ReadOnlySpan<int> descriptors)
    {
        if (_room.Length - _length < HeaderLength + descriptors.Length * sizeof(int)) return false;
        Span<byte> bytes = descriptors.Length <= 64 ? stackalloc byte[descriptors.Length * sizeof(int)] : new byte[descriptors.Length * sizeof(int)];
        for (int i = 0; i < descriptors.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], descriptors[i]);
        return TryAdd(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_RIGHTS, bytes);
    }

    /// <summary>
    /// Adds a message as the kernel does for a receiver: what does not fit is cut, and nothing is written where not even the header fits. Either sets <see cref="IsTruncated"/>.
    /// Between messages the room stays as it was, as put_cmsg leaves it.
    /// </summary>
    public void Put(int level, int type, scoped ReadOnlySpan<byte> data)
    {
        int left = _room.Length - _length;
        if (left < HeaderLength)
        {
            IsTruncated = true;
            return;
        }
        int length = HeaderLength + data.Length;
        if (length > left)
        {
            IsTruncated = true;
            length = left;
        }
        Span<byte> message = _room[_length..];
        BinaryPrimitives.WriteInt64LittleEndian(message, length);
        BinaryPrimitives.WriteInt32LittleEndian(message[8..], level);
        BinaryPrimitives.WriteInt32LittleEndian(message[12..], type);
        data[..(length - HeaderLength)].CopyTo(message[HeaderLength..]);
        int padding = Math.Min(Space(data.Length), left) - length;
        _length += length + padding;
    }

    /// <summary>Adds a message with an int, as <see cref="Put(int, int, ReadOnlySpan{byte})"/> does.</summary>
    public void Put(int level, int type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Put(level, type, bytes);
    }

    internal static int Align(int length) => length + 7 & ~7;
}
