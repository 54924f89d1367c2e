using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>What a host says by IGMP, when, and how often (RFC 9776, RFC 2236, RFC 1112).</summary>
public sealed class IgmpTests
{
    private const string Reporters = "10.0.0.1 > 224.0.0.22: v3 membership report";

    private static readonly IpAddress Group = IpAddress.Parse("239.1.2.3"), Other = IpAddress.Parse("239.9.9.9");
    private static readonly IpAddress A = IpAddress.Parse("192.0.2.1"), B = IpAddress.Parse("192.0.2.2"), C = IpAddress.Parse("192.0.2.3");

    private readonly GroupLink _link = new();
    private readonly GroupListener _listener = new(), _second = new();

    [Fact]
    public void A_join_is_told_at_once_and_once_more_within_a_second()
    {
        Join(Group);
        _link.Pass(5);
        string first = _link.Take().ShouldHaveSingleItem();
        first.ShouldBe($"1 {Reporters}, 239.1.2.3 to_ex {{}}");
        _link.Pass(1000);
        string second = _link.Take().ShouldHaveSingleItem();
        GroupLink.TextOf(second).ShouldBe(GroupLink.TextOf(first));
        GroupLink.TimeOf(second).ShouldBeInRange(1, 1001);
        _link.Pass(600_000);
        _link.Take().ShouldBeEmpty();
    }

    [Fact]
    public void Several_joins_in_one_go_share_a_report()
    {
        _link.Do(() =>
        {
            _link.Interface.Groups.Add(Group, _listener);
            _link.Interface.Groups.Add(Other, _second);
        });
        _link.Pass(5);
        _link.Take().ShouldBe([$"1 {Reporters}, 239.1.2.3 to_ex {{}}, 239.9.9.9 to_ex {{}}"]);
    }

