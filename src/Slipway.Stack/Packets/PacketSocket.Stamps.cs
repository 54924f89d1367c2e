using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.TimestampingFlags;

namespace Slipway.Stack;

/// <summary>Times of what was sent, in the error queue (SO_TIMESTAMPING; Linux sock_recv_errqueue).</summary>
internal sealed partial class PacketSocket
{
    private Queue<QueuedStamp>? _stamps;
    private int _stampMemory;

    /// <summary>A stamp that waits.</summary>
    private readonly record struct QueuedStamp(uint Moment, uint Number, long At, byte[] Frame);

    private bool HasStamps => _stamps is { Count: > 0 };

    /// <inheritdoc/>
    public override void QueueStamp(uint moment, uint key, long departure, PacketBuffer packet, NetworkInterface device)
    {
        if (!MayQueueStamp) return;
        byte[] frame = (Timestamping & SOF_TIMESTAMPING_OPT_TSONLY) != 0 ? [] : packet.Span.ToArray();
        int memory = SocketMemory.Of(frame.Length, isIPv4: true);
        if (_receiveMemory + _stampMemory + memory >= ReceiveBuffer) return;
        _stampMemory += memory;
        (_stamps ??= new Queue<QueuedStamp>()).Enqueue(new QueuedStamp(moment, (Timestamping & SOF_TIMESTAMPING_OPT_ID) != 0 ? key : 0, Host.Loop.Now, frame));
        Announce(PollEvents.POLLERR | PollEvents.POLLPRI, PollErr);
    }

    private CallResult ReceiveStamp(ref ReceiveMessage message)
    {
        if (!HasStamps) return Errno.EAGAIN;
        QueuedStamp stamp = _stamps!.Dequeue();
        _stampMemory -= SocketMemory.Of(stamp.Frame.Length, isIPv4: true);
        int copied = Copy(stamp.Frame, ref message);
        message.Flags |= MessageFlags.MSG_ERRQUEUE;
        if (copied < stamp.Frame.Length) message.Flags |= MessageFlags.MSG_TRUNC;
        message.AddressLength = 0;
        var writer = new ControlMessageWriter(message.Control);
        if ((Flags & SocketFlags.AnyTimestamp) != 0) WriteTimestamp(ref writer, stamp.At, (Timestamping & SOF_TIMESTAMPING_SOFTWARE) != 0);
        // Unlike the messages of the internet's sockets it has no room for an address behind it.
        Span<byte> error = stackalloc byte[ExtendedSocketError.HeaderLength];
        error.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(error, (int)Errno.ENOMSG);
        error[4] = ExtendedSocketError.OriginTimestamping;
        BinaryPrimitives.WriteUInt32LittleEndian(error[8..], stamp.Moment);
        BinaryPrimitives.WriteUInt32LittleEndian(error[12..], stamp.Number);
        writer.Put(SocketLevel.SOL_PACKET, SocketOptionName.PACKET_TX_TIMESTAMP, error);
        Finish(writer, ref message);
        return copied;
    }
}
