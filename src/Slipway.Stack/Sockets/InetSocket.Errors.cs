using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The error queue (IP_RECVERR, IPV6_RECVERR) and the notice of a path MTU (IPV6_RECVPATHMTU).</summary>
internal abstract partial class InetSocket
{
    private Queue<ErrorEntry>? _errors;
    private PathMtuNotice? _pathMtuNotice;

    private sealed record PathMtuNotice(IpAddress Destination, int Mtu);

    /// <summary>Memory that the receive queues hold.</summary>
    protected abstract int ReceiveMemory { get; }

    /// <summary>IPV6_RECVPATHMTU has something to tell.</summary>
    protected bool HasPathMtuNotice => _pathMtuNotice is not null && Has(SocketFlags.ReceivePathMtu);

    protected bool HasErrors => _errors is { Count: > 0 };

    /// <summary>An ICMP error about a datagram of this socket (RFC 1122 §4.1.3.3; Linux udp_err).</summary>
    /// <param name="error">What was received.</param>
    /// <param name="port">Destination port of the datagram in question.</param>
    /// <param name="payload">What was quoted behind its header.</param>
    protected void TakeIcmpError(in IcmpError error, ushort port, ReadOnlySpan<byte> payload)
    {
        Errno errno = error.Errno;
        bool isFatal = error.IsFatal;
        bool isIPv4 = error.IsIPv4;
        if (isIPv4 && error.Type == (byte)Icmpv4Type.SourceQuench) return;
        if (error.IsPathMtu)
        {
            if (!isIPv4 && Has(SocketFlags.ReceivePathMtu)) NotePathMtu(error.Destination, (int)error.Info);
            if ((isIPv4 ? PathMtu : PathMtu6) == PathMtuMode.Dont && isIPv4) return;
            errno = Errno.EMSGSIZE;
            isFatal = isIPv4 || PathMtu6 != PathMtuMode.Dont;
        }
        if (Has(isIPv4 ? SocketFlags.ReceiveErrors : SocketFlags.ReceiveErrors6))
        {
            QueueError(error, errno, port, payload);
        }
        else if (!isFatal || !IsConnected) return;
        Fail(errno);
    }

    /// <summary>A datagram was too long to be sent: told in the error queue too (Linux ip_local_error).</summary>
    protected void QueueLocalError(IpAddress destination, ushort port, int mtu, bool isPathMtuNotice)
    {
        if (isPathMtuNotice && Has(SocketFlags.ReceivePathMtu)) NotePathMtu(destination, mtu);
        if (!Has(destination.IsIPv4 ? SocketFlags.ReceiveErrors : SocketFlags.ReceiveErrors6)) return;
        QueueError(new ErrorEntry { Error = Errno.EMSGSIZE, Origin = ExtendedSocketError.OriginLocal, Info = (uint)mtu, Destination = destination, Port = port });
        Announce(PollEvents.POLLERR | PollEvents.POLLPRI, PollErr);
    }

    /// <summary>An ICMP error about a segment of this stream: told in the error queue where the program asked for it.</summary>
    public void QueueIcmpError(in IcmpError error)
    {
        bool isIPv4 = error.IsIPv4;
        if (!Has(isIPv4 ? SocketFlags.ReceiveErrors : SocketFlags.ReceiveErrors6)) return;
        QueueError(error, error.Errno, PeerPort, error.Transport);
        Fail(error.Errno);
    }

    /// <summary>IP_RECVERR was switched off: what is queued goes.</summary>
    public void ClearErrors() => _errors?.Clear();

    private void NotePathMtu(IpAddress destination, int mtu) => _pathMtuNotice = new PathMtuNotice(destination, mtu);

    /// <summary>Puts an ICMP error into the error queue.</summary>
    protected void QueueError(in IcmpError error, Errno errno, ushort port, ReadOnlySpan<byte> payload) => QueueError(new ErrorEntry
    {
        Error = errno,
        Origin = error.IsIPv4 ? ExtendedSocketError.OriginIcmp : ExtendedSocketError.OriginIcmp6,
        Type = error.Type,
        Code = error.Code,
        Info = error.Info,
        Offender = error.Offender,
        Destination = error.Destination,
        Port = port,
        Payload = payload.ToArray(),
        InterfaceIndex = error.Interface.Index,
    });

    private void QueueError(ErrorEntry entry)
    {
        // Errors share the receive buffer; where that is full they are lost, like datagrams.
        int held = _errors is null ? 0 : _errors.Count * SocketMemory.Of(0, isIPv4: true);
        if (ReceiveMemory + held + SocketMemory.Of(entry.Payload.Length, entry.IsIPv4) >= ReceiveBuffer) return;
        (_errors ??= new Queue<ErrorEntry>()).Enqueue(entry);
    }

    protected CallResult ReceiveError(ref ReceiveMessage message)
    {
        if (!HasErrors) return Errno.EAGAIN;
        ErrorEntry entry = _errors!.Dequeue();
        // The pending error follows the queue: the next ICMP error, or none.
        bool nextIsIcmp = _errors.TryPeek(out ErrorEntry? next) && next.IsIcmp;
        if (nextIsIcmp) SetPendingError(next!.Error);
        else if (entry.IsIcmp) SetPendingError(Errno.None);
        if (next is not null) Announce(PollEvents.POLLERR | PollEvents.POLLPRI, PollErr);
        int copied = Copy(entry.Payload, ref message);
        message.Flags |= MessageFlags.MSG_ERRQUEUE;
        if (copied < entry.Payload.Length) message.Flags |= MessageFlags.MSG_TRUNC;
        message.AddressLength = SockAddr.Write(message.Address, Family, entry.Destination, entry.Port);
        var writer = new ControlMessageWriter(message.Control);
        WriteExtendedError(ref writer, entry);
        Finish(writer, ref message);
        return copied;
    }

    private void WriteExtendedError(ref ControlMessageWriter writer, ErrorEntry entry)
    {
        Span<byte> data = stackalloc byte[ExtendedSocketError.HeaderLength + SockAddr.IPv6Length];
        data.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(data, (int)entry.Error);
        data[4] = entry.Origin;
        data[5] = entry.Type;
        data[6] = entry.Code;
        BinaryPrimitives.WriteUInt32LittleEndian(data[8..], entry.Info);
        int addressLength = IsIPv6 ? SockAddr.IPv6Length : SockAddr.IPv4Length;
        if (entry.IsIcmp)
        {
            int scope = entry.Offender.IsIPv6 && entry.Offender.IsLinkLocal ? entry.InterfaceIndex : 0;
            SockAddr.Write(data[ExtendedSocketError.HeaderLength..], Family, entry.Offender, 0, 0, scope);
        }
        data = data[..(ExtendedSocketError.HeaderLength + addressLength)];
        if (IsIPv6) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RECVERR, data);
        else writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR, data);
    }

    /// <summary>RFC 3542 §11.3: a message without data that tells the path MTU.</summary>
    protected CallResult ReceivePathMtu(ref ReceiveMessage message)
    {
        (IpAddress destination, int mtu) = _pathMtuNotice!;
        _pathMtuNotice = null;
        message.AddressLength = SockAddr.Write(message.Address, Family, destination, 0);
        Span<byte> info = stackalloc byte[SockAddr.IPv6Length + 4];
        SockAddr.Write(info, AddressFamily.Inet6, destination, 0);
        BinaryPrimitives.WriteInt32LittleEndian(info[SockAddr.IPv6Length..], mtu);
        var writer = new ControlMessageWriter(message.Control);
        writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_PATHMTU, info);
        Finish(writer, ref message);
        return 0;
    }
}
