using Slipway.Sockets;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>What the program reads: bytes up to the urgent mark, and the mark itself.</summary>
internal sealed partial class TcpReceiver
{
    /// <summary>When the segment arrived of which bytes were read last, by the loop's clock (SO_TIMESTAMP).</summary>
    public long LastReadArrival { get; private set; }

    /// <summary>When the first segment arrived of which bytes wait.</summary>
    public long FirstArrival => _first!.ReceivedAt;

    /// <summary>Copies bytes out, or with <paramref name="destination"/> empty passes over them, and takes them off the queue.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="count">Bytes at most.</param>
    /// <param name="discard">MSG_TRUNC: the bytes are passed over, not copied.</param>
    /// <param name="inline">SO_OOBINLINE: the urgent byte stays in the stream.</param>
    /// <returns>Bytes taken; 0 at the urgent mark or where there are none.</returns>
    public int Read(Span<byte> destination, int count, bool discard, bool inline)
    {
        int copied = 0;
        while (count > 0 && Readable > 0)
        {
            // Reading stops in front of the mark, so that the program notices it (OOB-06).
            if (Urgent != UrgentState.None && UrgentSeq == CopiedSeq)
            {
                if (copied > 0) break;
                if (!inline)
                {
                    Consume(1);
                    ForgetUrgentPassed();
                    continue;
                }
            }
            PacketBuffer packet = _first!;
            int used = Math.Min(packet.Length, count);
            LastReadArrival = packet.ReceivedAt;
            if (Urgent != UrgentState.None)
            {
                uint toMark = UrgentSeq - CopiedSeq;
                if (toMark > 0 && toMark < (uint)used) used = (int)toMark;
            }
            if (!discard) packet.Span[..used].CopyTo(destination[copied..]);
            Consume(used);
            ForgetUrgentPassed();
            copied += used;
            count -= used;
        }
        if (copied > 0) AdjustBuffer(copied);
        return copied;
    }

    /// <summary>Copies bytes without taking them (MSG_PEEK).</summary>
    /// <param name="offset">Bytes to pass over first (SO_PEEK_OFF).</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="inline">SO_OOBINLINE.</param>
    public int Peek(int offset, Span<byte> destination, bool inline)
    {
        int copied = 0;
        uint at = CopiedSeq;
        for (PacketBuffer? packet = _first; packet is not null && copied < destination.Length; packet = packet.Next)
        {
            ReadOnlySpan<byte> data = packet.Span;
            LastReadArrival = packet.ReceivedAt;
            while (!data.IsEmpty && copied < destination.Length)
            {
                int used = data.Length;
                if (Urgent != UrgentState.None)
                {
                    if (UrgentSeq == at)
                    {
                        if (copied > 0) return copied;
                        if (!inline)
                        {
                            at++;
                            data = data[1..];
                            continue;
                        }
                    }
                    else if (UrgentSeq - at < (uint)used) used = (int)(UrgentSeq - at);
                }
                int skipped = Math.Min(offset, used);
                offset -= skipped;
                int taken = Math.Min(used - skipped, destination.Length - copied);
                data.Slice(skipped, taken).CopyTo(destination[copied..]);
                copied += taken;
                at += (uint)(skipped + taken);
                data = data[(skipped + taken)..];
            }
        }
        return copied;
    }

    /// <summary>Takes bytes off the front.</summary>
    private void Consume(int count)
    {
        CopiedSeq += (uint)count;
        while (count > 0)
        {
            PacketBuffer packet = _first!;
            int used = Math.Min(count, packet.Length);
            count -= used;
            if (used < packet.Length)
            {
                packet.TrimStart(used);
                return;
            }
            _first = packet.Next;
            if (_first is null) _last = null;
            packet.Next = null;
            Discharge(packet);
            packet.Release();
        }
    }
}
