using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The error queue (IP_RECVERR, IPV6_RECVERR) and the notice of a path MTU (IPV6_RECVPATHMTU).</summary>
internal abstract partial class InetSocket
{
    private ErrorQueue? _errors;

    /// <summary>Memory that the receive queues hold.</summary>
    protected abstract int ReceiveMemory { get; }

    /// <summary>IPV6_RECVPATHMTU has something to tell.</summary>
    protected bool HasPathMtuNotice => Has(SocketFlags.ReceivePathMtu) && UncommonIfAny is { PathMtuNotice: not null };

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

    private void NotePathMtu(IpAddress destination, int mtu) => Uncommon.PathMtuNotice = new PathMtuNotice(destination, mtu);

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
        Header = error.Header.ToArray(),
        // Linux looks for the ports at the beginning of what the program gets.
        HeaderPort = payload.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) : -1,
        LargestFragment = error.LargestFragment,
        Sum = error.IsIPv4 ? SumOf(error.Message) : -1,
        Data = (error.IsIPv4 ? ToldOfExtensions : ToldOfExtensions6) ? ExtensionsOf(error, payload) : 0,
        At = Host.Loop.Now,
    });

    /// <summary>struct sock_ee_data_rfc4884: where in the payload the extensions begin, and whether they are broken (ip_icmp_error_rfc4884).</summary>
    private static uint ExtensionsOf(in IcmpError error, ReadOnlySpan<byte> payload)
    {
        const uint Invalid = 1u << 16;
        int quoted = IcmpExtensionsView.QuotedLength(error.Message, error.IsIPv4), headers = error.Packet.Length - payload.Length;
        int offset = quoted - headers;
        if (quoted < IcmpExtensionsView.MinimumQuotation || offset < 0 || offset + IcmpExtensionsView.HeaderLength > payload.Length) return 0;
        // Of other versions nothing can be said.
        bool isValid = IcmpExtensionsView.TryParse(payload[offset..], out IcmpExtensionsView view, out WireError fault) ? view.HasValidChecksum : fault == WireError.BadVersion;
        return (uint)offset | (isValid ? 0 : Invalid);
    }

    /// <summary>The ones' complement sum of a message in words of 32 bits, as the kernel has it of messages whose checksum it has verified (csum_partial of x86-64).</summary>
    private static long SumOf(ReadOnlySpan<byte> message)
    {
        ulong sum = 0;
        for (; message.Length >= 4; message = message[4..]) sum += BinaryPrimitives.ReadUInt32LittleEndian(message);
        for (int i = 0; i < message.Length; i++) sum += (ulong)message[i] << 8 * i;
        while (sum >> 32 != 0) sum = (sum & uint.MaxValue) + (sum >> 32);
        return (long)sum;
    }

    protected void QueueError(ErrorEntry entry)
    {
        // Errors share the receive buffer; where that is full they are lost, like datagrams.
        int held = _errors is null ? 0 : (_errors.Count - _errors.Completions) * SocketMemory.Of(0, isIPv4: true);
        if (ReceiveMemory + held + SocketMemory.Of(entry.Payload.Length, entry.IsIPv4) >= ReceiveBuffer) return;
        (_errors ??= new ErrorQueue()).Enqueue(entry);
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
        message.AddressLength = entry.HasAddress ? SockAddr.Write(message.Address, Family, entry.Destination, entry.Port) : 0;
        var writer = new ControlMessageWriter(message.Control);
        if ((Flags & SocketFlags.AnyTimestamp) != 0 && (entry.At >= 0 || Has(SocketFlags.Timestamp | SocketFlags.TimestampNanoseconds)))
        {
            bool reports = entry.IsIcmp ? ReportsArrival : (Timestamping & TimestampingFlags.SOF_TIMESTAMPING_SOFTWARE) != 0;
            WriteTimestamp(ref writer, entry.At < 0 ? Host.Loop.Now : entry.At, reports);
            if (entry.HasStatistics && reports) writer.Put(SocketLevel.SOL_SOCKET, ControlMessageType.SCM_TIMESTAMPING_OPT_STATS, entry.Payload);
        }
        bool tellsPacket = TellsPacket(entry);
        if (tellsPacket) WriteHeaderMessages(ref writer, FactsOf(entry));
        WriteExtendedError(ref writer, entry, tellsPacket);
        Finish(writer, ref message);
        return copied;
    }

    /// <summary>Whether the packet behind an entry is told of by control messages and its source (ipv4_datagram_support_cmsg, ipv6_datagram_support_cmsg).</summary>
    private bool TellsPacket(ErrorEntry entry)
    {
        if (entry.Header is null) return false;
        return entry.IsIcmp || IsIPv6 || (Timestamping & TimestampingFlags.SOF_TIMESTAMPING_OPT_CMSG) != 0;
    }

    private static HeaderFacts FactsOf(ErrorEntry entry) => new()
    {
        Headers = entry.Header,
        InterfaceIndex = entry.InterfaceIndex,
        // Where the answer would come from is only known of what was sent.
        LocalAddress = entry.IsIcmp || entry.Header![0] >> 4 != 4 ? IpAddress.AnyIPv4 : IpAddress.ReadIPv4(entry.Header.AsSpan(12)),
        Port = entry.HeaderPort,
        LargestFragment = entry.LargestFragment,
        Sum = entry.Sum,
    };

    private void WriteExtendedError(ref ControlMessageWriter writer, ErrorEntry entry, bool tellsPacket)
    {
        Span<byte> data = stackalloc byte[ExtendedSocketError.HeaderLength + SockAddr.IPv6Length];
        data.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(data, (int)entry.Error);
        data[4] = entry.Origin;
        data[5] = entry.Type;
        data[6] = entry.Code;
        BinaryPrimitives.WriteUInt32LittleEndian(data[8..], entry.Info);
        BinaryPrimitives.WriteUInt32LittleEndian(data[12..], entry.Data);
        int addressLength = IsIPv6 ? SockAddr.IPv6Length : SockAddr.IPv4Length;
        if (entry.IsIcmp)
        {
            int scope = entry.Offender.IsIPv6 && entry.Offender.IsLinkLocal ? entry.InterfaceIndex : 0;
            SockAddr.Write(data[ExtendedSocketError.HeaderLength..], Family, entry.Offender, 0, 0, scope);
        }
        else if (tellsPacket)
        {
            ReadOnlySpan<byte> header = entry.Header;
            IpAddress source = header[0] >> 4 == 4 ? IpAddress.ReadIPv4(header[12..]) : IpAddress.ReadIPv6(header[8..]);
            SockAddr.Write(data[ExtendedSocketError.HeaderLength..], Family, source, 0, 0, source.IsIPv6 && source.IsLinkLocal ? entry.InterfaceIndex : 0);
        }
        data = data[..(ExtendedSocketError.HeaderLength + addressLength)];
        if (IsIPv6) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RECVERR, data);
        else writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVERR, data);
    }

    /// <summary>RFC 3542 §11.3: a message without data that tells the path MTU.</summary>
    protected CallResult ReceivePathMtu(ref ReceiveMessage message)
    {
        (IpAddress destination, int mtu) = Uncommon.PathMtuNotice!;
        Uncommon.PathMtuNotice = null;
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
