using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>An edit of a packet must leave a right checksum right and a wrong one wrong.</summary>
internal static class Edits
{
    internal static void Check(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        if (Ipv4View.TryParse(bytes, out Ipv4View four, out _))
        {
            bool before = four.HasValidChecksum;
            int ttl = four.Ttl;
            bool moved = PacketEditor.TryDecrementTtl(bytes);
            PacketEditor.TryMarkCongestion(bytes);
            Expect(before == four.HasValidChecksum && moved == ttl > 1 && four.Ttl == (moved ? ttl - 1 : ttl), "decrement of the TTL");
        }
        // All zeros are the one case where "wrong" cannot be kept: their sum is +0, which counts as wrong, yet equals -0, which counts as right.
        if (Icmpv4View.TryParse(bytes, out Icmpv4View icmp, out _) && icmp.Message.ContainsAnyExcept((byte)0))
        {
            bool before = icmp.HasValidChecksum;
            PacketEditor.SetIcmpv4Mtu(bytes, 1280);
            Expect(before == icmp.HasValidChecksum && icmp.Mtu == 1280, "MTU of ICMP");
        }
        if (TcpView.TryParse(bytes, out TcpView tcp, out _))
        {
            IpAddress address = IpAddress.LoopbackIPv4;
            bool before = tcp.HasValidChecksum(address, address);
            PacketEditor.SetSourcePort(IpProtocolNumber.Tcp, bytes, 4711);
            Expect(before == tcp.HasValidChecksum(address, address) && tcp.SourcePort == 4711, "port of TCP");
        }
        if (UdpView.TryParse(bytes, out UdpView udp, out _))
        {
            IpAddress address = IpAddress.LoopbackIPv4;
            bool before = udp.HasValidChecksum(address, address);
            PacketEditor.SetDestinationPort(IpProtocolNumber.Udp, bytes, 4712);
            Expect(before == udp.HasValidChecksum(address, address) && udp.DestinationPort == 4712, "port of UDP");
        }
    }

    private static void Expect(bool holds, string what)
    {
        if (!holds) throw new BrokenPromiseException($"the {what} broke the checksum or was not done");
    }
}
