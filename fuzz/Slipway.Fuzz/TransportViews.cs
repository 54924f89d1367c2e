using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Reads UDP and TCP.</summary>
internal static class TransportViews
{
    internal static void Read(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        if (UdpView.TryParse(bytes, out UdpView udp, out WireError error))
        {
            digest.Add(udp.SourcePort);
            digest.Add(udp.DestinationPort);
            digest.Add(udp.Length);
            digest.Add(udp.Checksum);
            digest.Add(udp.HasChecksum);
            digest.Add(udp.HasValidChecksum(IpAddress.LoopbackIPv4, IpAddress.LoopbackIPv4));
            digest.Add(udp.HasValidChecksum(IpAddress.LoopbackIPv6, IpAddress.LoopbackIPv6));
            digest.Add(udp.Payload);
        }
        digest.Add((long)error);
        if (UdpView.TryParseQuoted(bytes, out udp, out error))
        {
            digest.Add(udp.Length);
            digest.Add(udp.Payload);
        }
        digest.Add((long)error);
        if (TcpView.TryParse(bytes, out TcpView tcp, out error))
        {
            digest.Add(tcp.SourcePort);
            digest.Add(tcp.DestinationPort);
            digest.Add(tcp.Sequence);
            digest.Add(tcp.Acknowledgment);
            digest.Add(tcp.HeaderLength);
            digest.Add(tcp.ReservedBits);
            digest.Add((long)tcp.Flags);
            digest.Add(tcp.Window);
            digest.Add(tcp.Checksum);
            digest.Add(tcp.UrgentPointer);
            digest.Add(tcp.SequenceLength);
            digest.Add(tcp.HasValidChecksum(IpAddress.LoopbackIPv4, IpAddress.LoopbackIPv4));
            digest.Add(tcp.Options);
            digest.Add(tcp.Payload);
            ReadOptions(tcp.Options, ref digest);
        }
        digest.Add((long)error);
        ReadOptions(bytes[..Math.Min(bytes.Length, 40)], ref digest);
    }

    private static void ReadOptions(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        digest.Add(TcpOptions.Parse(bytes, isSyn: true).ToString());
        digest.Add(TcpOptions.Parse(bytes, isSyn: false).ToString());
        var walk = new TcpOptionEnumerator(bytes);
        while (walk.MoveNext())
        {
            digest.Add((long)walk.Kind);
            digest.Add(walk.Offset);
            digest.Add(walk.Data);
        }
        digest.Add(walk.IsMalformed);
    }
}
