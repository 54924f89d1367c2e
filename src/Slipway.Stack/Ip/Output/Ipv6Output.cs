using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Sends IPv6 packets of this host, and fragments those that do not fit: in IPv6 only the source may (RFC 8200 §4.5).</summary>
internal sealed class Ipv6Output(StackHost host, LoopedPackets looped)
{
    private readonly RandomSource _random = host.Random.Derive("identification6");

    public Errno Send(PacketBuffer packet, in RouteDecision decision, in IpSendFields fields)
    {
        int hopByHop = fields.Options?.HopByHop.Length ?? 0, options = fields.Options?.DestinationOptions.Length ?? 0;
        int extensions = hopByHop + options;
        int payload = packet.Length + extensions;
        int mtu = MtuOf(decision, fields);
        bool fits = Ipv6Header.Length + extensions + SegmentLayout.LongestUpper(packet, fields.Protocol) <= mtu;
        if (payload > Ipv6Header.MaximumPayloadLength || !fits && !MayFragment(fields))
        {
            packet.Release();
            return Errno.EMSGSIZE;
        }
        packet.TransportOffset = 0;
        byte hopLimit = (byte)(fields.HopLimit >= 0 ? fields.HopLimit : decision.Kind == RouteKind.Multicast ? 1 : decision.Interface.Settings.IPv6.HopLimit.Value);
        IpProtocolNumber next = fields.Protocol;
        if (options > 0) next = PrependExtension(packet, fields.Options!.DestinationOptions.Span, next, IpProtocolNumber.DestinationOptions);
        if (hopByHop > 0) next = PrependExtension(packet, fields.Options!.HopByHop.Span, next, IpProtocolNumber.HopByHop);
        Span<byte> header = packet.Prepend(Ipv6Header.Length);
        new Ipv6Header(decision.Source, decision.Destination, next)
        {
            TrafficClass = fields.Tos,
            FlowLabel = fields.FlowLabel,
            PayloadLength = payload,
            HopLimit = hopLimit,
        }.Write(header);
        packet.NetworkOffset = 0;
        host.Counters[Ip6Counter.OutRequests]++;
        if (decision.Kind == RouteKind.Multicast && !LoopBack(packet, decision, fields.NoMulticastLoop, hopLimit)) return Errno.None;
        if (fits) Transmit(packet, decision.Interface, decision.NextHop, decision.Kind);
        else if (packet.SegmentSize == 0) Fragment(packet, decision, Ipv6Header.Length + hopByHop, mtu);
        else FragmentSegments(packet, decision, Ipv6Header.Length + hopByHop, mtu);
        return Errno.None;
    }

    /// <summary>Sends a packet whose IPv6 header its sender has made (IPV6_HDRINCL; Linux rawv6_send_hdrinc): nothing is filled in. Ownership moves.</summary>
    public void SendIncluded(PacketBuffer packet, in RouteDecision decision, bool noLoop)
    {
        const int HopLimitOffset = 7;
        packet.NetworkOffset = 0;
        packet.TransportOffset = Ipv6Header.Length;
        host.Counters[Ip6Counter.OutRequests]++;
        if (decision.Kind == RouteKind.Multicast && !LoopBack(packet, decision, noLoop, packet.Span[HopLimitOffset])) return;
        Transmit(packet, decision.Interface, decision.NextHop, decision.Kind);
    }

    /// <summary>Hands a packet to the interface. Ownership moves.</summary>
    public void Transmit(PacketBuffer packet, NetworkInterface device, IpAddress nextHop, RouteKind kind)
    {
        SnmpCounters counters = host.Counters;
        counters[Ip6Counter.OutTransmits]++;
        counters[Ip6Counter.OutOctets] += packet.Length;
        if (kind == RouteKind.Multicast)
        {
            counters[Ip6Counter.OutMcastPkts]++;
            counters[Ip6Counter.OutMcastOctets] += packet.Length;
        }
        device.Output(packet, nextHop, kind);
    }

