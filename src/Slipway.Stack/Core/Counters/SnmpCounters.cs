using System.Globalization;
using System.Text;

namespace Slipway.Stack;

/// <summary>
/// The counters of one host, with the names and in the text forms of /proc/net/snmp, /proc/net/snmp6 and /proc/net/netstat. To count is to
/// increment an array element: <c>host.Counters[IpCounter.InReceives]++</c>. Owner of the loop only.
/// </summary>
public sealed class SnmpCounters
{
    private const int Types = 256;

    private static readonly (string Name, byte Type)[] IcmpTypes =
    [
        ("DestUnreachs", 3), ("TimeExcds", 11), ("ParmProbs", 12), ("SrcQuenchs", 4), ("Redirects", 5), ("Echos", 8), ("EchoReps", 0),
        ("Timestamps", 13), ("TimestampReps", 14), ("AddrMasks", 17), ("AddrMaskReps", 18),
    ];

    private static readonly (string Name, byte Type)[] Icmp6Types =
    [
        ("DestUnreachs", 1), ("PktTooBigs", 2), ("TimeExcds", 3), ("ParmProblems", 4), ("Echos", 128), ("EchoReplies", 129),
        ("GroupMembQueries", 130), ("GroupMembResponses", 131), ("GroupMembReductions", 132), ("RouterSolicits", 133),
        ("RouterAdvertisements", 134), ("NeighborSolicits", 135), ("NeighborAdvertisements", 136), ("Redirects", 137), ("MLDv2Reports", 143),
    ];

    private readonly Sysctl _sysctl;
    private readonly long[] _ip = new long[Enum.GetValues<IpCounter>().Length];
    private readonly long[] _ipExt = new long[Enum.GetValues<IpExtCounter>().Length];
    private readonly long[] _ip6 = new long[Enum.GetValues<Ip6Counter>().Length];
    private readonly long[] _icmp = new long[Enum.GetValues<IcmpCounter>().Length];
    private readonly long[] _icmp6 = new long[Enum.GetValues<IcmpCounter>().Length];
    private readonly long[] _icmpIn = new long[Types], _icmpOut = new long[Types];
    private readonly long[] _icmp6In = new long[Types], _icmp6Out = new long[Types];
    private readonly long[] _udp = new long[Enum.GetValues<UdpCounter>().Length];
    private readonly long[] _udp6 = new long[Enum.GetValues<UdpCounter>().Length];
    private readonly long[] _tcp = new long[Enum.GetValues<TcpCounter>().Length];
    private readonly long[] _tcpExt = new long[Enum.GetValues<TcpExtCounter>().Length];

    /// <summary>Makes counters at zero.</summary>
    /// <param name="sysctl">The host's settings: /proc/net/snmp also shows two of them.</param>
    public SnmpCounters(Sysctl sysctl)
    {
        ArgumentNullException.ThrowIfNull(sysctl);
        _sysctl = sysctl;
        // Values, not counters. RFC 4022 has a number of its own (5) for the timer of RFC 2988; the kernel says 1, other.
        this[TcpCounter.RtoAlgorithm] = 1;
        this[TcpCounter.RtoMin] = 200;
        this[TcpCounter.RtoMax] = 120_000;
        this[TcpCounter.MaxConn] = -1;
    }

    /// <summary>A counter of IPv4.</summary>
    public ref long this[IpCounter counter] => ref _ip[(int)counter];

    /// <summary>A counter of IPv4.</summary>
    public ref long this[IpExtCounter counter] => ref _ipExt[(int)counter];

    /// <summary>A counter of IPv6.</summary>
    public ref long this[Ip6Counter counter] => ref _ip6[(int)counter];

    /// <summary>A counter or value of TCP.</summary>
    public ref long this[TcpCounter counter] => ref _tcp[(int)counter];

    /// <summary>A counter of TCP.</summary>
    public ref long this[TcpExtCounter counter] => ref _tcpExt[(int)counter];

    /// <summary>A counter of UDP over IPv4.</summary>
    public ref long Udp(UdpCounter counter) => ref _udp[(int)counter];

    /// <summary>A counter of UDP over IPv6.</summary>
    public ref long Udp6(UdpCounter counter) => ref _udp6[(int)counter];

    /// <summary>A counter of ICMP for IPv4.</summary>
    public ref long Icmp(IcmpCounter counter) => ref _icmp[(int)counter];

    /// <summary>A counter of ICMPv6.</summary>
    public ref long Icmp6(IcmpCounter counter) => ref _icmp6[(int)counter];

    /// <summary>Messages of one type received over IPv4 with a good checksum; the named counters (InEchos …) come from these.</summary>
    public ref long IcmpIn(byte type) => ref _icmpIn[type];

    /// <summary>Messages of one type sent over IPv4.</summary>
    public ref long IcmpOut(byte type) => ref _icmpOut[type];

    /// <summary>ICMPv6 messages of one type received with a good checksum.</summary>
    public ref long Icmp6In(byte type) => ref _icmp6In[type];

    /// <summary>ICMPv6 messages of one type sent.</summary>
    public ref long Icmp6Out(byte type) => ref _icmp6Out[type];