    [Fact]
    public void The_group_of_all_hosts_is_never_reported()
    {
        _link.Pass(60_000);
        _link.Take().ShouldBeEmpty();
        _link.Ask(General);
        _link.Pass(60_000);
        _link.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_report_is_a_packet_that_stays_on_the_link_and_that_routers_look_at()
    {
        Join(Group);
        _link.Pass(2);
        byte[] frame = _link.Network.Bytes.Single(bytes => FramePrinter.PrintFrame(bytes).Contains("IGMP", StringComparison.Ordinal));
        MacAddress.Read(frame).ShouldBe(new MacAddress(0x0100_5E00_0016));
        Ipv4View.TryParse(frame.AsSpan(EthernetHeader.UntaggedLength), out Ipv4View ip, out _).ShouldBeTrue();
        ip.Ttl.ShouldBe((byte)1);
        ip.Tos.ShouldBe((byte)0xC0);
        ip.Options.ToArray().ShouldBe([148, 4, 0, 0]);
        ip.HasValidChecksum.ShouldBeTrue();
        InternetChecksum.Compute(ip.Payload).ShouldBe((ushort)0);
    }

    [Fact]
    public void A_leave_is_told_as_often_as_a_join()
    {
        Join(Group);
        _link.Pass(5000);
        _link.Take();
        Leave(Group);
        _link.Pass(5000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, 239.1.2.3 to_in {{}}", $"{Reporters}, 239.1.2.3 to_in {{}}"]);
        _link.Interface.Groups.Contains(Group).ShouldBeFalse();
    }

    [Fact]
    public void A_leave_before_the_join_was_told_twice_takes_its_place()
    {
        Join(Group);
        _link.Pass(5);
        _link.Take();
        Leave(Group);
        _link.Pass(5000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, 239.1.2.3 to_in {{}}", $"{Reporters}, 239.1.2.3 to_in {{}}"]);
    }

    [Fact]
    public void Sources_that_come_and_go_are_told_alone()
    {
        Join(Group, new SourceFilter(FilterMode.Include, A));
        Settle("allow {192.0.2.1}");
        Change(new SourceFilter(FilterMode.Include, A, B));
        Settle("allow {192.0.2.2}");
        Change(new SourceFilter(FilterMode.Include, B, C));
        _link.Pass(5000);
        string both = $"{Reporters}, 239.1.2.3 allow {{192.0.2.3}}, 239.1.2.3 block {{192.0.2.1}}";
        _link.Take().Select(GroupLink.TextOf).ShouldBe([both, both]);
        Change(new SourceFilter(FilterMode.Exclude, B));
        Settle("to_ex {192.0.2.2}");
        Change(new SourceFilter(FilterMode.Exclude, A));
        _link.Pass(5000);
        both = $"{Reporters}, 239.1.2.3 allow {{192.0.2.2}}, 239.1.2.3 block {{192.0.2.1}}";
        _link.Take().Select(GroupLink.TextOf).ShouldBe([both, both]);
        Leave(Group);
        Settle("to_in {}");
    }

    [Fact]
    public void The_last_source_that_goes_is_told_as_one()
    {
        Join(Group, new SourceFilter(FilterMode.Include, A, B));
        Settle("allow {192.0.2.1 192.0.2.2}");
        Leave(Group);
        Settle("block {192.0.2.1 192.0.2.2}");
    }

    /// <summary>RFC 9776 §3.2, its own example: three sockets, and what the interface makes of them.</summary>
    [Fact]
    public void The_filters_of_several_listeners_are_merged()
    {
        GroupListener first = new() { Filter = new SourceFilter(FilterMode.Exclude, A, B, C) }, second = new() { Filter = new SourceFilter(FilterMode.Exclude, B, C) };
        var third = new GroupListener { Filter = new SourceFilter(FilterMode.Include, C, A) };
        _link.Do(() => _link.Interface.Groups.Add(Group, third));
        Settle("allow {192.0.2.1 192.0.2.3}");
        _link.Do(() => _link.Interface.Groups.Add(Group, first));
        Settle("to_ex {192.0.2.2}");
        _link.Do(() => _link.Interface.Groups.Remove(Group, third));
        Settle("block {192.0.2.1 192.0.2.3}");
        _link.Do(() => _link.Interface.Groups.Add(Group, second));
        Settle("allow {192.0.2.1}");
        Accepts(A).ShouldBeTrue();
        Accepts(B).ShouldBeFalse();
        Accepts(IpAddress.Parse("192.0.2.99")).ShouldBeTrue();
    }

    [Fact]
    public void A_question_about_all_groups_is_answered_by_one_report_after_a_random_time()
    {
        Join(Group, new SourceFilter(FilterMode.Include, A));
        _link.Do(() => _link.Interface.Groups.Add(Other, _second));
        _link.Pass(5000);
        _link.Take();
        long asked = _link.Milliseconds;
        _link.Ask(General with { MaxResponse = TimeSpan.FromSeconds(4) });
        _link.Pass(60_000);
        string answer = _link.Take().ShouldHaveSingleItem();
        GroupLink.TextOf(answer).ShouldBe($"{Reporters}, 239.1.2.3 is_in {{192.0.2.1}}, 239.9.9.9 is_ex {{}}");
        (GroupLink.TimeOf(answer) - asked).ShouldBeInRange(0, 4000);
    }

    [Fact]
    public void A_question_about_one_group_is_answered_for_that_group()
    {
        Join(Group);
        _link.Do(() => _link.Interface.Groups.Add(Other, _second));
        _link.Pass(5000);
        _link.Take();
        _link.Ask(General with { Group = Other, MaxResponse = TimeSpan.FromSeconds(1) });
        _link.Pass(2000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, 239.9.9.9 is_ex {{}}"]);
        _link.Ask(General with { Group = IpAddress.Parse("239.8.8.8"), MaxResponse = TimeSpan.FromSeconds(1) });
        _link.Pass(2000);
        _link.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_question_about_sources_is_answered_with_those_that_are_heard()
    {
        Join(Group, new SourceFilter(FilterMode.Exclude, A));
        _link.Pass(5000);
        _link.Take();
        _link.Ask(General with { Group = Group, MaxResponse = TimeSpan.FromSeconds(1) }, "192.0.2.1", "192.0.2.2");
        _link.Ask(General with { Group = Group, MaxResponse = TimeSpan.FromSeconds(1) }, "192.0.2.3");
        _link.Pass(2000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, 239.1.2.3 is_in {{192.0.2.2 192.0.2.3}}"]);
        _link.Ask(General with { Group = Group, MaxResponse = TimeSpan.FromSeconds(1) }, "192.0.2.1");
        _link.Pass(2000);
        _link.Take().ShouldBeEmpty();
    }

    [Fact]
    public void The_querier_says_how_often_changes_are_told()
    {
        _link.Ask(General with { Robustness = 4 });
        Join(Group);
        _link.Pass(10_000);
        _link.Take().Count(static said => said.Contains("to_ex", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Fact]
    public void A_router_of_version_2_hears_its_own_language_and_who_is_last_says_that_it_leaves()
    {
        _link.Ask(General with { Version = 2, MaxResponse = TimeSpan.FromSeconds(10) });
        Join(Group);
        _link.Pass(20_000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe(["10.0.0.1 > 239.1.2.3: v2 membership report 239.1.2.3", "10.0.0.1 > 239.1.2.3: v2 membership report 239.1.2.3"]);
        Leave(Group);
        _link.Pass(20_000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe(["10.0.0.1 > 224.0.0.2: leave group 239.1.2.3"]);
    }

    [Fact]
    public void A_report_of_another_host_is_enough_for_a_router_of_version_2()
    {
        Join(Group);
        _link.Pass(5000);
        _link.Take();
        _link.Ask(General with { Version = 2, MaxResponse = TimeSpan.FromSeconds(10) });
        _link.Send([0x16, 0, 0, 0, 239, 1, 2, 3], Group, IpAddress.Parse("10.0.0.7"));
        _link.Pass(30_000);
        _link.Take().ShouldBeEmpty();
        Leave(Group);
        _link.Pass(30_000);
        _link.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_router_of_version_1_hears_reports_and_no_leave()
    {
        _link.Ask(General with { Version = 1 });
        Join(Group);
        _link.Pass(20_000);
        _link.Take().Select(GroupLink.TextOf).Distinct().ShouldBe(["10.0.0.1 > 239.1.2.3: v1 membership report 239.1.2.3"]);
        Leave(Group);
        _link.Pass(20_000);
        _link.Take().ShouldBeEmpty();
    }

    /// <summary>RFC 9776 §8.12: 2 · 125 s + 10 s after its last query the older router is forgotten.</summary>
    [Fact]
    public void An_older_router_that_is_silent_is_forgotten()
    {
        _link.Ask(General with { Version = 2, MaxResponse = TimeSpan.FromSeconds(10) });
        _link.Pass(259_990);
        Version.ShouldBe(2);
        _link.Pass(20);
        Version.ShouldBe(3);
    }

    [Theory]
    [InlineData("net.ipv4.conf.all.force_igmp_version", 1)]
    [InlineData("net.ipv4.conf.eth0.force_igmp_version", 2)]
    public void A_version_can_be_forced(string setting, int version)
    {
        _link.Do(() => _link.Host.Sysctl.Set(setting, $"{version}"));
        Join(Group);
        _link.Pass(5);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"10.0.0.1 > 239.1.2.3: v{version} membership report 239.1.2.3"]);
    }

    [Fact]
    public void Groups_of_the_link_are_reported_where_that_is_wanted()
    {
        var group = IpAddress.Parse("224.0.0.251");
        Join(group);
        Settle("to_ex {}", "224.0.0.251");
        _link.Do(() => _link.Host.Sysctl.Set("net.ipv4.igmp_link_local_mcast_reports", "0"));
        Leave(group);
        Join(group);
        _link.Pass(5000);
        _link.Take().ShouldBeEmpty();
    }

    [Fact]
    public void An_interface_that_comes_up_tells_its_groups_again()
    {
        Join(Group);
        _link.Pass(5000);
        _link.Do(() => _link.Interface.SetUp(false));
        _link.Pass(5000);
        _link.Take();
        _link.Do(() => _link.Interface.SetUp(true));
        Settle("to_ex {}");
    }

    [Fact]
    public void A_damaged_query_is_no_query()
    {
        Join(Group);
        _link.Pass(5000);
        _link.Take();
        byte[] message = [0x11, 10, 1, 2, 0, 0, 0, 0, 2, 125, 0, 0];
        _link.Send(message, IpAddress.Parse("224.0.0.1"));
        message[1] ^= 1;
        _link.Send([0x11, 10, 0, 0, 0, 0, 0, 0, 2, 125], IpAddress.Parse("224.0.0.1"));
        _link.Pass(20_000);
        _link.Take().ShouldBeEmpty();
    }

    /// <summary>RFC 9776 §4.2.16: sources that do not fit one report come in several; a list of those that are not heard is cut.</summary>
    [Fact]
    public void Many_sources_are_spread_over_reports()
    {
        IpAddress[] sources = [.. Enumerable.Range(0, 400).Select(static i => IpAddress.FromIPv4((uint)(0xC633_6400 + i)))];
        Join(Group, new SourceFilter(FilterMode.Include, sources));
        _link.Pass(2);
        byte[][] reports = [.. _link.Network.Bytes.Where(static bytes => FramePrinter.PrintFrame(bytes).Contains("v3", StringComparison.Ordinal))];
        reports.Length.ShouldBe(2);
        reports.ShouldAllBe(static frame => frame.Length <= 1514);
        _link.Take().Sum(static said => said.Split("198.51.").Length - 1).ShouldBe(400);
        Change(new SourceFilter(FilterMode.Exclude, sources));
        _link.Pass(2);
        (_link.Take().ShouldHaveSingleItem().Split("198.51.").Length - 1).ShouldBe((1500 - 24 - 8 - 8) / 4);
    }

    private static GroupQuery General => new(3, IpAddress.AnyIPv4) { MaxResponse = TimeSpan.FromSeconds(10), Robustness = 2, Interval = TimeSpan.FromSeconds(125) };

    private int Version => _link.Network.Do(() => _link.Interface.Groups.Igmp.Version);

    private bool Accepts(IpAddress source) => _link.Network.Do(() => _link.Interface.Groups.Accepts(Group, source));

    private void Join(IpAddress group, SourceFilter? filter = null) => _link.Do(() =>
    {
        _listener.Filter = filter ?? SourceFilter.Everybody;
        _link.Interface.Groups.Add(group, _listener);
    });

    private void Leave(IpAddress group) => _link.Do(() => _link.Interface.Groups.Remove(group, _listener));

    private void Change(SourceFilter filter) => _link.Do(() => _link.Interface.Groups.Change(Group, _listener, filter));

    /// <summary>The change is told twice, and then nothing more.</summary>
    private void Settle(string record, string group = "239.1.2.3")
    {
        _link.Pass(5000);
        _link.Take().Select(GroupLink.TextOf).ShouldBe([$"{Reporters}, {group} {record}", $"{Reporters}, {group} {record}"]);
    }
}