    /// <returns>False if the packet stays on this host; its ownership has moved then.</returns>
    private bool LoopBack(PacketBuffer packet, in RouteDecision decision, bool noLoop, byte hopLimit)
    {
        bool isInterfaceLocal = (decision.Destination.High >> 48 & 0xF) == 1;
        if (!decision.Interface.IsLoopback && !noLoop && decision.Interface.Groups.Accepts(decision.Destination, decision.Source)) looped.Add(packet.Clone(), decision.Interface);
        // Hop limit 0, and groups of scope 1, never leave the host (RFC 4291 §2.7).
        if (decision.Interface.IsLoopback || hopLimit != 0 && !isInterfaceLocal) return true;
        packet.Release();
        return false;
    }

    /// <summary>Segments that are themselves too long: each is cut out and then fragmented (the kernel's ip6_finish_output_gso_slowpath_drop).</summary>
    private void FragmentSegments(PacketBuffer packet, in RouteDecision decision, int unfragmentable, int mtu)
    {
        var cutter = new SegmentCutter(packet, linkHeader: 0, complete: false);
        if (!cutter.IsValid) host.Counters[Ip6Counter.FragFails]++;
        while (cutter.TryNext(out PacketBuffer? piece))
        {
            if (piece.Length <= mtu) Transmit(piece, decision.Interface, decision.NextHop, decision.Kind);
            else Fragment(piece, decision, unfragmentable, mtu);
        }
    }

    /// <param name="packet">The whole packet; ownership moves.</param>
    /// <param name="decision">Where to.</param>
    /// <param name="unfragmentable">Bytes that every fragment repeats: the fixed header and the hop-by-hop options.</param>
    /// <param name="mtu">Longest fragment.</param>
    private void Fragment(PacketBuffer packet, in RouteDecision decision, int unfragmentable, int mtu)
    {
        if (packet.Checksum == PacketChecksum.Partial)
        {
            packet.CompleteChecksum();
            packet.Checksum = PacketChecksum.Trusted;
        }
        ReadOnlySpan<byte> whole = packet.Span;
        int nextHeaderOffset = unfragmentable == Ipv6Header.Length ? 6 : Ipv6Header.Length;
        var next = (IpProtocolNumber)whole[nextHeaderOffset];
        ReadOnlySpan<byte> payload = whole[unfragmentable..];
        int headers = unfragmentable + Ipv6FragmentHeader.Length, step = (mtu - headers) & ~7;
        uint identification;
        do identification = _random.NextUInt32();
        while (identification == 0);
        for (int at = 0; at < payload.Length; at += step)
        {
            int length = Math.Min(step, payload.Length - at);
            PacketBuffer piece = host.Loop.Packets.Rent(headers + length);
            Span<byte> bytes = piece.Span;
            whole[..unfragmentable].CopyTo(bytes);
            bytes[nextHeaderOffset] = (byte)IpProtocolNumber.Fragment;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)(headers + length - Ipv6Header.Length));
            new Ipv6FragmentHeader(next, at, at + length < payload.Length, identification).Write(bytes[unfragmentable..]);
            payload.Slice(at, length).CopyTo(bytes[headers..]);
            piece.NetworkOffset = 0;
            piece.Checksum = packet.Checksum;
            if (at == 0) piece.Stamp = packet.Stamp;
            piece.DepartsAt = packet.DepartsAt;
            host.Counters[Ip6Counter.FragCreates]++;
            Transmit(piece, decision.Interface, decision.NextHop, decision.Kind);
        }
        host.Counters[Ip6Counter.FragOKs]++;
        packet.Release();
    }

    private static IpProtocolNumber PrependExtension(PacketBuffer packet, ReadOnlySpan<byte> extension, IpProtocolNumber next, IpProtocolNumber kind)
    {
        Span<byte> bytes = packet.Prepend(extension.Length);
        extension.CopyTo(bytes);
        bytes[0] = (byte)next;
        return kind;
    }

    private static bool MayFragment(in IpSendFields fields)
        => fields is { DontFragment: false, PathMtu: PathMtuMode.Dont or PathMtuMode.Want or PathMtuMode.Omit };

    private static int MtuOf(in RouteDecision decision, in IpSendFields fields)
    {
        int mtu = fields.PathMtu is PathMtuMode.Probe or PathMtuMode.Interface or PathMtuMode.Omit
            ? RouteResolver.InterfaceMtu(decision.Interface, decision.Route, isIPv4: false)
            : decision.Mtu;
        return fields.FragmentSize >= Ipv6Header.MinimumMtu ? Math.Min(mtu, fields.FragmentSize) : mtu;
    }
}
