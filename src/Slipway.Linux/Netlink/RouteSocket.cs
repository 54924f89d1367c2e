using System.Buffers;
using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A NETLINK_ROUTE socket (rtnetlink(7)). It acts on the namespace in which it was opened, whichever thread uses it; one request at a time.</summary>
internal sealed class RouteSocket : IDisposable
{
    private const int NetlinkRoute = 0, LinkGroup = 0x1, IPv6RouteGroup = 0x400, MessageError = 2, MessageDone = 3, InterruptedDump = 0x10;
    private const int RoomLength = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly FileDescriptor _socket;
    private int _sequence;

    /// <summary>Opens a socket in the namespace where the thread is.</summary>
    public RouteSocket()
    {
        int number = Libc.Socket((int)AddressFamily.Netlink, (int)(SocketType.Raw | SocketType.CloseOnExec), NetlinkRoute);
        _socket = number >= 0 ? new FileDescriptor(number) : throw new SocketCallException(Libc.LastError, "socket(AF_NETLINK)");
    }

    /// <summary>A socket that is told of every change of the links of the namespace where the thread is and of its IPv6 routes (RTMGRP_LINK, RTMGRP_IPV6_ROUTE).</summary>
    public static unsafe RouteSocket Subscribe()
    {
        // struct sockaddr_nl: family (2), pad (2), port (4), groups (4).
        int* address = stackalloc int[3] { (int)AddressFamily.Netlink, 0, LinkGroup | IPv6RouteGroup };
        var socket = new RouteSocket();
        if (Libc.Bind(socket._socket.Number, (byte*)address, 12) == 0) return socket;
        var failure = new SocketCallException(Libc.LastError, "bind(AF_NETLINK)");
        socket.Dispose();
        throw failure;
    }

    /// <summary>Waits until something has changed. Lost messages (ENOBUFS) are a change too.</summary>
    public unsafe void WaitForEvent()
    {
        const int Room = 8192;
        byte* room = stackalloc byte[Room];
        using var hold = new FileDescriptor.Hold(_socket);
        if (Libc.RecvFrom(hold.Number, room, Room, 0, null, null) < 0 && Libc.LastError is not (Errno.EINTR or Errno.ENOBUFS))
            throw new SocketCallException(Libc.LastError, "recv(AF_NETLINK)");
    }

    /// <summary>Sends a request that asks for an acknowledgement, and waits for it.</summary>
    public Errno Execute(in NetlinkMessage message)
    {
        lock (_lock)
        {
            int sequence = Send(message);
            byte[] room = ArrayPool<byte>.Shared.Rent(RoomLength);
            try
            {
                while (true)
                {
                    ReadOnlySpan<byte> rest = Receive(room);
                    while (NextMessage(ref rest, out int type, out _, out int number, out ReadOnlySpan<byte> body))
                        if (number == sequence && type == MessageError) return (Errno)(-MemoryMarshal.Read<int>(body));
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(room);
            }
        }
    }

    /// <summary>Sends a dump request and shows every message of the answer.</summary>
    /// <returns>False if the tables changed meanwhile: what was seen may be neither the old nor the new state.</returns>
    public bool Dump<TState>(in NetlinkMessage message, NetlinkVisitor<TState> visitor, TState state)
    {
        lock (_lock)
        {
            int sequence = Send(message);
            bool whole = true;
            byte[] room = ArrayPool<byte>.Shared.Rent(RoomLength);
            try
            {
                while (true)
                {
                    ReadOnlySpan<byte> rest = Receive(room);
                    while (NextMessage(ref rest, out int type, out int flags, out int number, out ReadOnlySpan<byte> body))
                    {
                        if (number != sequence) continue;
                        if ((flags & InterruptedDump) != 0) whole = false;
                        if (type == MessageDone) return whole;
                        if (type == MessageError) throw new SocketCallException((Errno)(-MemoryMarshal.Read<int>(body)), "rtnetlink dump");
                        visitor(type, body, state);
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(room);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private unsafe int Send(in NetlinkMessage message)
    {
        ReadOnlySpan<byte> bytes = message.Finish(++_sequence);
        using var hold = new FileDescriptor.Hold(_socket);
        fixed (byte* data = bytes)
        {
            // Without an address the message goes to the kernel.
            if (Libc.SendTo(hold.Number, data, bytes.Length, 0, null, 0) < 0) throw new SocketCallException(Libc.LastError, "send(AF_NETLINK)");
        }
        return _sequence;
    }

    private unsafe ReadOnlySpan<byte> Receive(byte[] room)
    {
        using var hold = new FileDescriptor.Hold(_socket);
        fixed (byte* data = room)
        {
            while (true)
            {
                nint count = Libc.RecvFrom(hold.Number, data, room.Length, 0, null, null);
                if (count >= 0) return room.AsSpan(0, (int)count);
                if (Libc.LastError != Errno.EINTR) throw new SocketCallException(Libc.LastError, "recv(AF_NETLINK)");
            }
        }
    }

    private static bool NextMessage(ref ReadOnlySpan<byte> rest, out int type, out int flags, out int sequence, out ReadOnlySpan<byte> body)
    {
        type = flags = sequence = 0;
        body = default;
        if (rest.Length < NetlinkMessage.HeaderLength) return false;
        int length = MemoryMarshal.Read<int>(rest);
        if (length < NetlinkMessage.HeaderLength || length > rest.Length) return false;
        type = MemoryMarshal.Read<ushort>(rest[4..]);
        flags = MemoryMarshal.Read<ushort>(rest[6..]);
        sequence = MemoryMarshal.Read<int>(rest[8..]);
        body = rest[NetlinkMessage.HeaderLength..length];
        rest = rest[Math.Min(NetlinkMessage.Aligned(length), rest.Length)..];
        return true;
    }
}
