using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>The router that asks: when, what, who of several, and what it knows of the groups of its link (RFC 9776 §6 and §8, RFC 9777 §7 and §9).</summary>
public sealed class QuerierTests
{
    private static readonly IpAddress Group = IpAddress.Parse("239.1.2.3"), Group6 = IpAddress.Parse("ff15::7"), Source = IpAddress.Parse("192.0.2.1");

    private readonly TestNetwork _network = new() { ShowsGroupMessages = true };
    private readonly StackHost _router, _host;
    private readonly NetworkInterface _left, _right;
    private readonly GroupListener _listener = new();

    public QuerierTests()
    {
        _router = _network.AddHost("router");
        _host = _network.AddHost("host");
        (_left, _right) = _network.Connect(_router, "10.0.0.254/24", _host, "10.0.0.1/24");
        Pass(5);
        _network.TakeFrames();
    }

    [Fact]
    public void General_queries_come_faster_at_first_and_then_at_the_interval()
    {
        Start(new QuerierSettings { MldVersion = 0 });
        Pass(400);
        long start = 5000;
        Said("router").ShouldBe([
            $"{start} 10.0.0.254 > 224.0.0.1: IGMP membership query v3, max 10s",
            $"{start + 31_250} 10.0.0.254 > 224.0.0.1: IGMP membership query v3, max 10s",
            $"{start + 156_250} 10.0.0.254 > 224.0.0.1: IGMP membership query v3, max 10s",
            $"{start + 281_250} 10.0.0.254 > 224.0.0.1: IGMP membership query v3, max 10s",
        ]);
    }

    [Fact]
    public void Both_families_are_asked_and_what_is_heard_is_known()
    {
        Start(new QuerierSettings());
        Join(Group);
        Join(Group6);
        Pass(20);
        Known().ShouldBe(["224.0.0.2", "224.0.0.22", "239.1.2.3", "ff02::2", "ff02::16", $"{GroupTable.SolicitedNodeOf(_left.LinkLocalAddress)}", $"{GroupTable.SolicitedNodeOf(_right.LinkLocalAddress)}", "ff15::7"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    public void Who_leaves_last_is_asked_for_twice_and_then_forgotten(int igmp, int mld)
    {
        Start(new QuerierSettings { IgmpVersion = igmp, MldVersion = mld });
        Pass(40);
        foreach (IpAddress group in new[] { Group, Group6 })
        {
            Join(group);
            Pass(40);
            Known().ShouldContain($"{group}");
            _network.TakeFrames();
            Leave(group);
            Pass(1.9);
            Known().ShouldContain($"{group}");
            Pass(1.5);
            Known().ShouldNotContain($"{group}");
            string[] asked = [.. Said("router").Where(text => text.Contains($"query v{(group.IsIPv4 ? igmp : mld)}, {group}", StringComparison.Ordinal))];
            // Hosts of the newest versions say twice that they leave, and each time the questions begin anew.
            bool isNewest = (group.IsIPv4 ? igmp : mld + 1) == 3;
            asked.Length.ShouldBeInRange(isNewest ? 3 : 2, isNewest ? 4 : 2);
            asked.ShouldAllBe(text => text.EndsWith("max 1s", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Somebody_who_is_left_keeps_the_group()
    {
        Start(new QuerierSettings());
        Join(Group);
        _network.Do(() => _left.Groups.Join(Group));
        Pass(40);
        Leave(Group);
        Pass(20);
        Known().ShouldContain("239.1.2.3");
    }

    [Fact]
    public void A_source_that_is_blocked_is_asked_for_and_the_group_stays()
    {
        Start(new QuerierSettings());
        _listener.Filter = new SourceFilter(FilterMode.Include, Source, IpAddress.Parse("192.0.2.2"));
        Join(Group);
        Pass(40);
        _network.TakeFrames();
        _network.Do(() => _right.Groups.Change(Group, _listener, new SourceFilter(FilterMode.Include, IpAddress.Parse("192.0.2.2"))));
        Pass(20);
        Said("router").First(static text => text.Contains("239.1.2.3", StringComparison.Ordinal)).ShouldEndWith("10.0.0.254 > 239.1.2.3: IGMP membership query v3, 239.1.2.3 {192.0.2.1}, max 1s");
        Known().ShouldContain("239.1.2.3");
    }

    /// <summary>RFC 9776 §8.4: 2 · 125 s + 10 s without a word.</summary>
    [Fact]
    public void A_group_of_hosts_that_vanished_is_forgotten()
    {
        Start(new QuerierSettings());
        Join(Group);
        Pass(40);
        _network.Do(() => _host.RemoveInterface(_right));
        Pass(210);
        Known().ShouldContain("239.1.2.3");
        Pass(60);
        Known().ShouldNotContain("239.1.2.3");
    }

    [Fact]
    public void Of_two_routers_the_one_with_the_lower_address_asks_until_it_is_silent()
    {
        Start(new QuerierSettings { MldVersion = 0 });
        _network.Do(() => _right.SetQuerier(new QuerierSettings { MldVersion = 0 }));
        Pass(600);
        Said("router").Count(static text => text.Contains("query", StringComparison.Ordinal)).ShouldBe(1);
        Said("host");
        _network.Do(() => _right.SetQuerier(null));
        _network.TakeFrames();
        Pass(256);
        Said("router").Count(static text => text.Contains("query", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData(4, 2, 2)]
    [InlineData(3, 3, 2)]
    [InlineData(3, 2, 0)]
    public void Settings_that_make_no_sense_are_refused(int igmp, int mld, int robustness)
        => Should.Throw<ArgumentException>(() => Start(new QuerierSettings { IgmpVersion = igmp, MldVersion = mld, Robustness = robustness }));

    private void Start(QuerierSettings settings) => _network.Do(() => _left.SetQuerier(settings));

    private void Join(IpAddress group) => _network.Do(() => _right.Groups.Add(group, _listener));

    private void Leave(IpAddress group) => _network.Do(() => _right.Groups.Remove(group, _listener));

    private void Pass(double seconds) => _network.Pass(TimeSpan.FromSeconds(seconds));

    private string[] Known() => _network.Do(() => _left.QueriedGroups.Select(static group => group.ToString()).ToArray());

    /// <summary>What a host has said since the frames were last taken: <c>MILLISECONDS TEXT</c>, queries alone.</summary>
    private string[] Said(string host) =>
    [
        .. _network.TakeFrames().Where(frame => frame.Contains($" {host}: ", StringComparison.Ordinal) && frame.Contains("query", StringComparison.Ordinal))
            .Select(static frame => frame[..(frame.IndexOf(' ', StringComparison.Ordinal) + 1)] + frame[(frame.IndexOf(": ", StringComparison.Ordinal) + 2)..frame.LastIndexOf(", length", StringComparison.Ordinal)]
                .Replace("IP [ttl 1] (options RA) ", "", StringComparison.Ordinal).Replace("IP6 HBH alert ", "", StringComparison.Ordinal)),
    ];
}
