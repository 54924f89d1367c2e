using System.Buffers.Binary;
using System.Globalization;

namespace Slipway.Samples;

/// <summary>What an ICMP message says of a probe: an echo reply, or an error that quotes the probe (RFC 792, RFC 4443).</summary>
/// <param name="IsIPv4">Whether it is ICMP for IPv4.</param>
/// <param name="Type">The ICMP type.</param>
/// <param name="Code">The ICMP code.</param>
/// <param name="Info">The MTU or the pointer of an error.</param>
/// <param name="Quoted">The quoted packet's upper protocol; 0 for a reply.</param>
/// <param name="First">The reply's identifier, or the quoted packet's: of an echo the identifier, of a datagram the source port.</param>
/// <param name="Second">The reply's sequence number, or the quoted packet's: of an echo the sequence number, of a datagram the destination port.</param>
/// <param name="Length">Bytes of the message.</param>
/// <param name="Ttl">Time to live of the packet that brought it, if it is IPv4.</param>
internal readonly record struct IcmpNews(bool IsIPv4, byte Type, byte Code, uint Info, byte Quoted, ushort First, ushort Second, int Length, int Ttl)
{
    public const byte EchoReply4 = 0, Unreachable4 = 3, EchoRequest4 = 8, TimeExceeded4 = 11, ParameterProblem4 = 12;
    public const byte Unreachable6 = 1, TooBig6 = 2, TimeExceeded6 = 3, ParameterProblem6 = 4, EchoRequest6 = 128, EchoReply6 = 129;
    public const byte Icmp = 1, Udp = 17, Icmp6 = 58;

    private const int Header = 8, LeastHeader4 = 20, Header6 = 40, PortUnreachable4 = 3, PortUnreachable6 = 4;

    public bool IsReply => Type == (IsIPv4 ? EchoReply4 : EchoReply6);

    public bool IsTimeExceeded => Type == (IsIPv4 ? TimeExceeded4 : TimeExceeded6);

    public bool IsPortUnreachable => (Type, Code) == (IsIPv4 ? (Unreachable4, PortUnreachable4) : (Unreachable6, PortUnreachable6));

    /// <summary>Reads what a raw socket received: a packet with its header in IPv4, the message alone in IPv6.</summary>
    /// <returns>False: it is about nothing that a probe could have sent.</returns>
    public static bool TryRead(bool isIPv4, ReadOnlySpan<byte> packet, out IcmpNews news)
    {
        news = default;
        int header = isIPv4 && packet.Length > 0 ? (packet[0] & 0xF) * 4 : 0;
        if (packet.Length < header + Header) return false;
        int ttl = isIPv4 ? packet[8] : 0;
        ReadOnlySpan<byte> message = packet[header..];
        news = new IcmpNews(isIPv4, message[0], message[1], BinaryPrimitives.ReadUInt32BigEndian(message[4..]), 0, 0, 0, message.Length, ttl);
        if (news.IsReply)
        {
            news = news with { First = BinaryPrimitives.ReadUInt16BigEndian(message[4..]), Second = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) };
            return true;
        }
        return news.IsError && TryReadQuotation(message[Header..], ref news);
    }

    /// <summary>The error in the words of ping(8).</summary>
    public string Describe() => IsIPv4 ? Describe4() : Describe6();

    /// <summary>What traceroute(8) puts behind a time: !N for a network that is not there, and so on; empty for the end of the way.</summary>
    public string Mark => (IsIPv4, Type, Code) switch
    {
        (true, Unreachable4, 0) or (false, Unreachable6, 0) => " !N",
        (true, Unreachable4, 1) or (false, Unreachable6, 3) => " !H",
        (true, Unreachable4, 2) or (false, ParameterProblem6, 1) => " !P",
        (true, Unreachable4, 4) => string.Create(CultureInfo.InvariantCulture, $" !F-{Info & 0xFFFF}"),
        (true, Unreachable4, 9 or 10 or 13) or (false, Unreachable6, 1) => " !X",
        _ when IsReply || IsTimeExceeded || IsPortUnreachable => "",
        _ => string.Create(CultureInfo.InvariantCulture, $" !<{Type}-{Code}>"),
    };

    private bool IsError => IsIPv4 ? Type is Unreachable4 or TimeExceeded4 or ParameterProblem4 : Type is Unreachable6 or TooBig6 or TimeExceeded6 or ParameterProblem6;

    private static bool TryReadQuotation(ReadOnlySpan<byte> quoted, ref IcmpNews news)
    {
        if (quoted.Length < (news.IsIPv4 ? LeastHeader4 : Header6)) return false;
        int header = news.IsIPv4 ? (quoted[0] & 0xF) * 4 : Header6;
        if (quoted.Length < header + Header) return false;
        byte protocol = quoted[news.IsIPv4 ? 9 : 6];
        ReadOnlySpan<byte> upper = quoted[header..];
        int at = protocol == Udp ? 0 : 4;
        if (protocol != Udp && protocol != (news.IsIPv4 ? Icmp : Icmp6)) return false;
        news = news with { Quoted = protocol, First = BinaryPrimitives.ReadUInt16BigEndian(upper[at..]), Second = BinaryPrimitives.ReadUInt16BigEndian(upper[(at + 2)..]) };
        return true;
    }

    private string Describe4() => (Type, Code) switch
    {
        (Unreachable4, 0) => "Destination Net Unreachable",
        (Unreachable4, 1) => "Destination Host Unreachable",
        (Unreachable4, 2) => "Destination Protocol Unreachable",
        (Unreachable4, 3) => "Destination Port Unreachable",
        (Unreachable4, 4) => string.Create(CultureInfo.InvariantCulture, $"Frag needed and DF set (mtu = {Info & 0xFFFF})"),
        (Unreachable4, 13) => "Packet filtered",
        (Unreachable4, _) => string.Create(CultureInfo.InvariantCulture, $"Dest Unreachable, Bad Code: {Code}"),
        (TimeExceeded4, 0) => "Time to live exceeded",
        (TimeExceeded4, _) => "Frag reassembly time exceeded",
        _ => string.Create(CultureInfo.InvariantCulture, $"Parameter problem: pointer = {Info >> 24}"),
    };

    private string Describe6() => (Type, Code) switch
    {
        (Unreachable6, 0) => "Destination unreachable: No route",
        (Unreachable6, 1) => "Destination unreachable: Administratively prohibited",
        (Unreachable6, 2) => "Destination unreachable: Beyond scope of source address",
        (Unreachable6, 3) => "Destination unreachable: Address unreachable",
        (Unreachable6, 4) => "Destination unreachable: Port unreachable",
        (Unreachable6, _) => string.Create(CultureInfo.InvariantCulture, $"Destination unreachable: Unknown code {Code}"),
        (TooBig6, _) => string.Create(CultureInfo.InvariantCulture, $"Packet too big: mtu={Info}"),
        (TimeExceeded6, 0) => "Time exceeded: Hop limit",
        (TimeExceeded6, _) => "Time exceeded: Defragmentation failure",
        _ => string.Create(CultureInfo.InvariantCulture, $"Parameter problem: pointer = {Info}"),
    };
}
