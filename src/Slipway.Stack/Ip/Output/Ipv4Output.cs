using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Sends IPv4 packets of this host, and fragments those that do not fit.</summary>
internal sealed class Ipv4Output(StackHost host, LoopedPackets looped)
{
    private readonly IpIdentification _identification = new(host);

    public Errno Send(PacketBuffer packet, in RouteDecision decision, in IpSendFields fields)
    {
        ReadOnlySpan<byte> options = fields.Options is null ? default : fields.Options.Ipv4.Span;
        int headerLength = Ipv4Header.MinimumLength + options.Length;
        int total = packet.Length + headerLength;
        int mtu = MtuOf(decision, fields);
        bool isSegmented = packet.SegmentSize != 0;
        bool fits = headerLength + SegmentLayout.LongestUpper(packet, fields.Protocol) <= mtu;
        if (total > Ipv4Header.MaximumPacketLength || !fits && !MayFragment(fields.PathMtu))
        {
            packet.Release();
            return Errno.EMSGSIZE;
        }
        bool dontFragment = fields.PathMtu is PathMtuMode.Do or PathMtuMode.Probe || fields.PathMtu == PathMtuMode.Want && !decision.IsMtuLocked && fits;
        // RFC 6864 §4: a packet that cannot be fragmented needs no identification.
        ushort identification = dontFragment ? (ushort)0 : _identification.Next(decision.Source, decision.Destination, fields.Protocol, isSegmented ? packet.Length / packet.SegmentSize + 1 : 1);
        packet.TransportOffset = 0;
        byte ttl = (byte)(fields.HopLimit >= 0 ? fields.HopLimit : decision.Kind == RouteKind.Multicast ? 1 : host.Sysctl.IPv4.DefaultTtl.Value);
        WriteHeader(packet.Prepend(headerLength), options, total, identification, dontFragment, ttl, decision, fields);
        packet.NetworkOffset = 0;
        host.Counters[IpCounter.OutRequests]++;
        Dispatch(packet, decision.Interface, decision.NextHop, decision.Kind, fields.NoMulticastLoop, mtu);
        return Errno.None;
    }

    /// <summary>
    /// Sends a packet whose IP header its sender has made (IP_HDRINCL; Linux raw_send_hdrinc). Filled in are the source where there is none, the total length, the checksum, and the
    /// identification where it is 0 and may be of use. The packet holds the header that its first byte tells of. Ownership moves.
    /// </summary>
    /// <returns>EMSGSIZE: longer than the path takes, and not to be fragmented; the host has told itself so by ICMP, as Linux does.</returns>
    public Errno SendIncluded(PacketBuffer packet, in RouteDecision decision, bool confirm, PathMtuMode mode, bool noLoop)
    {
        const int DontFragment = 0x4000;
        Span<byte> whole = packet.Span;
        int headerLength = (whole[0] & 0xF) * 4;
        bool mayFragment = (BinaryPrimitives.ReadUInt16BigEndian(whole[6..]) & DontFragment) == 0;
        Complete(whole, headerLength, mayFragment, decision);
        packet.NetworkOffset = 0;
        packet.TransportOffset = headerLength;
        if (confirm && decision.Interface.Neighbors.TryGet(decision.NextHop, out NeighborEntry? neighbor)) neighbor.Confirm();
        int mtu = mode is PathMtuMode.Probe or PathMtuMode.Interface or PathMtuMode.Omit ? RouteResolver.InterfaceMtu(decision.Interface, decision.Route, isIPv4: true) : decision.Mtu;
        host.Counters[IpCounter.OutRequests]++;
        if (packet.Length > mtu && !mayFragment)
        {
            host.Counters[IpCounter.FragFails]++;
            host.Icmp.SendPacketTooBig(packet, mtu);
            packet.Release();
            return Errno.EMSGSIZE;
        }
        Dispatch(packet, decision.Interface, decision.NextHop, decision.Kind, noLoop, mtu);
        return Errno.None;
    }

