using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>UDP of a host, over both families (RFC 768, RFC 1122 §4.1, RFC 8200 §8.1): hands datagrams and errors to sockets. All by the owner of the loop.</summary>
internal sealed class UdpLayer : ITransport
{
    public const int HeaderLength = 8;

    private const int PageSize = 4096;

    private readonly StackHost _host;
    private long _memory;

    public UdpLayer(StackHost host)
    {
        _host = host;
        Ports = new PortTable(host, host.Random.Derive("udp").NextUInt64());
        Routes = new RouteCache(host);
        host.Ip.Register(IpProtocolNumber.Udp, this);
    }

    public PortTable Ports { get; }

    /// <summary>Routes for datagram sockets that are not connected.</summary>
    public RouteCache Routes { get; }

    /// <summary>Numbers for SO_COOKIE and inodes.</summary>
    public ulong LastCookie { get; set; }

    public UdpSocket CreateSocket(ProcessContext creator, AddressFamily family) => new(_host, creator, family, ++LastCookie);

    /// <summary>The receive queues of all sockets have grown, or shrunk.</summary>
    public void CountMemory(int bytes) => _memory += bytes;

    /// <summary>Whether there is memory for more in a socket that holds <paramref name="held"/> bytes (udp_mem, udp_rmem_min).</summary>
    public bool HasMemoryFor(int held) => held < _host.Sysctl.IPv4.UdpRmemMin.Value || _memory / PageSize <= _host.Sysctl.IPv4.UdpMem[2];

    /// <inheritdoc/>
    public void Receive(PacketBuffer packet, in ReceivedIp info)
    {
        ref long errors = ref Counter(info.IsIPv4, UdpCounter.InErrors);
        if (!TryReadLength(packet, info.IsIPv4))
        {
            errors++;
            packet.Release();
            return;
        }
        ReadOnlySpan<byte> header = packet.Span;
        ushort remotePort = BinaryPrimitives.ReadUInt16BigEndian(header);
        ushort localPort = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        bool hasChecksum = BinaryPrimitives.ReadUInt16BigEndian(header[6..]) != 0;
        if (!IsIntact(packet, info, hasChecksum))
        {
            errors++;
            Counter(info.IsIPv4, UdpCounter.InCsumErrors)++;
            packet.Release();
            return;
        }
        // RFC 8200 §8.1: over IPv6 the checksum is not optional, but for sockets that say so (RFC 6935).
        bool needsPermission = !hasChecksum && !info.IsIPv4 && packet.Checksum != PacketChecksum.Partial;
        if (info.DestinationKind is RouteKind.Broadcast or RouteKind.Multicast)
        {
            DeliverToAll(packet, info, localPort, remotePort, needsPermission);
            return;
        }
        if (Ports.Find(info.Destination, localPort, info.Source, remotePort, info.InterfaceIndex, packet) is not UdpSocket socket)
        {
            Counter(info.IsIPv4, UdpCounter.NoPorts)++;
            if (!needsPermission) _host.Icmp.SendPortUnreachable(packet, info);
            packet.Release();
        }
        else if (needsPermission && !socket.Has(SocketFlags.NoChecksum6Receive))
        {
            errors++;
            Counter(false, UdpCounter.InCsumErrors)++;
            packet.Release();
        }
        else Deliver(socket, packet, info);
    }

    /// <inheritdoc/>
    public void ReceiveError(in IcmpError error)
    {
        if (error.Transport.Length < HeaderLength) return;
        ushort localPort = BinaryPrimitives.ReadUInt16BigEndian(error.Transport);
        ushort remotePort = BinaryPrimitives.ReadUInt16BigEndian(error.Transport[2..]);
        if (Ports.Find(error.Source, localPort, error.Destination, remotePort, error.Interface.Index) is UdpSocket socket)
            socket.ReceiveIcmpError(error, remotePort);
    }

    public ref long Counter(bool isIPv4, UdpCounter counter)
        => ref isIPv4 ? ref _host.Counters.Udp(counter) : ref _host.Counters.Udp6(counter);

    /// <summary>A packet that stands for several datagrams, for a socket that wants each for itself (the kernel's udp_queue_rcv_skb).</summary>
    private void DeliverSegments(UdpSocket socket, PacketBuffer packet, in ReceivedIp info)
    {
        packet.RestoreStart(-packet.NetworkOffset);
        var cutter = new SegmentCutter(packet, linkHeader: 0, complete: false);
        if (!cutter.IsValid) Counter(info.IsIPv4, UdpCounter.InErrors)++;
        while (cutter.TryNext(out PacketBuffer? piece))
        {
            piece.TrimStart(piece.TransportOffset);
            Deliver(socket, piece, info);
        }
    }

    /// <summary>Cuts the packet to the length in the header.</summary>
    private static bool TryReadLength(PacketBuffer packet, bool isIPv4)
    {
        if (packet.Length < HeaderLength) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet.Span[4..]);
        // RFC 2675: a jumbogram of IPv6 has 0 here.
        if (length == 0 && !isIPv4) length = packet.Length;
        if (length < HeaderLength || length > packet.Length) return false;
        if (length < packet.Length) packet.TrimEnd(packet.Length - length);
        return true;
    }

    private static bool IsIntact(PacketBuffer packet, in ReceivedIp info, bool hasChecksum)
        => packet.Checksum != PacketChecksum.Unverified || !hasChecksum
            || PartialSum.PseudoHeader(info.Source, info.Destination, IpProtocolNumber.Udp, packet.Length).Add(packet.Span).IsValid;

    private void Deliver(UdpSocket socket, PacketBuffer packet, in ReceivedIp info)
    {
        if (packet.SegmentSize != 0 && !socket.Has(SocketFlags.Coalesce))
        {
            DeliverSegments(socket, packet, info);
            return;
        }
        UdpDelivery delivery = socket.Deliver(packet, info);
        if (delivery == UdpDelivery.Queued) return;
        Counter(info.IsIPv4, UdpCounter.InErrors)++;
        if (delivery == UdpDelivery.Filtered) return;
        Counter(info.IsIPv4, delivery == UdpDelivery.BufferFull ? UdpCounter.RcvbufErrors : UdpCounter.MemErrors)++;
    }

    /// <summary>A datagram for all: each socket that hears it gets a copy, in the order of look-ups.</summary>
    private void DeliverToAll(PacketBuffer packet, in ReceivedIp info, ushort localPort, ushort remotePort, bool needsPermission)
    {
        UdpSocket? pending = null;
        for (PortSocket? socket = Ports.FirstOfPort(localPort); socket is not null; socket = Ports.NextOfPort(socket))
        {
            if (socket is not UdpSocket candidate || needsPermission && !socket.Has(SocketFlags.NoChecksum6Receive)) continue;
            if (!PortTable.Hears(socket, info.Destination, localPort, info.Source, remotePort, info.InterfaceIndex)) continue;
            if (!socket.TakesGroup(info.Destination, info.Source, info.InterfaceIndex)) continue;
            if (pending is not null) Deliver(pending, packet.Clone(), info);
            pending = candidate;
        }
        if (pending is not null)
        {
            Deliver(pending, packet, info);
            return;
        }
        Counter(info.IsIPv4, UdpCounter.IgnoredMulti)++;
        packet.Release();
    }
}
