using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Several messages in one call (Linux __sys_sendmmsg, do_recvmmsg).</summary>
public sealed partial class StackSocketSystem
{
    /// <inheritdoc/>
    public override CallResult SendMMsg(int descriptor, Span<OutgoingMessage> messages, MessageFlags flags)
    {
        if (messages.IsEmpty) return CheckThen(descriptor, Errno.None);
        if (messages.Length > MaxVectors) messages = messages[..MaxVectors];
        int sent = 0;
        foreach (ref OutgoingMessage message in messages)
        {
            var one = new SendMessage { Address = message.Address.Span, Buffer = message.Buffer.Span, Vectors = message.Vectors.Span, Control = message.Control.Span };
            CallResult result = SendMsg(descriptor, one, flags);
            if (!result.Succeeded) return sent > 0 ? sent : result;
            message.Sent = result.Value;
            sent++;
            // Less than all was taken: the next message would come in its middle.
            if (result.Value < LengthOf(message)) break;
        }
        return sent;
    }

    /// <inheritdoc/>
    public override CallResult RecvMMsg(int descriptor, Span<IncomingMessage> messages, MessageFlags flags, ref TimeSpan? timeout)
    {
        if (timeout < TimeSpan.Zero) return Errno.EINVAL;
        long deadline;
        using (_loop.Enter())
        {
            deadline = timeout is { } limit ? DeadlineAfter(StackClock.ToNanoseconds(limit)) : long.MaxValue;
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error == Errno.None && (flags & MessageFlags.MSG_ERRQUEUE) == 0) error = socket.TakeError();
            if (error != Errno.None) return error;
        }
        MessageFlags each = flags & ~MessageFlags.MSG_WAITFORONE;
        int received = 0;
        foreach (ref IncomingMessage message in messages)
        {
            var one = new ReceiveMessage { Address = message.Address.Span, Buffer = message.Buffer.Span, Vectors = message.Vectors.Span, Control = message.Control.Span };
            CallResult result = RecvMsg(descriptor, ref one, each);
            if (!result.Succeeded)
            {
                if (received == 0) return result;
                if (result.Error != Errno.EAGAIN) KeepError(descriptor, result.Error);
                break;
            }
            message.Received = result.Value;
            message.AddressLength = one.AddressLength;
            message.ControlLength = one.ControlLength;
            message.Flags = one.Flags;
            received++;
            if ((flags & MessageFlags.MSG_WAITFORONE) != 0) each |= MessageFlags.MSG_DONTWAIT;
            if (timeout is not null && IsOver(deadline, ref timeout)) break;
            if ((one.Flags & MessageFlags.MSG_OOB) != 0) break;
        }
        return received;
    }

    private static long LengthOf(in OutgoingMessage message)
    {
        if (message.Vectors.IsEmpty) return message.Buffer.Length;
        long length = 0;
        foreach (ReadOnlyMemory<byte> vector in message.Vectors.Span) length += vector.Length;
        return length;
    }

    /// <summary>What is left of the time; it is looked at between messages only.</summary>
    private bool IsOver(long deadline, ref TimeSpan? timeout)
    {
        using (_loop.Enter())
        {
            long left = Math.Max(deadline - _loop.Now, 0);
            timeout = TimeSpan.FromTicks(left / TimeSpan.NanosecondsPerTick);
            return left == 0;
        }
    }

    /// <summary>An error that the call cannot return any more: the next one does, or SO_ERROR.</summary>
    private void KeepError(int descriptor, Errno error)
    {
        using (_loop.Enter())
        {
            if (Find(descriptor, out OpenSocket socket) == Errno.None) socket.KeepError(error);
        }
    }
}
