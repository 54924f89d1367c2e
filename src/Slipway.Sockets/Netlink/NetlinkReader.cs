using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Walks over the messages of a datagram (NLMSG_OK, NLMSG_NEXT). Any bytes may be given: a length that does not hold ends the walk, and <see cref="IsMalformed"/> says so.</summary>
public ref struct NetlinkReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads <paramref name="bytes"/> from their start.</summary>
    public NetlinkReader(ReadOnlySpan<byte> bytes)
    {
        _rest = bytes;
        Message = Body = default;
        IsMalformed = false;
    }

    /// <summary>The current message with its header.</summary>
    public ReadOnlySpan<byte> Message { get; private set; }

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>Whether the walk ended at a length that is less than a header or more than what is there.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>nlmsg_type.</summary>
    public readonly ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(Message[4..]);

    /// <summary>nlmsg_flags.</summary>
    public readonly ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(Message[6..]);

    /// <summary>nlmsg_seq.</summary>
    public readonly uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(Message[8..]);

    /// <summary>nlmsg_pid.</summary>
    public readonly uint Port => BinaryPrimitives.ReadUInt32LittleEndian(Message[12..]);

    /// <summary>The errno of an NLMSG_ERROR or an NLMSG_DONE; <see cref="Errno.None"/> for an acknowledgement.</summary>
    public readonly Errno Error => Body.Length < sizeof(int) ? Errno.None : (Errno)(-BinaryPrimitives.ReadInt32LittleEndian(Body));

    /// <summary>Goes to the next message.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext()
    {
        if (_rest.Length < NetlinkWriter.HeaderLength)
        {
            IsMalformed |= !_rest.IsEmpty;
            return false;
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length < NetlinkWriter.HeaderLength || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }
        Message = _rest[..(int)length];
        Body = Message[NetlinkWriter.HeaderLength..];
        _rest = _rest[Math.Min(NetlinkWriter.Align((int)length), _rest.Length)..];
        return true;
    }

    /// <summary>The attributes behind a fixed part of the body.</summary>
    /// <param name="fixedLength">Bytes of the fixed part, such as 16 for struct ifinfomsg.</param>
    public readonly NetlinkAttributeReader Attributes(int fixedLength) => new(Body[Math.Min(NetlinkWriter.Align(fixedLength), Body.Length)..]);

    /// <summary>The attributes behind an NLMSG_ERROR (NETLINK_EXT_ACK); none where the message has none.</summary>
    public readonly NetlinkAttributeReader ErrorAttributes
    {
        get
        {
            const int CodeAndHeader = sizeof(int) + NetlinkWriter.HeaderLength;
            if (Type != NetlinkMessageType.NLMSG_ERROR || (Flags & NetlinkFlags.NLM_F_ACK_TLVS) == 0 || Body.Length < CodeAndHeader) return default;
            uint request = (Flags & NetlinkFlags.NLM_F_CAPPED) != 0 ? NetlinkWriter.HeaderLength : BinaryPrimitives.ReadUInt32LittleEndian(Body[sizeof(int)..]);
            return request > Body.Length - sizeof(int) ? default : Attributes(sizeof(int) + (int)request);
        }
    }
}
