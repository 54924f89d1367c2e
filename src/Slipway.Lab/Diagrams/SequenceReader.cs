using System.Globalization;
using System.Text;
using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>Says in a few words what a packet is, with sequence numbers counted from the connection's SYN.</summary>
internal sealed class SequenceReader
{
    private const int LongestText = 16;

    private readonly Dictionary<Stream, uint> _origins = [];

    /// <summary>The packet, or null if it does not belong into a diagram.</summary>
    public SequenceEvent? Read(bool isForth, TimeSpan now, LinkType linkType, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> packet = bytes;
        if (linkType == LinkType.Ethernet)
        {
            if (!EthernetView.TryParse(bytes, out EthernetView frame, out _) || frame.Type is not (EtherType.Ipv4 or EtherType.Ipv6)) return null;
            packet = frame.Payload;
        }
        if (packet.IsEmpty || IsHousekeeping(packet)) return null;
        if (TryReadTcp(packet, out ReadOnlySpan<byte> segment, out IpAddress source, out IpAddress destination) && TcpView.TryParse(segment, out TcpView tcp, out _))
        {
            SequenceSegment read = Count(tcp, source, destination);
            return new SequenceEvent(isForth, now, Describe(read, tcp.Payload)) { Segment = read };
        }
        return new SequenceEvent(isForth, now, FramePrinter.PrintPacket(packet, verifyChecksums: false));
    }

    /// <summary><c>[P.] seq 1 len 2 ack 1 "el"</c>: flags as tcpdump has them; the data where it is short and printable.</summary>
    internal static string Describe(SequenceSegment segment, ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder("[", 48);
        ReadOnlySpan<char> letters = "FSRP.UEW";
        foreach (int bit in (ReadOnlySpan<int>)[0, 1, 2, 3, 5, 6, 7, 4])
            if (((int)segment.Flags & 1 << bit) != 0) text.Append(letters[bit]);
        text.Append(CultureInfo.InvariantCulture, $"] seq {segment.Sequence} len {segment.Length}");
        if ((segment.Flags & TcpFlags.Ack) != TcpFlags.None) text.Append(CultureInfo.InvariantCulture, $" ack {segment.Acknowledgment}");
        if (IsShortText(data)) text.Append(" \"").Append(Encoding.ASCII.GetString(data).ReplaceLineEndings("\\n")).Append('"');
        return text.ToString();
    }

    private static bool IsShortText(ReadOnlySpan<byte> data)
    {
        if (data.Length is 0 or > LongestText) return false;
        foreach (byte value in data)
            if (value is not ((>= (byte)' ' and < 0x7F) or (byte)'\n' or (byte)'\r')) return false;
        return true;
    }

    private static bool TryReadTcp(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> segment, out IpAddress source, out IpAddress destination)
    {
        segment = default;
        source = destination = default;
        if (Ipv4View.TryParse(packet, out Ipv4View ipv4, out _))
        {
            if (ipv4.Protocol != IpProtocolNumber.Tcp || ipv4.IsFragment) return false;
            segment = ipv4.Payload;
            (source, destination) = (ipv4.Source, ipv4.Destination);
            return true;
        }
        if (!Ipv6View.TryParse(packet, out Ipv6View ipv6, out _) || ipv6.NextHeader != IpProtocolNumber.Tcp) return false;
        segment = ipv6.Payload;
        (source, destination) = (ipv6.Source, ipv6.Destination);
        return true;
    }

    /// <summary>What hosts say of the link itself: neighbour discovery (RFC 4861 §4: types 133 to 137), IGMP and MLD (types 130 to 132 and 143).</summary>
    private static bool IsHousekeeping(ReadOnlySpan<byte> packet)
    {
        if (Ipv4View.TryParse(packet, out Ipv4View ipv4, out _)) return ipv4.Protocol == IpProtocolNumber.Igmp;
        if (!Ipv6View.TryParse(packet, out Ipv6View ipv6, out _)) return false;
        Ipv6ExtensionWalker walker = ipv6.WalkExtensions();
        return walker.MoveToEnd() && walker.Next == IpProtocolNumber.Icmpv6 && walker.Payload is [(>= 130 and <= 137) or 143, ..];
    }

    private SequenceSegment Count(TcpView tcp, IpAddress source, IpAddress destination)
    {
        var stream = new Stream(source, tcp.SourcePort, destination, tcp.DestinationPort);
        var opposite = new Stream(destination, tcp.DestinationPort, source, tcp.SourcePort);
        bool acknowledges = (tcp.Flags & TcpFlags.Ack) != TcpFlags.None;
        if ((tcp.Flags & TcpFlags.Syn) != TcpFlags.None) _origins[stream] = tcp.Sequence;
        else _origins.TryAdd(stream, unchecked(tcp.Sequence - 1));
        if (acknowledges) _origins.TryAdd(opposite, unchecked(tcp.Acknowledgment - 1));
        uint sequence = unchecked(tcp.Sequence - _origins[stream]);
        uint acknowledgment = acknowledges ? unchecked(tcp.Acknowledgment - _origins[opposite]) : 0;
        return new SequenceSegment(tcp.SourcePort, tcp.DestinationPort, tcp.Flags, sequence, tcp.Payload.Length, acknowledgment, tcp.Window);
    }

    /// <summary>One direction of a connection.</summary>
    private readonly record struct Stream(IpAddress Source, ushort SourcePort, IpAddress Destination, ushort DestinationPort);
}
