using System.Text;

namespace Slipway.Wire;

/// <summary>
/// Prints any frame or packet on one line, in the manner of tcpdump. Whatever the bytes are, there is a line and never an exception:
/// what is cut off or malformed is said in brackets.
/// </summary>
/// <example><code>IP 10.0.0.1.40000 > 10.0.0.2.7: Flags [S], seq 1, win 64240, options [mss 1460,sackOK], length 0</code></example>
public static class FramePrinter
{
    /// <summary>Prints what a capture holds.</summary>
    /// <param name="linkType">What the bytes begin with.</param>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="verifyChecksums">Whether to tell wrong checksums; not where offload leaves them out.</param>
    public static string Print(LinkType linkType, ReadOnlySpan<byte> bytes, bool verifyChecksums = true) => linkType switch
    {
        LinkType.Ethernet => PrintFrame(bytes, verifyChecksums),
        LinkType.RawIp => PrintPacket(bytes, verifyChecksums),
        _ => $"link type {(int)linkType}, length {bytes.Length}",
    };

    /// <summary>Prints an Ethernet frame.</summary>
    /// <param name="frame">Any bytes.</param>
    /// <param name="verifyChecksums">Whether to tell wrong checksums.</param>
    public static string PrintFrame(ReadOnlySpan<byte> frame, bool verifyChecksums = true)
    {
        var text = new StringBuilder(160);
        if (!EthernetView.TryParse(frame, out EthernetView view, out WireError error))
        {
            AppendRefusal(text, "Ethernet", error, frame.Length);
            return text.ToString();
        }
        text.Append($"{view.Source} > {view.Destination}, ");
        if (view.IsTagged) text.Append($"vlan {view.Tag.Id}, ");
        switch (view.Type)
        {
            case EtherType.Ipv4:
                IpPrinter.AppendIPv4(text, view.Payload, verifyChecksums);
                break;
            case EtherType.Ipv6:
                IpPrinter.AppendIPv6(text, view.Payload, verifyChecksums);
                break;
            case EtherType.Arp:
                AppendArp(text, view.Payload);
                break;
            case < (EtherType)0x0600:
                text.Append($"802.3, length {(ushort)view.Type}");
                break;
            default:
                text.Append($"ethertype 0x{(ushort)view.Type:x4}, length {view.Payload.Length}");
                break;
        }
        return text.ToString();
    }

    /// <summary>Prints an IPv4 or IPv6 packet.</summary>
    /// <param name="packet">Any bytes.</param>
    /// <param name="verifyChecksums">Whether to tell wrong checksums.</param>
    public static string PrintPacket(ReadOnlySpan<byte> packet, bool verifyChecksums = true)
    {
        var text = new StringBuilder(160);
        if (packet.IsEmpty) AppendRefusal(text, "IP", WireError.Truncated, 0);
        else if (packet[0] >> 4 == 6) IpPrinter.AppendIPv6(text, packet, verifyChecksums);
        else IpPrinter.AppendIPv4(text, packet, verifyChecksums);
        return text.ToString();
    }

    internal static void AppendRefusal(StringBuilder text, string what, WireError error, int length)
        => text.Append($"{what} [{Describe(error)}], length {length}");

    internal static string Describe(WireError error) => error switch
    {
        WireError.Truncated => "truncated",
        WireError.BadVersion => "bad version",
        WireError.BadHeaderLength => "bad header length",
        WireError.BadTotalLength => "bad length",
        WireError.BadOption => "bad option",
        WireError.BadAddressFormat => "not IPv4 on Ethernet",
        WireError.BadType => "bad type or code",
        WireError.BadOrder => "misplaced hop-by-hop options",
        WireError.TooManyHeaders => "too many extension headers",
        WireError.Jumbogram => "jumbogram",
        _ => "malformed",
    };

    private static void AppendArp(StringBuilder text, ReadOnlySpan<byte> packet)
    {
        if (!ArpView.TryParse(packet, out ArpView arp, out WireError error))
        {
            AppendRefusal(text, "ARP", error, packet.Length);
            return;
        }
        switch (arp.Operation)
        {
            case ArpOperation.Request:
                text.Append($"ARP, request who-has {arp.TargetProtocol} tell {arp.SenderProtocol}");
                break;
            case ArpOperation.Reply:
                text.Append($"ARP, reply {arp.SenderProtocol} is-at {arp.SenderHardware}");
                break;
            default:
                text.Append($"ARP, operation {(ushort)arp.Operation}, sender {arp.SenderHardware} {arp.SenderProtocol}, target {arp.TargetHardware} {arp.TargetProtocol}");
                break;
        }
    }
}
