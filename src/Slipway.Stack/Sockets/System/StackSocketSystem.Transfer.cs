using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Sending and receiving: the one place where a send or a receive waits.</summary>
public sealed partial class StackSocketSystem
{
    private const int MaxVectors = 1024;
    private const int MaxAddressLength = 128;

    /// <summary>Control data that the kernel takes without asking for memory: two headers and an int.</summary>
    private const int ControlOnStack = 36;

    /// <inheritdoc/>
    public override CallResult SendTo(int descriptor, ReadOnlySpan<byte> data, MessageFlags flags, ReadOnlySpan<byte> address)
    {
        if (address.Length > MaxAddressLength) return CheckThen(descriptor, Errno.EINVAL);
        var message = new SendMessage { Buffer = data, Address = address };
        return Send(descriptor, message, flags);
    }

    /// <inheritdoc/>
    public override CallResult SendMsg(int descriptor, in SendMessage message, MessageFlags flags)
    {
        if (flags < 0) return Errno.EINVAL; // MSG_CMSG_COMPAT is the kernel's own
        if (message.Vectors.Length > MaxVectors) return CheckThen(descriptor, Errno.EMSGSIZE);
        if (message.Address.Length <= MaxAddressLength) return Send(descriptor, message, flags);
        SendMessage cut = message;
        cut.Address = message.Address[..MaxAddressLength];
        return Send(descriptor, cut, flags);
    }

    /// <inheritdoc/>
    public override CallResult RecvFrom(int descriptor, Span<byte> data, MessageFlags flags, Span<byte> address, ref int length)
    {
        var message = new ReceiveMessage { Buffer = data, Address = address[..Math.Clamp(length, 0, address.Length)] };
        CallResult result = Receive(descriptor, ref message, flags);
        if (!result.Succeeded) return result;
        // The kernel looks at the length only when the datagram has been taken; a bad one loses it (recvfrom(2)).
        if (length < 0) return Errno.EINVAL;
        // No room and no length is the null address: there is nothing to write a length to.
        if (!address.IsEmpty || length != 0) length = message.AddressLength;
        return result;
    }

    /// <inheritdoc/>
    public override CallResult RecvMsg(int descriptor, ref ReceiveMessage message, MessageFlags flags)
    {
        if (flags < 0) return Errno.EINVAL; // MSG_CMSG_COMPAT is the kernel's own
        if (message.Vectors.Length > MaxVectors) return CheckThen(descriptor, Errno.EMSGSIZE);
        message.Flags = MessageFlags.None;
        CallResult result = Receive(descriptor, ref message, flags);
        if (message.Address.IsEmpty) message.AddressLength = 0;
        message.Flags |= flags & MessageFlags.MSG_CMSG_CLOEXEC; // Linux hands it back as it came
        return result;
    }

    /// <inheritdoc/>
    public override CallResult Read(int descriptor, Span<byte> data)
    {
        if (IsNullFile(descriptor, out _)) return 0;
        // read(2) with no room asks a socket for nothing, unlike recv(2).
        if (data.IsEmpty) return OfFile(CheckThen(descriptor, Errno.None));
        var message = new ReceiveMessage { Buffer = data };
        return OfFile(Receive(descriptor, ref message, MessageFlags.None));
    }

    /// <inheritdoc/>
    public override CallResult Write(int descriptor, ReadOnlySpan<byte> data)
    {
        if (IsNullFile(descriptor, out NullFile? file))
        {
            file!.Write(data);
            return data.Length;
        }
        var message = new SendMessage { Buffer = data };
        return OfFile(Send(descriptor, message, MessageFlags.None));
    }

    /// <inheritdoc/>
    public override CallResult ReadV(int descriptor, ReadOnlySpan<Memory<byte>> vectors)
    {
        if (vectors.Length > MaxVectors) return CheckThen(descriptor, Errno.EINVAL);
        if (IsNullFile(descriptor, out _)) return 0;
        bool empty = true;
        foreach (Memory<byte> vector in vectors) empty &= vector.IsEmpty;
        if (empty) return OfFile(CheckThen(descriptor, Errno.None));
        var message = new ReceiveMessage { Vectors = vectors };
        return OfFile(Receive(descriptor, ref message, MessageFlags.None));
    }

