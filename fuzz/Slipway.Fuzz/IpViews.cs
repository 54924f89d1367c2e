using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Reads IPv4 and IPv6 headers, options and extension headers.</summary>
internal static class IpViews
{
    internal static void Read(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        if (Ipv4View.TryParse(bytes, out Ipv4View four, out WireError error)) Read(four, ref digest);
        digest.Add((long)error);
        if (Ipv4View.TryParseQuoted(bytes, out four, out error)) Read(four, ref digest);
        digest.Add((long)error);
        if (Ipv6View.TryParse(bytes, out Ipv6View six, out error)) Read(six, ref digest);
        digest.Add((long)error);
        if (Ipv6View.TryParseQuoted(bytes, out six, out error)) Read(six, ref digest);
        digest.Add((long)error);
        ReadOptions(bytes[..Math.Min(bytes.Length, 40)], ref digest);
        ReadExtensions(new Ipv6ExtensionWalker(IpProtocolNumber.HopByHop, bytes), ref digest);
        ReadExtensions(new Ipv6ExtensionWalker(IpProtocolNumber.DestinationOptions, bytes), ref digest);
        ReadHeader(IpProtocolNumber.Fragment, bytes, ref digest);
        ReadHeader(IpProtocolNumber.Routing, bytes, ref digest);
        ReadHeader(IpProtocolNumber.HopByHop, bytes, ref digest);
        ReadQuoted(bytes, ref digest);
    }

    private static void Read(Ipv4View packet, ref Digest digest)
    {
        digest.Add(packet.HeaderLength);
        digest.Add((long)packet.Tos);
        digest.Add(packet.TotalLength);
        digest.Add(packet.Identification);
        digest.Add(packet.DontFragment);
        digest.Add(packet.MoreFragments);
        digest.Add(packet.FragmentOffset);
        digest.Add(packet.IsFragment);
        digest.Add((long)packet.Ttl);
        digest.Add((long)packet.Protocol);
        digest.Add(packet.Checksum);
        digest.Add(packet.HasValidChecksum);
        digest.Add(packet.Source);
        digest.Add(packet.Destination);
        digest.Add(packet.Header);
        digest.Add(packet.Packet);
        digest.Add(packet.Payload);
        ReadOptions(packet.Options, ref digest);
    }

    private static void ReadOptions(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        bool isValid = Ipv4OptionsView.TryParse(bytes, out Ipv4OptionsView options, out WireError error, out int offset);
        digest.Add((long)error);
        digest.Add(offset);
        if (!isValid)
        {
            if ((uint)offset >= (uint)bytes.Length) throw new BrokenPromiseException("the option at fault is outside the options");
            return;
        }
        digest.Add(options.SourceRouteOffset);
        digest.Add(options.IsStrictSourceRoute);
        digest.Add(options.RecordRouteOffset);
        digest.Add(options.TimestampOffset);
        digest.Add(options.HasRouterAlert);
        foreach (Ipv4Option option in options)
        {
            digest.Add((long)option.Kind);
            digest.Add(option.Offset);
            digest.Add(option.IsCopied);
            digest.Add(option.Bytes);
            digest.Add(option.Data);
            digest.Add(option.Pointer);
            digest.Add(option.IsFull);
            digest.Add(option.RecordedCount);
            digest.Add(option.TimestampFlags);
            digest.Add(option.TimestampOverflow);
            for (int i = 0; i < option.RouteCount; i++) digest.Add(option.RouteAddress(i));
        }
    }

    private static void Read(Ipv6View packet, ref Digest digest)
    {
        digest.Add((long)packet.TrafficClass);
        digest.Add(packet.FlowLabel);
        digest.Add(packet.PayloadLength);
        digest.Add((long)packet.NextHeader);
        digest.Add((long)packet.HopLimit);
        digest.Add(packet.Source);
        digest.Add(packet.Destination);
        digest.Add(packet.HasMappedAddress);
        digest.Add(packet.Header);
        digest.Add(packet.Packet);
        digest.Add(packet.Payload);
        ReadExtensions(packet.WalkExtensions(), ref digest);
    }

    private static void ReadExtensions(Ipv6ExtensionWalker walker, ref Digest digest)
    {
        int steps = 0;
        while (walker.MoveNext())
        {
            if (++steps > Ipv6ExtensionWalker.MaximumHeaders) throw new BrokenPromiseException("the walk over extension headers has no bound");
            digest.Add((long)walker.Kind);
            digest.Add(walker.Offset);
            digest.Add(walker.NextHeaderOffset);
            ReadHeader(walker.Kind, walker.Header, ref digest);
        }
        digest.Add((long)walker.Error);
        digest.Add((long)walker.Next);
        digest.Add(walker.HasFragment);
        digest.Add(walker.IsLaterFragment);
        digest.Add(walker.NextOffset);
        digest.Add(walker.Payload);
    }

    private static void ReadHeader(IpProtocolNumber kind, ReadOnlySpan<byte> header, ref Digest digest)
    {
        WireError error = WireError.None;
        if (kind == IpProtocolNumber.Fragment && Ipv6FragmentView.TryParse(header, out Ipv6FragmentView fragment, out error))
        {
            digest.Add((long)fragment.NextHeader);
            digest.Add(fragment.FragmentOffset);
            digest.Add(fragment.MoreFragments);
            digest.Add(fragment.IsAtomic);
            digest.Add(fragment.Identification);
            digest.Add(fragment.Payload);
        }
        else if (kind == IpProtocolNumber.Routing && Ipv6RoutingView.TryParse(header, out Ipv6RoutingView routing, out error))
        {
            digest.Add((long)routing.NextHeader);
            digest.Add((long)routing.RoutingType);
            digest.Add((long)routing.SegmentsLeft);
            digest.Add(routing.Data);
        }
        else if (kind is IpProtocolNumber.HopByHop or IpProtocolNumber.DestinationOptions && Ipv6OptionsView.TryParse(header, out Ipv6OptionsView options, out error))
        {
            digest.Add((long)options.NextHeader);
            digest.Add(options.Length);
            foreach (Ipv6Option option in options)
            {
                digest.Add(option.Offset);
                digest.Add((long)option.Kind);
                digest.Add((long)option.Action);
                digest.Add(option.MayChange);
                digest.Add(option.Data);
            }
        }
        digest.Add((long)error);
    }

    private static void ReadQuoted(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        if (QuotedPacketView.TryParse(bytes, out QuotedPacketView quoted, out WireError error))
        {
            digest.Add(quoted.Source);
            digest.Add(quoted.Destination);
            digest.Add((long)quoted.Protocol);
            digest.Add(quoted.IsLaterFragment);
            digest.Add(quoted.HasTransport);
            digest.Add(quoted.SourcePort + quoted.DestinationPort);
            digest.Add(quoted.TcpSequence);
            digest.Add(quoted.EchoIdentifier);
            digest.Add(quoted.Transport);
            digest.Add(quoted.Packet);
        }
        digest.Add((long)error);
    }
}