    /// <summary>All counters with their groups (<c>Ip</c>, <c>Icmp</c>, <c>IcmpMsg</c>, <c>Tcp</c>, <c>Udp</c>, <c>TcpExt</c>, <c>IpExt</c>, <c>Ip6</c>, <c>Icmp6</c>, <c>Udp6</c>) in the kernel's order.</summary>
    public IEnumerable<(string Group, string Name, long Value)> All()
        => [.. Snmp(), .. Netstat(), .. Snmp6()];

    /// <summary>The text of /proc/net/snmp: for each group a line of names and a line of values.</summary>
    public string FormatSnmp() => FormatLines(Snmp());

    /// <summary>The text of /proc/net/netstat, in the same form.</summary>
    public string FormatNetstat() => FormatLines(Netstat());

    /// <summary>The text of /proc/net/snmp6: a line for each counter.</summary>
    public string FormatSnmp6()
    {
        var text = new StringBuilder();
        foreach ((string group, string name, long value) in Snmp6())
            text.Append((group + name).PadRight(32)).Append(CultureInfo.InvariantCulture, $"\t{value}\n");
        return text.ToString();
    }

    private IEnumerable<(string Group, string Name, long Value)> Snmp() =>
    [
        ("Ip", "Forwarding", _sysctl.IPv4.Forward.IsOn ? 1 : 2),
        ("Ip", "DefaultTTL", _sysctl.IPv4.DefaultTtl.Value),
        .. Group<IpCounter>("Ip", _ip),
        .. Group<IcmpCounter>("Icmp", _icmp)[..3],
        .. Named("Icmp", "In", IcmpTypes, _icmpIn),
        .. Group<IcmpCounter>("Icmp", _icmp)[3..],
        .. Named("Icmp", "Out", IcmpTypes, _icmpOut),
        .. Numbered("IcmpMsg", "InType", _icmpIn),
        .. Numbered("IcmpMsg", "OutType", _icmpOut),
        .. Group<TcpCounter>("Tcp", _tcp),
        .. Group<UdpCounter>("Udp", _udp),
        // The stack has no UDP-Lite: its lines stay at zero, but who reads the file expects them.
        .. Group<UdpCounter>("UdpLite", new long[_udp.Length]),
    ];

    private IEnumerable<(string Group, string Name, long Value)> Netstat()
        => [.. Group<TcpExtCounter>("TcpExt", _tcpExt), .. Group<IpExtCounter>("IpExt", _ipExt)];

    private IEnumerable<(string Group, string Name, long Value)> Snmp6() =>
    [
        .. Group<Ip6Counter>("Ip6", _ip6),
        .. ((ReadOnlySpan<IcmpCounter>)[IcmpCounter.InMsgs, IcmpCounter.InErrors, IcmpCounter.OutMsgs, IcmpCounter.OutErrors, IcmpCounter.InCsumErrors, IcmpCounter.OutRateLimitHost])
            .ToArray().Select(c => ("Icmp6", c.ToString(), _icmp6[(int)c])),
        .. Named("Icmp6", "In", Icmp6Types, _icmp6In),
        .. Named("Icmp6", "Out", Icmp6Types, _icmp6Out),
        .. Numbered("Icmp6", "InType", _icmp6In),
        .. Numbered("Icmp6", "OutType", _icmp6Out),
        .. Group<UdpCounter>("Udp6", _udp6),
        .. Group<UdpCounter>("UdpLite6", new long[_udp6.Length]).Where(static c => c.Name != nameof(UdpCounter.IgnoredMulti)),
    ];

    private static (string Group, string Name, long Value)[] Group<T>(string group, long[] values) where T : struct, Enum
        => [.. Enum.GetNames<T>().Select((name, i) => (group, name, values[i]))];

    private static IEnumerable<(string Group, string Name, long Value)> Named(string group, string direction, (string Name, byte Type)[] types, long[] values)
        => types.Select(t => (group, direction + t.Name, values[t.Type]));

    private static IEnumerable<(string Group, string Name, long Value)> Numbered(string group, string prefix, long[] values)
        => values.Select((value, type) => (group, string.Create(CultureInfo.InvariantCulture, $"{prefix}{type}"), value)).Where(static c => c.value != 0);

    private static string FormatLines(IEnumerable<(string Group, string Name, long Value)> counters)
    {
        const int PerLine = 16;
        var text = new StringBuilder();
        foreach (IGrouping<string, (string Group, string Name, long Value)> group in counters.GroupBy(static c => c.Group, StringComparer.Ordinal))
        {
            // Of the per-type ICMP counters the kernel prints sixteen a line (icmpmsg_put), of the other groups all.
            foreach ((string Group, string Name, long Value)[] line in group.Chunk(group.Key == "IcmpMsg" ? PerLine : int.MaxValue))
            {
                text.Append(group.Key).Append(':');
                foreach ((_, string name, _) in line) text.Append(' ').Append(name);
                text.Append('\n').Append(group.Key).Append(':');
                foreach ((_, _, long value) in line) text.Append(CultureInfo.InvariantCulture, $" {value}");
                text.Append('\n');
            }
        }
        return text.ToString();
    }
}