    /// <inheritdoc/>
    public override CallResult WriteV(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> vectors)
    {
        if (vectors.Length > MaxVectors) return CheckThen(descriptor, Errno.EINVAL);
        if (IsNullFile(descriptor, out NullFile? file))
        {
            int written = 0;
            foreach (ReadOnlyMemory<byte> vector in vectors)
            {
                file!.Write(vector.Span);
                written += vector.Length;
            }
            return written;
        }
        bool empty = true;
        foreach (ReadOnlyMemory<byte> vector in vectors) empty &= vector.IsEmpty;
        // A writev of nothing ends in the file layer; a write of nothing sends an empty datagram (FD-24).
        if (empty) return OfFile(CheckThen(descriptor, Errno.None));
        var message = new SendMessage { Vectors = vectors };
        return OfFile(Send(descriptor, message, MessageFlags.None));
    }

    private CallResult Send(int descriptor, scoped in SendMessage message, MessageFlags flags)
    {
        CallResult result = SendOrWait(descriptor, message, flags);
        _context.LeaveCall();
        return result;
    }

    private CallResult SendOrWait(int descriptor, scoped in SendMessage message, MessageFlags flags)
    {
        BlockedCall call;
        OpenSocket socket;
        int done = 0;
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out socket);
            if (error != Errno.None) return error;
            // Longer control data is copied into memory of the socket, which is limited (PROC-07).
            if (message.Control.Length > ControlOnStack && message.Control.Length >= _host.Sysctl.Core.OptmemMax.Value) return Errno.ENOBUFS;
            if (socket.IsNonBlocking) flags |= MessageFlags.MSG_DONTWAIT;
            CallResult result = socket.Send(_caller, message, flags, ref done);
            if (result.Error != StackErrno.MustWait) return result;
            if ((flags & MessageFlags.MSG_DONTWAIT) != 0) return Errno.EAGAIN;
            call = BeginWait(socket, PollEvents.POLLOUT, socket.SendTimeout);
        }
        while (true)
        {
            Wait(call, "send");
            using (_loop.Enter())
            {
                CallResult result = socket.SendOn(_caller, message, flags, ref done);
                if (result.Error == StackErrno.MustWait)
                {
                    if (KeepWaiting(call, socket.SendTimeout == OpenSocket.Forever && done == 0, socket.SendExpired, out Errno error)) continue;
                    // What was queued before is what the call has done.
                    result = done > 0 ? done : error;
                }
                EndWait(call);
                return result;
            }
        }
    }

    private CallResult Receive(int descriptor, scoped ref ReceiveMessage message, MessageFlags flags)
    {
        CallResult result = ReceiveOrWait(descriptor, ref message, flags);
        _context.LeaveCall();
        return result;
    }

    private CallResult ReceiveOrWait(int descriptor, scoped ref ReceiveMessage message, MessageFlags flags)
    {
        BlockedCall call;
        OpenSocket socket;
        int done = 0;
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out socket);
            if (error != Errno.None) return error;
            if (socket.IsNonBlocking) flags |= MessageFlags.MSG_DONTWAIT;
            CallResult result = socket.Receive(_caller, ref message, flags, ref done);
            if (result.Error == StackErrno.MustWait && done > 0 && (flags & MessageFlags.MSG_DONTWAIT) != 0) return done;
            if (result.Error != StackErrno.MustWait) return result;
            if ((flags & MessageFlags.MSG_DONTWAIT) != 0) return Errno.EAGAIN;
            call = BeginWait(socket, PollEvents.POLLIN, socket.ReceiveTimeout);
        }
        while (true)
        {
            Wait(call, "recv");
            using (_loop.Enter())
            {
                CallResult result = socket.Receive(_caller, ref message, flags, ref done);
                if (result.Error == StackErrno.MustWait)
                {
                    if (KeepWaiting(call, socket.ReceiveTimeout == OpenSocket.Forever && done == 0, Errno.EAGAIN, out Errno error)) continue;
                    result = done > 0 ? done : error;
                }
                EndWait(call);
                return result;
            }
        }
    }

    /// <summary>What is no socket, and nothing to read or write, says so to read(2) and write(2) by EINVAL.</summary>
    private static CallResult OfFile(CallResult result) => result.Error == Errno.ENOTSOCK ? Errno.EINVAL : result;

    private CallResult CheckThen(int descriptor, Errno otherwise)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out _);
            return error != Errno.None ? error : otherwise;
        }
    }

    private bool IsNullFile(int descriptor, out NullFile? file)
    {
        using (_loop.Enter())
        {
            file = _table.TryGet(descriptor, out OpenFile? found) ? found as NullFile : null;
            return file is not null;
        }
    }
}
