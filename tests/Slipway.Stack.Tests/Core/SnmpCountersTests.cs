using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class SnmpCountersTests
{
    private readonly Sysctl _sysctl = new();
    private readonly SnmpCounters _counters;

    public SnmpCountersTests() => _counters = new SnmpCounters(_sysctl);

    [Fact]
    public void The_text_is_that_of_proc_net_snmp()
    {
        _counters[IpCounter.InReceives] += 2;
        _counters[IpCounter.OutTransmits]++;
        _counters.Icmp(IcmpCounter.InMsgs)++;
        _counters.IcmpIn(8)++;
        _counters.IcmpOut(3) += 4;
        _counters.Udp(UdpCounter.NoPorts) += 5;
        _sysctl.IPv4.Forward.Set(1);
        _sysctl.IPv4.DefaultTtl.Set(32);

        _counters.FormatSnmp().ShouldBe("""
            Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits
            Ip: 1 32 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1
            Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps
            Icmp: 1 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0 0 4 0 0 0 0 0 0 0 0 0 0
            IcmpMsg: InType8 OutType3
            IcmpMsg: 1 4
            Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
            Tcp: 1 200 120000 -1 0 0 0 0 0 0 0 0 0 0 0
            Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
            Udp: 0 5 0 0 0 0 0 0 0
            UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
            UdpLite: 0 0 0 0 0 0 0 0 0

            """);
    }

    [Fact]
    public void Snmp6_has_a_line_for_each_counter_with_the_types_that_occurred()
    {
        _counters[Ip6Counter.InReceives] = 12;
        _counters.Icmp6Out(135) = 3;
        _counters.Udp6(UdpCounter.OutDatagrams) = 7;

        string[] lines = _counters.FormatSnmp6().Split('\n');

        lines.ShouldContain("Ip6InReceives                   \t12");
        lines.ShouldContain("Icmp6OutNeighborSolicits        \t3");
        lines.ShouldContain("Icmp6OutType135                 \t3");
        lines.ShouldContain("Udp6OutDatagrams                \t7");
        lines.ShouldNotContain(static line => line.StartsWith("Icmp6InType", StringComparison.Ordinal));
    }

    [Fact]
    public void All_lists_every_counter_by_group_and_name()
    {
        _counters[IpExtCounter.InMcastPkts] = 9;
        _counters[TcpExtCounter.ListenDrops] = 8;

        (string Group, string Name, long Value)[] all = [.. _counters.All()];

        all.ShouldContain(("IpExt", "InMcastPkts", 9L));
        all.ShouldContain(("TcpExt", "ListenDrops", 8L));
        all.Select(static c => (c.Group, c.Name)).Distinct().Count().ShouldBe(all.Length);
    }

    /// <summary>The kernel adds counters over time, so what must agree is that each of ours stands in the kernel's file, in the same order.</summary>
    [FileFact("/proc/net/snmp")]
    public void The_names_and_their_order_are_those_of_the_running_kernel()
    {
        Compare(Names(File.ReadAllText("/proc/net/snmp")), Names(_counters.FormatSnmp()));
        Compare(Names(File.ReadAllText("/proc/net/netstat")), Names(_counters.FormatNetstat()));
        string[] kernel = [.. File.ReadLines("/proc/net/snmp6").Select(static line => line.Split(' ')[0])];
        string[] ours = [.. _counters.FormatSnmp6().TrimEnd('\n').Split('\n').Select(static line => line.Split(' ')[0])];
        ours.ShouldBe(kernel.Intersect(ours));
    }

    private static void Compare(Dictionary<string, string[]> kernel, Dictionary<string, string[]> ours)
    {
        foreach ((string group, string[] names) in ours) names.ShouldBe(kernel[group].Intersect(names), group);
    }

    private static Dictionary<string, string[]> Names(string text)
        => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static (line, i) => i % 2 == 0 && !line.StartsWith("IcmpMsg", StringComparison.Ordinal))
            .ToDictionary(static line => line[..line.IndexOf(':', StringComparison.Ordinal)], static line => line.Split(' ')[1..]);
}
