using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>What a host says by MLD (RFC 9777, RFC 2710); what it shares with IGMP is tested there.</summary>
public sealed class MldTests
{
    private const string Reporters = "fe80::ff:fe00:1 > ff02::16: report v2";

    private static readonly IpAddress Group = IpAddress.Parse("ff15::7"), Source = IpAddress.Parse("2001:db8::1");

    private readonly GroupLink _link = new("fd00::1/64");
    private readonly GroupListener _listener = new();

    [Fact]
    public void Solicited_node_groups_are_reported_and_those_of_everybody_are_not()
    {
        _link.Pass(5000);
        string report = $"{Reporters}, ff02::1:ff00:1 to_ex {{}}";
        _link.TakeAll().Select(GroupLink.TextOf).ShouldBe([report, report]);
        _link.Do(() => _link.Interface.AddAddress(IpPrefix.Parse("fd00::9:8:7/64")));
        _link.Pass(5000);
        _link.TakeAll().Select(GroupLink.TextOf).Distinct().ShouldBe([$"{Reporters}, ff02::1:ff08:7 to_ex {{}}"]);
        _link.Do(() => _link.Interface.RemoveAddress(IpAddress.Parse("fd00::9:8:7")));
        _link.Pass(5000);
        _link.TakeAll().Select(GroupLink.TextOf).Distinct().ShouldBe([$"{Reporters}, ff02::1:ff08:7 to_in {{}}"]);
    }

    [Fact]
    public void What_stays_on_the_interface_is_nobodys_business()
    {
        Join(IpAddress.Parse("ff01::7"));
        _link.Pass(5000);
        _link.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_router_is_in_the_groups_of_all_routers()
    {
        _link.Pass(5000);
        _link.TakeAll();
        _link.Do(() => _link.Host.Sysctl.Set("net.ipv6.conf.all.forwarding", "1"));
        _link.Pass(5000);
        _link.TakeAll().Select(GroupLink.TextOf).Distinct().ShouldBe([$"{Reporters}, ff02::1:ff00:0 to_ex {{}}, ff02::2 to_ex {{}}, ff05::2 to_ex {{}}"]);
        _link.Interface.Groups.Contains(IpAddress.Parse("ff01::2")).ShouldBeTrue();
    }

    [Fact]
    public void A_join_is_told_twice_in_packets_of_the_link()
    {
        _link.Pass(5000);
        _link.TakeAll();
        Join(Group);
        _link.Pass(5000);
        byte[] frame = _link.Network.Bytes.First();
        MacAddress.Read(frame).ShouldBe(new MacAddress(0x3333_0000_0016));
        Ipv6View.TryParse(frame.AsSpan(EthernetHeader.UntaggedLength), out Ipv6View ip, out _).ShouldBeTrue();
        ip.HopLimit.ShouldBe((byte)1);
        ip.Payload[..8].ToArray().ShouldBe([58, 0, 5, 2, 0, 0, 1, 0]);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, ff15::7 to_ex {{}}", $"{Reporters}, ff15::7 to_ex {{}}"]);
    }

    [Fact]
    public void Questions_are_answered_with_the_sources_of_the_group()
    {
        Join(Group, new SourceFilter(FilterMode.Include, Source));
        _link.Pass(5000);
        _link.TakeAll();
        _link.Ask(General with { Group = Group });
        _link.Pass(11_000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, ff15::7 is_in {{2001:db8::1}}"]);
        _link.Ask(General);
        _link.Pass(11_000);
        _link.TakeAll().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, ff02::1:ff00:1 is_ex {{}}, ff15::7 is_in {{2001:db8::1}}"]);
    }

    /// <summary>RFC 9777 §6.2: from the link, with a hop limit of 1 and a router alert, or it is no query.</summary>
    [Theory]
    [InlineData("2001:db8::fe", 1, true)]
    [InlineData("fe80::fe", 2, true)]
    [InlineData("fe80::fe", 1, false)]
    public void A_query_from_elsewhere_is_ignored(string source, int hopLimit, bool alert)
    {
        _link.Pass(5000);
        _link.TakeAll();
        var message = new byte[General.LengthWith(0)];
        General.Write(message, []);
        _link.Send(message, IpAddress.Parse("ff02::1"), IpAddress.Parse(source), hopLimit, alert);
        _link.Pass(20_000);
        _link.TakeAll().ShouldBeEmpty();
    }

    [Fact]
    public void A_router_of_version_1_hears_reports_and_who_is_last_says_that_it_leaves()
    {
        _link.Pass(5000);
        _link.TakeAll();
        _link.Ask(General with { Version = 1 });
        _link.Pass(20_000);
        _link.TakeAll().Select(GroupLink.TextOf).ShouldBe(["fe80::ff:fe00:1 > ff02::1:ff00:1: report ff02::1:ff00:1"]);
        Join(Group);
        _link.Pass(20_000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe(["fe80::ff:fe00:1 > ff15::7: report ff15::7", "fe80::ff:fe00:1 > ff15::7: report ff15::7"]);
        _link.Do(() => _link.Interface.Groups.Remove(Group, _listener));
        _link.Pass(20_000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe(["fe80::ff:fe00:1 > ff02::2: done ff15::7"]);
    }

    [Fact]
    public void A_forced_version_2_does_not_listen_to_version_1()
    {
        _link.Do(() => _link.Host.Sysctl.Set("net.ipv6.conf.all.force_mld_version", "2"));
        _link.Pass(5000);
        _link.TakeAll();
        _link.Ask(General with { Version = 1 });
        _link.Pass(20_000);
        _link.TakeAll().ShouldBeEmpty();
    }

    /// <summary>RFC 3590 §4, RFC 9777 §5.2.13: as long as the address of the link is being checked reports have none, and then they are said again.</summary>
    [Fact]
    public void Groups_are_told_again_when_the_address_of_the_link_can_be_used()
    {
        var link = new GroupLink("", checksAddresses: true);
        link.Pass(10_000);
        string[] said = [.. link.TakeAll().Select(GroupLink.TextOf)];
        said.Distinct().ShouldBe([":: > ff02::16: report v2, ff02::1:ff00:1 to_ex {}", $"{Reporters}, ff02::1:ff00:1 to_ex {{}}"]);
        said.Count(static text => text.StartsWith("fe80", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public void Messages_are_counted_by_type()
    {
        _link.Pass(5000);
        _link.Ask(General);
        _link.Pass(20_000);
        _link.Host.Counters.Icmp6Out((byte)Icmpv6Type.MulticastListenerReportV2).ShouldBe(3);
        _link.Host.Counters.Icmp6In((byte)Icmpv6Type.MulticastListenerQuery).ShouldBe(1);
    }

    private static GroupQuery General => new(2, IpAddress.AnyIPv6) { MaxResponse = TimeSpan.FromSeconds(10), Robustness = 2, Interval = TimeSpan.FromSeconds(125) };

    private void Join(IpAddress group, SourceFilter? filter = null) => _link.Do(() =>
    {
        _listener.Filter = filter ?? SourceFilter.Everybody;
        _link.Interface.Groups.Add(group, _listener);
    });
}