    private void Complete(Span<byte> whole, int headerLength, bool mayFragment, in RouteDecision decision)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(whole[12..]) == 0) decision.Source.WriteIPv4(whole[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(whole[2..], (ushort)whole.Length);
        // RFC 6864 §4: one that cannot be fragmented needs none.
        if (mayFragment && BinaryPrimitives.ReadUInt16BigEndian(whole[4..]) == 0)
            BinaryPrimitives.WriteUInt16BigEndian(whole[4..], _identification.Next(decision.Source, decision.Destination, (IpProtocolNumber)whole[9], 1));
        WriteChecksum(whole[..headerLength]);
    }

    /// <summary>Sends a packet that is whole from its IP header on: loops a copy back where this host is among the receivers, fragments, and hands it to the interface. Ownership moves.</summary>
    public void Dispatch(PacketBuffer packet, NetworkInterface device, IpAddress nextHop, RouteKind kind, bool noLoop, int mtu)
    {
        if (kind is RouteKind.Multicast or RouteKind.Broadcast)
        {
            if (!device.IsLoopback && (kind == RouteKind.Broadcast || !noLoop && device.Groups.Accepts(nextHop, SourceOf(packet)))) LoopBack(packet, device);
            // TTL 0 stays on this host (RFC 1112 §6.1).
            if (kind == RouteKind.Multicast && !device.IsLoopback && packet.Span[8] == 0)
            {
                packet.Release();
                return;
            }
        }
        if (SegmentLayout.LongestPacket(packet) <= mtu) Transmit(packet, device, nextHop, kind);
        else if (packet.SegmentSize == 0) Fragment(packet, device, nextHop, kind, mtu);
        else FragmentSegments(packet, device, nextHop, kind, mtu);
    }

    /// <summary>Segments that are themselves too long: each is cut out and then fragmented (the kernel's ip_finish_output_gso). Ownership moves.</summary>
    private void FragmentSegments(PacketBuffer packet, NetworkInterface device, IpAddress nextHop, RouteKind kind, int mtu)
    {
        var cutter = new SegmentCutter(packet, linkHeader: 0, complete: false);
        if (!cutter.IsValid) host.Counters[IpCounter.FragFails]++;
        while (cutter.TryNext(out PacketBuffer? piece))
        {
            if (piece.Length <= mtu) Transmit(piece, device, nextHop, kind);
            else Fragment(piece, device, nextHop, kind, mtu);
        }
    }

    /// <summary>Cuts a packet (RFC 791 §3.2). Ownership moves.</summary>
    private void Fragment(PacketBuffer packet, NetworkInterface device, IpAddress nextHop, RouteKind kind, int mtu)
    {
        if (packet.Checksum == PacketChecksum.Partial)
        {
            packet.CompleteChecksum();
            packet.Checksum = PacketChecksum.Trusted;
        }
        ReadOnlySpan<byte> whole = packet.Span;
        int headerLength = (whole[0] & 0xF) * 4;
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(whole[6..]);
        // What is a fragment already keeps its place in the whole, and its last piece its more-fragments bit.
        int offset = (flags & 0x1FFF) * 8;
        bool wasLast = (flags & 0x2000) == 0;
        ReadOnlySpan<byte> payload = whole[headerLength..];
        int step = (mtu - headerLength) & ~7;
        if (step < 8)
        {
            host.Counters[IpCounter.FragFails]++;
            packet.Release();
            return;
        }
        for (int at = 0; at < payload.Length; at += step)
        {
            int length = Math.Min(step, payload.Length - at);
            bool more = at + length < payload.Length || !wasLast;
            PacketBuffer piece = host.Loop.Packets.Rent(headerLength + length);
            Span<byte> bytes = piece.Span;
            whole[..headerLength].CopyTo(bytes);
            payload.Slice(at, length).CopyTo(bytes[headerLength..]);
            if (at > 0) Ipv4OptionProcessor.KeepCopiedOnly(bytes[Ipv4Header.MinimumLength..headerLength]);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)(headerLength + length));
            BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(flags & 0xC000 | (more ? 0x2000 : 0) | (offset + at) / 8));
            WriteChecksum(bytes[..headerLength]);
            piece.NetworkOffset = 0;
            piece.Checksum = packet.Checksum;
            if (at == 0) piece.Stamp = packet.Stamp;
            piece.DepartsAt = packet.DepartsAt;
            host.Counters[IpCounter.FragCreates]++;
            Transmit(piece, device, nextHop, kind);
        }
        host.Counters[IpCounter.FragOKs]++;
        packet.Release();
    }

    private void Transmit(PacketBuffer packet, NetworkInterface device, IpAddress nextHop, RouteKind kind)
    {
        SnmpCounters counters = host.Counters;
        int length = packet.Length;
        counters[IpCounter.OutTransmits]++;
        counters[IpExtCounter.OutOctets] += length;
        if (kind == RouteKind.Multicast)
        {
            counters[IpExtCounter.OutMcastPkts]++;
            counters[IpExtCounter.OutMcastOctets] += length;
        }
        else if (kind == RouteKind.Broadcast)
        {
            counters[IpExtCounter.OutBcastPkts]++;
            counters[IpExtCounter.OutBcastOctets] += length;
        }
        device.Output(packet, nextHop, kind);
    }

    private static IpAddress SourceOf(PacketBuffer packet) => IpAddress.ReadIPv4(packet.Span[12..]);

    private void LoopBack(PacketBuffer packet, NetworkInterface device) => looped.Add(packet.Clone(), device);

    private static int MtuOf(in RouteDecision decision, in IpSendFields fields)
        => fields.PathMtu is PathMtuMode.Probe or PathMtuMode.Interface or PathMtuMode.Omit
            ? RouteResolver.InterfaceMtu(decision.Interface, decision.Route, isIPv4: true)
            : decision.Mtu;

    private static bool MayFragment(PathMtuMode mode) => mode is PathMtuMode.Dont or PathMtuMode.Want or PathMtuMode.Omit;

    private static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> options, int total, ushort identification, bool dontFragment, byte ttl, in RouteDecision decision, in IpSendFields fields)
    {
        header[0] = (byte)(0x40 | header.Length / 4);
        header[1] = fields.Tos;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)total);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], dontFragment ? (ushort)0x4000 : (ushort)0);
        header[8] = ttl;
        header[9] = (byte)fields.Protocol;
        decision.Source.WriteIPv4(header[12..]);
        IpAddress destination = fields.Options is { FirstHop.IsUnspecified: false } routed ? routed.FirstHop : decision.Destination;
        destination.WriteIPv4(header[16..]);
        options.CopyTo(header[Ipv4Header.MinimumLength..]);
        WriteChecksum(header);
    }

    internal static void WriteChecksum(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
    }
}
