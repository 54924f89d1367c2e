using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>What a view accepts, its builder must be able to say again: header to value to bytes to value.</summary>
internal static class RoundTrips
{
    internal static void Check(ReadOnlySpan<byte> input)
    {
        byte[] bytes = new byte[input.Length + 64];
        if (EthernetView.TryParse(input, out EthernetView frame, out _))
        {
            frame.ToHeader().Write(bytes);
            Same(true, EthernetView.TryParse(bytes, out EthernetView again, out _));
            Same(frame.ToHeader(), again.ToHeader());
        }
        if (ArpView.TryParse(input, out ArpView arp, out _))
        {
            arp.ToHeader().Write(bytes);
            Same(true, input[..ArpHeader.Length].SequenceEqual(bytes.AsSpan(0, ArpHeader.Length)));
        }
        if (Ipv4View.TryParse(input, out Ipv4View four, out _))
        {
            four.ToHeader().Write(bytes);
            Same(true, Ipv4View.TryParseQuoted(bytes, out Ipv4View again, out _));
            Same(four.ToHeader(), again.ToHeader());
            Same(true, again.HasValidChecksum);
        }
        if (Ipv6View.TryParse(input, out Ipv6View six, out _))
        {
            six.ToHeader().Write(bytes);
            Same(true, input[..Ipv6Header.Length].SequenceEqual(bytes.AsSpan(0, Ipv6Header.Length)));
        }
        if (UdpView.TryParse(input, out UdpView udp, out _))
        {
            udp.ToHeader().Write(bytes);
            Same(true, input[..UdpHeader.Length].SequenceEqual(bytes.AsSpan(0, UdpHeader.Length)));
        }
        if (TcpView.TryParse(input, out TcpView tcp, out _)) CheckTcp(tcp, bytes);
    }

    private static void CheckTcp(TcpView tcp, byte[] bytes)
    {
        TcpHeader header = tcp.ToHeader();
        // Options out of their usual places may not fit again once padded in Linux's way; all that fit must come back.
        if (header.Length > TcpHeader.MaximumLength) return;
        header.Write(bytes);
        Same(true, TcpView.TryParse(bytes, out TcpView again, out _));
        Same(header, again.ToHeader());
    }

    private static void Same<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new BrokenPromiseException($"expected {expected} after the round trip, got {actual}");
    }
}
