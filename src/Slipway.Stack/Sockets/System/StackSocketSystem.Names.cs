using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Addresses, connections and options.</summary>
public sealed partial class StackSocketSystem
{
    /// <inheritdoc/>
    public override Errno Bind(int descriptor, ReadOnlySpan<byte> address)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error != Errno.None) return error;
            return address.Length > MaxAddressLength ? Errno.EINVAL : socket.Bind(_caller, address);
        }
    }

    /// <inheritdoc/>
    public override Errno Connect(int descriptor, ReadOnlySpan<byte> address)
    {
        BlockedCall call;
        OpenSocket socket;
        Errno progress;
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out socket);
            if (error != Errno.None) return error;
            if (address.Length > MaxAddressLength) return Errno.EINVAL;
            error = socket.Connect(_caller, address);
            if (error != StackErrno.MustWait) return error;
            if (socket.IsNonBlocking) return socket.WouldWait;
            progress = socket.WouldWait;
            call = BeginWait(socket, PollEvents.POLLOUT, socket.SendTimeout);
        }
        while (true)
        {
            Wait(call, "connect");
            using (_loop.Enter())
            {
                Errno error = socket.ContinueConnect(_caller, address);
                if (error == StackErrno.MustWait && KeepWaiting(call, socket.SendTimeout == OpenSocket.Forever, progress, out error)) continue;
                EndWait(call);
                return error;
            }
        }
    }

    /// <inheritdoc/>
    public override Errno Listen(int descriptor, int backlog)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            return error == Errno.None ? socket.Listen(_caller, backlog) : error;
        }
    }

    /// <inheritdoc/>
    public override CallResult Accept(int descriptor, Span<byte> address, ref int length, SocketType flags)
    {
        BlockedCall call;
        OpenSocket socket;
        using (_loop.Enter())
        {
            if (!_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            if ((flags & ~(SocketType.NonBlocking | SocketType.CloseOnExec)) != 0) return Errno.EINVAL;
            if (file is not OpenSocket listener) return Errno.ENOTSOCK;
            socket = listener;
            CallResult result = TryAccept(socket, address, ref length, flags);
            if (result.Error != StackErrno.MustWait) return result;
            if (socket.IsNonBlocking) return Errno.EAGAIN;
            call = BeginWait(socket, PollEvents.POLLIN, socket.ReceiveTimeout);
        }
        while (true)
        {
            Wait(call, "accept");
            using (_loop.Enter())
            {
                CallResult result = TryAccept(socket, address, ref length, flags);
                if (result.Error == StackErrno.MustWait)
                {
                    if (KeepWaiting(call, socket.ReceiveTimeout == OpenSocket.Forever, Errno.EAGAIN, out Errno error)) continue;
                    result = error;
                }
                EndWait(call);
                return result;
            }
        }
    }

    /// <inheritdoc/>
    public override Errno GetSockName(int descriptor, Span<byte> address, ref int length) => GetName(descriptor, peer: false, address, ref length);

    /// <inheritdoc/>
    public override Errno GetPeerName(int descriptor, Span<byte> address, ref int length) => GetName(descriptor, peer: true, address, ref length);

    /// <inheritdoc/>
    public override Errno Shutdown(int descriptor, ShutdownHow how)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error != Errno.None) return error;
            if (how is >= ShutdownHow.Receive and <= ShutdownHow.Both) return socket.Shutdown(how);
            // Those that have nothing to shut down do not look how.
            return socket.Family is AddressFamily.Netlink or AddressFamily.Packet ? Errno.EOPNOTSUPP : Errno.EINVAL;
        }
    }

    /// <inheritdoc/>
    public override Errno GetSockOpt(int descriptor, int level, int name, Span<byte> value, ref int length)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error != Errno.None) return error;
            if ((level, name) is (SocketLevel.SOL_SOCKET, SocketOptionName.SO_PEERPIDFD)) return GetPeerProcess(socket, value, ref length);
            // SO_GET_FILTER counts instructions, so there the length does not cut the room.
            bool cuts = length >= 0 && (level != SocketLevel.SOL_SOCKET || name != SocketOptionName.SO_ATTACH_FILTER);
            if (cuts && length > value.Length || length < 0) return GetBeyond(socket, level, name, value, ref length);
            return socket.GetOption(level, name, cuts ? value[..Math.Min(length, value.Length)] : value, ref length);
        }
    }

    /// <summary>The caller claims more room than the span has: the length that comes back is that of the claim, and what fits comes over.</summary>
    private static Errno GetBeyond(OpenSocket socket, int level, int name, Span<byte> value, ref int length)
    {
        const int LongestOption = 1 << 16;
        byte[] room = new byte[Math.Min((uint)length, LongestOption)];
        value.CopyTo(room.AsSpan());
        Errno error = socket.GetOption(level, name, room, ref length);
        if (error == Errno.None) room.AsSpan(0, Math.Min(Math.Min(length, room.Length), value.Length)).CopyTo(value);
        return error;
    }

    /// <inheritdoc/>
    public override Errno SetSockOpt(int descriptor, int level, int name, ReadOnlySpan<byte> value)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            return error == Errno.None ? socket.SetOption(_caller, level, name, value) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno SetSockOptInPlace(int descriptor, int level, int name, Span<byte> value)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error == Errno.None) error = socket.SetOption(_caller, level, name, value);
            if (error == Errno.None && level == SocketLevel.IPPROTO_IPV6 && name == SocketOptionName.IPV6_FLOWLABEL_MGR) ((InetSocket)socket).TellChosenFlowLabel(value);
            return error;
        }
    }

    private CallResult TryAccept(OpenSocket listener, Span<byte> address, ref int length, SocketType flags)
    {
        // The descriptor comes first: without one the connection stays in the queue (accept(2), EMFILE).
        if (!_table.TryFindFree(0, _context.DescriptorLimit, out int descriptor)) return Errno.EMFILE;
        Errno error = listener.Accept(out OpenSocket? accepted);
        if (error != Errno.None) return error;
        CallResult name = accepted!.GetAcceptedName(length < 0 ? default : address[..Math.Min(length, address.Length)]);
        if (length < 0 || !address.IsEmpty && !name.Succeeded)
        {
            accepted.Release();
            return length < 0 ? Errno.EINVAL : Errno.ECONNABORTED;
        }
        // No room and no length is the null address: there is nothing to write a length to.
        if (!address.IsEmpty || length != 0) length = name.Succeeded ? name.Value : 0;
        accepted.GroupId = _context.GroupId;
        if ((flags & SocketType.NonBlocking) != 0) accepted.StatusFlags |= FileControl.O_NONBLOCK;
        _table.Set(descriptor, accepted, (flags & SocketType.CloseOnExec) != 0);
        return descriptor;
    }

    private Errno GetName(int descriptor, bool peer, Span<byte> address, ref int length)
    {
        using (_loop.Enter())
        {
            Errno error = Find(descriptor, out OpenSocket socket);
            if (error != Errno.None) return error;
            CallResult result = socket.GetName(peer, length < 0 ? default : address[..Math.Min(length, address.Length)]);
            if (!result.Succeeded) return result.Error;
            if (length < 0) return Errno.EINVAL;
            length = result.Value;
            return Errno.None;
        }
    }
}
