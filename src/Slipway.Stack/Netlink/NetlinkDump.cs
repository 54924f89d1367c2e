using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// The answer to a dump on its way to a reader, who takes it in datagrams (Linux netlink_dump). The entries are those of the moment of the request; where the tables change before the reader has all,
/// the rest says so (NLM_F_DUMP_INTR).
/// </summary>
/// <param name="messages">The entries.</param>
/// <param name="request">Header of the request, for the numbers that the end carries.</param>
/// <param name="generation">State of the tables at the request; null for tables that are not watched.</param>
/// <param name="error">What the end says.</param>
internal sealed class NetlinkDump(ReadOnlyMemory<byte> messages, (uint Sequence, uint Port) request, uint? generation, Errno error)
{
    private const int DoneLength = NetlinkWriter.HeaderLength + sizeof(int);

    private ReadOnlyMemory<byte> _rest = messages;

    /// <summary>The next datagram: as many whole messages as fit, and the end where all of it fits.</summary>
    /// <param name="room">Bytes that the reader is taken to have; a message that is longer comes alone.</param>
    /// <param name="current">State of the tables now.</param>
    /// <param name="isLast">Whether the end is in it.</param>
    public byte[] Next(int room, uint current, out bool isLast)
    {
        ReadOnlySpan<byte> rest = _rest.Span;
        int length = 0;
        while (length < rest.Length)
        {
            int next = NetlinkWriter.Align(BinaryPrimitives.ReadInt32LittleEndian(rest[length..]));
            if (length > 0 && length + next > room) break;
            length += next;
        }
        isLast = length == rest.Length && (length == 0 || length + DoneLength <= room);
        byte[] datagram = new byte[length + (isLast ? DoneLength : 0)];
        rest[..length].CopyTo(datagram);
        _rest = _rest[length..];
        if (isLast) WriteEnd(datagram.AsSpan(length));
        if (generation is { } then && current != then) MarkInterrupted(datagram);
        return datagram;
    }

    private void WriteEnd(Span<byte> end)
    {
        BinaryPrimitives.WriteInt32LittleEndian(end, DoneLength);
        BinaryPrimitives.WriteUInt16LittleEndian(end[4..], NetlinkMessageType.NLMSG_DONE);
        BinaryPrimitives.WriteUInt16LittleEndian(end[6..], NetlinkFlags.NLM_F_MULTI);
        BinaryPrimitives.WriteUInt32LittleEndian(end[8..], request.Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], request.Port);
        BinaryPrimitives.WriteInt32LittleEndian(end[16..], -(int)error);
    }

    private static void MarkInterrupted(Span<byte> datagram)
    {
        while (!datagram.IsEmpty)
        {
            datagram[6] |= (byte)NetlinkFlags.NLM_F_DUMP_INTR;
            datagram = datagram[NetlinkWriter.Align(BinaryPrimitives.ReadInt32LittleEndian(datagram))..];
        }
    }
}
