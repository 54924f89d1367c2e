using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Bytes from the caller and to the caller's room, in one piece or several.</summary>
internal abstract partial class OpenSocket
{
    /// <summary>Copies as much as there is room for behind the first bytes of the room, which are taken already.</summary>
    protected static int Copy(scoped ReadOnlySpan<byte> data, ref ReceiveMessage message, int taken = 0)
    {
        if (message.Vectors.IsEmpty)
        {
            int count = Math.Min(data.Length, message.Buffer.Length - taken);
            data[..count].CopyTo(message.Buffer[taken..]);
            return count;
        }
        int copied = 0;
        foreach (Memory<byte> vector in message.Vectors)
        {
            if (copied == data.Length) break;
            int before = Math.Min(taken, vector.Length);
            taken -= before;
            int count = Math.Min(data.Length - copied, vector.Length - before);
            data.Slice(copied, count).CopyTo(vector.Span[before..]);
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

    protected static int LengthOf(in SendMessage message)
    {
        if (message.Vectors.IsEmpty) return message.Buffer.Length;
        long length = 0;
        foreach (ReadOnlyMemory<byte> vector in message.Vectors) length += vector.Length;
        return (int)Math.Min(length, int.MaxValue);
    }

    /// <summary>Copies the message's bytes from one on, as many as the destination takes.</summary>
    protected static void Gather(in SendMessage message, Span<byte> destination, int from = 0)
    {
        if (message.Vectors.IsEmpty)
        {
            message.Buffer.Slice(from, destination.Length).CopyTo(destination);
            return;
        }
        foreach (ReadOnlyMemory<byte> vector in message.Vectors)
        {
            int skipped = Math.Min(from, vector.Length);
            from -= skipped;
            int count = Math.Min(vector.Length - skipped, destination.Length);
            vector.Span.Slice(skipped, count).CopyTo(destination);
            destination = destination[count..];
        }
    }
}
