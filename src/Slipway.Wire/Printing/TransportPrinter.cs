using System.Text;

namespace Slipway.Wire;

/// <summary>The part of <see cref="FramePrinter"/> that reads UDP and TCP.</summary>
internal static class TransportPrinter
{
    internal static void AppendUdp(StringBuilder text, ReadOnlySpan<byte> datagram, AddressPair addresses)
    {
        if (!(addresses.IsPart ? UdpView.TryParseQuoted(datagram, out UdpView udp, out WireError error) : UdpView.TryParse(datagram, out udp, out error)))
        {
            AppendAddresses(text, addresses, datagram, error);
            FramePrinter.AppendRefusal(text, "UDP", error, datagram.Length);
            return;
        }
        AppendAddresses(text, addresses, datagram, WireError.None);
        text.Append($"UDP, length {udp.Length - UdpHeader.Length}");
        if (addresses.CanVerify && !udp.HasValidChecksum(addresses.Source, addresses.Destination)) text.Append(" [bad checksum]");
    }

    internal static void AppendTcp(StringBuilder text, ReadOnlySpan<byte> segment, AddressPair addresses)
    {
        if (!TcpView.TryParse(segment, out TcpView tcp, out WireError error))
        {
            AppendAddresses(text, addresses, segment, error);
            FramePrinter.AppendRefusal(text, "TCP", error, segment.Length);
            return;
        }
        AppendAddresses(text, addresses, segment, WireError.None);
        text.Append("Flags [");
        AppendFlags(text, tcp.Flags);
        text.Append($"], seq {tcp.Sequence}");
        if (!tcp.Payload.IsEmpty) text.Append($":{unchecked(tcp.Sequence + (uint)tcp.Payload.Length)}");
        if ((tcp.Flags & TcpFlags.Ack) != TcpFlags.None) text.Append($", ack {tcp.Acknowledgment}");
        text.Append($", win {tcp.Window}");
        if ((tcp.Flags & TcpFlags.Urg) != TcpFlags.None) text.Append($", urg {tcp.UrgentPointer}");
        AppendOptions(text, tcp);
        text.Append($", length {tcp.Payload.Length}");
        if (addresses.CanVerify && !tcp.HasValidChecksum(addresses.Source, addresses.Destination)) text.Append(" [bad checksum]");
    }

    private static void AppendAddresses(StringBuilder text, AddressPair addresses, ReadOnlySpan<byte> transport, WireError error)
    {
        // The ports stand at the same place in both protocols, and are worth printing of a header that is cut off behind them.
        bool hasPorts = transport.Length >= 4 && error is WireError.None or WireError.Truncated;
        IpPrinter.AppendEndpoint(text, addresses.Source, hasPorts ? transport[0] << 8 | transport[1] : null);
        text.Append(" > ");
        IpPrinter.AppendEndpoint(text, addresses.Destination, hasPorts ? transport[2] << 8 | transport[3] : null);
        text.Append(": ");
    }

    private static void AppendFlags(StringBuilder text, TcpFlags flags)
    {
        ReadOnlySpan<char> letters = "FSRP.UEW";
        if (flags == TcpFlags.None) text.Append("none");
        // tcpdump's order: the acknowledgment's dot comes last of the usual ones.
        foreach (int bit in (ReadOnlySpan<int>)[0, 1, 2, 3, 5, 6, 7, 4])
            if (((int)flags & 1 << bit) != 0) text.Append(letters[bit]);
    }

    private static void AppendOptions(StringBuilder text, TcpView tcp)
    {
        bool isSyn = (tcp.Flags & TcpFlags.Syn) != TcpFlags.None;
        TcpOptions options = TcpOptions.Parse(tcp.Options, isSyn);
        var walk = new TcpOptionEnumerator(tcp.Options);
        int count = 0;
        while (walk.MoveNext())
        {
            text.Append(count++ == 0 ? ", options [" : ",");
            AppendOption(text, walk.Kind, options);
        }
        if (walk.IsMalformed) text.Append(count++ == 0 ? ", options [malformed" : ",malformed");
        if (count > 0) text.Append(']');
    }

    private static void AppendOption(StringBuilder text, TcpOptionKind kind, TcpOptions options)
    {
        switch (kind)
        {
            case TcpOptionKind.MaximumSegmentSize when options.MaximumSegmentSize is { } mss:
                text.Append($"mss {mss}");
                break;
            case TcpOptionKind.WindowScale when options.WindowScale is { } scale:
                text.Append($"wscale {scale}");
                break;
            case TcpOptionKind.SackPermitted when options.SackPermitted:
                text.Append("sackOK");
                break;
            case TcpOptionKind.Timestamps when options.Timestamps is { } times:
                text.Append($"TS val {times.Value} ecr {times.EchoReply}");
                break;
            case TcpOptionKind.Sack when options.Sack.Count > 0:
                text.Append($"sack {options.Sack.Count} ");
                for (int i = 0; i < options.Sack.Count; i++) text.Append($"{{{options.Sack[i].Left}:{options.Sack[i].Right}}}");
                break;
            case TcpOptionKind.FastOpenCookie when options.FastOpen is { } cookie:
                text.Append(cookie.IsRequest ? "tfo cookiereq" : $"tfo cookie of {cookie.Length}");
                break;
            case TcpOptionKind.Md5Signature when options.IsSigned:
                text.Append("md5");
                break;
            default:
                text.Append($"option {(byte)kind}");
                break;
        }
    }
}
