using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The flow that a frame belongs to.</summary>
internal static class PacketFlow
{
    /// <summary>A number that all packets between two ends have, both ways: of addresses and ports, or of what there is (Linux __skb_get_hash_symmetric).</summary>
    public static uint Hash(in TapFrame frame, ulong key)
    {
        ulong hash = key ^ frame.Protocol;
        ReadOnlySpan<byte> network = frame.Packet.Span[Math.Min(frame.NetworkOffset, frame.Packet.Length)..];
        switch (frame.Protocol)
        {
            case EthernetProtocol.ETH_P_IP when Ipv4View.TryParse(network, out Ipv4View ip, out _):
                hash = Mix(hash, ip.Source, ip.Destination, (byte)ip.Protocol);
                if (!ip.IsFragment) hash = MixPorts(hash, ip.Protocol, ip.Payload);
                break;
            case EthernetProtocol.ETH_P_IPV6 when Ipv6View.TryParse(network, out Ipv6View ip, out _):
                var walker = new Ipv6ExtensionWalker(ip.NextHeader, ip.Payload);
                bool isWhole = walker.MoveToEnd() && !walker.HasFragment;
                hash = Mix(hash, ip.Source, ip.Destination, (byte)walker.Next);
                if (isWhole) hash = MixPorts(hash, walker.Next, ip.Payload[walker.NextOffset..]);
                break;
        }
        return (uint)(Mix(hash, 0) >> 32);
    }

    private static ulong Mix(ulong hash, IpAddress source, IpAddress destination, byte protocol)
        // Sums and differences of both ends are the same whichever comes first.
        => Mix(Mix(Mix(Mix(hash, source.High + destination.High), source.Low + destination.Low), source.Low ^ destination.Low), protocol);

    private static ulong MixPorts(ulong hash, IpProtocolNumber protocol, ReadOnlySpan<byte> transport)
    {
        if (protocol is not (IpProtocolNumber.Tcp or IpProtocolNumber.Udp) || transport.Length < 4) return hash;
        uint first = (uint)(transport[0] << 8 | transport[1]), second = (uint)(transport[2] << 8 | transport[3]);
        return Mix(hash, (ulong)Math.Min(first, second) << 16 | Math.Max(first, second));
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0x9E37_79B9_7F4A_7C15;
        return hash ^ hash >> 29;
    }
}
