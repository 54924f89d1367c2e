using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Bytes to the caller's room, in one piece or several.</summary>
internal abstract partial class InetSocket
{
    protected static int Copy(ReadOnlySpan<byte> data, ref ReceiveMessage message)
    {
        if (message.Vectors.IsEmpty)
        {
            int count = Math.Min(data.Length, message.Buffer.Length);
            data[..count].CopyTo(message.Buffer);
            return count;
        }
        int copied = 0;
        foreach (Memory<byte> vector in message.Vectors)
        {
            if (copied == data.Length) break;
            int count = Math.Min(data.Length - copied, vector.Length);
            data.Slice(copied, count).CopyTo(vector.Span);
            copied += count;
        }
        return copied;
    }

    protected static int Room(in ReceiveMessage message)
    {
        if (message.Vectors.IsEmpty) return message.Buffer.Length;
        int room = 0;
        foreach (Memory<byte> vector in message.Vectors) room += vector.Length;
        return room;
    }

    protected static void Finish(in ControlMessageWriter writer, ref ReceiveMessage message)
    {
        message.ControlLength = writer.Length;
        if (writer.IsTruncated) message.Flags |= MessageFlags.MSG_CTRUNC;
    }

    /// <summary>One byte, into the first room that there is.</summary>
    protected static void CopyByte(byte value, ref ReceiveMessage message)
    {
        if (message.Vectors.IsEmpty)
        {
            if (!message.Buffer.IsEmpty) message.Buffer[0] = value;
            return;
        }
        foreach (Memory<byte> vector in message.Vectors)
        {
            if (vector.IsEmpty) continue;
            vector.Span[0] = value;
            return;
        }
    }
}
