using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>Networks from YAML: what a file says is built, and what it says wrongly is told with its place.</summary>
public sealed class LabFileTests
{
    private static readonly Dictionary<string, Action<HostProcess>> Programs = new()
    {
        ["say"] = static process => process.Out.WriteLine(
            $"{process.HostName}: {string.Join('|', process.Arguments)} {(process.Environment.TryGetValue("LANG", out string? language) ? language : "-")}"),
        ["wait"] = static process => process.Sleep(TimeSpan.FromDays(1)),
        ["listen"] = static process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet6, SocketType.Datagram);
            socket.Receive(new byte[1]);
        },
    };

    [Fact]
    public void All_parts_of_a_file_come_to_life()
    {
        LabFile file = LabFile.Parse(
            """
            seed: 42
            stop: 1h
            hosts:
              client:
                address: 10.0.1.1/24
                files:
                  /etc/motd: |
                    welcome
                sysctl:
                  net.ipv4.ip_default_ttl: 9
              server:
                address: [10.0.2.1/24, "fd00:2::1/64"]
                routes:
                  - default via 10.0.2.254
              far:
                address: 192.0.2.1/32
            routers:
              router:
                address:
                  - 10.0.1.254/24 dev lan
                  - 10.0.2.254/24
                  - fd00:2::fe/64
                  - 192.0.2.2/32 dev ppp0
            switches: sw
            links:
              - between: [client, sw]
                delay: 300ms
                loss: 1%
              - between: [sw, router.lan]
              - between: [router, server]
                rate: 10Mbit
                queue: 20
                mtu: 1280
                changes:
                  - at: 5s
                    up: false
                  - at: 10s
                    up: true
                    delay: 1ms
              - between: [router, far]
                kind: point-to-point
            programs:
              - host: client
                run: say one two
                start: 1.5s
                environment: { LANG: C }
              - host: server
                run: [say, with space]
            """,
            "good.yaml",
            Programs);

        file.Seed.ShouldBe(42UL);
        file.Stop.ShouldBe(TimeSpan.FromHours(1));
        using VirtualNetwork net = file.Build();
        net.Seed.ShouldBe(42UL);
        Addresses(net["client"]).ShouldBe("eth0: 10.0.1.1/24");
        Addresses(net["server"]).ShouldBe("eth0: 10.0.2.1/24, fd00:2::1/64");
        Addresses(net["router"]).ShouldBe("lan: 10.0.1.254/24; eth0: 10.0.2.254/24, fd00:2::fe/64; ppp0: 192.0.2.2/32");
        net["client"].Files.ReadText("/etc/motd").ShouldBe("welcome\n");
        net["client"].GetSysctl("net.ipv4.ip_default_ttl").ShouldBe("9");
        net["router"].GetSysctl("net.ipv4.ip_forward").ShouldBe("1");
        Routes(net["client"]).ShouldContain("default via 10.0.1.254 dev eth0");
        Routes(net["server"]).ShouldContain("default via 10.0.2.254 dev eth0");
        net.Links[0].Model.ShouldBe(new LinkModel { Delay = TimeSpan.FromMilliseconds(300), Loss = 0.01 });
        net.Links[2].Model.ShouldBe(new LinkModel { Rate = 10_000_000, QueuePackets = 20 });
        net.Links[2].A.Device.Mtu.ShouldBe(1280);
        net.Links[3].A.Device.Kind.ShouldBe(LinkKind.PointToPoint);

        net.RunFor(TimeSpan.FromSeconds(7));
        net.Links[2].IsUp.ShouldBeFalse();
        RunResult result = file.Run(net);

        result.AllEnded.ShouldBeTrue(result.ToString());
        net.Links[2].IsUp.ShouldBeTrue();
        net.Links[2].Model.ShouldBe(new LinkModel { Rate = 10_000_000, QueuePackets = 20, Delay = TimeSpan.FromMilliseconds(1) });
        net.Processes[0].Output.ShouldBe("client: one|two C\n");
        net.Processes[1].Output.ShouldBe("server: with space -\n");
    }

    [Fact]
    public void The_example_of_the_documentation_runs()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "docs", "lab-files.md"));
        int start = page.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        string example = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        var programs = new Dictionary<string, Action<HostProcess>>
        {
            ["serve"] = static process => process.Files.ReadText("/etc/hosts").ShouldNotBeNull(),
            ["ask"] = static process => process.Out.WriteLine($"{process.Arguments[0]} {process.Environment["LANG"]}"),
        };

        LabFile file = LabFile.Parse(example, "lab-files.md", programs);
        using VirtualNetwork net = file.Build();

        file.Run(net).AllEnded.ShouldBeTrue();
        net.Processes[1].Output.ShouldBe("server C\n");
        net.Processes[1].UserId.ShouldBe(1000);
        Addresses(net["router"]).ShouldBe("lan: 10.0.1.254/24; eth0: 10.0.2.254/24, fd00:2::fe/64");
    }

    /// <summary>Two routers, one preferred; a host that was given nothing finds both, and talks to a network beyond by the preferred one.</summary>
    [Fact]
    public void A_host_that_was_given_nothing_configures_itself_by_the_routers_of_its_link()
    {
        const string Text = """
            stop: 30s
            hosts:
              guest: { autoconfigure: true }
              server: { address: "fd00:2::1/64" }
            routers:
              one: { address: ["fd00:1::1/64 dev eth0", "fd00:2::fd/64 dev eth1"], advertise: { dev: eth0, lifetime: 30min } }
              two: { address: ["fd00:1::2/64 dev eth0", "fd00:2::fe/64 dev eth1"], advertise: [{ dev: eth0, preference: high, mtu: 1400, valid: 2h, preferred: 1h }] }
            switches: [floor, cellar]
            links:
              - between: [guest, floor]
              - between: [one, floor]
              - between: [two, floor]
              - between: [one, cellar]
              - between: [two, cellar]
              - between: [server, cellar]
            programs:
              - { host: server, run: wait }
              - { host: guest, run: greet, start: 8s }
            """;
        var programs = new Dictionary<string, Action<HostProcess>>
        {
            ["wait"] = static process =>
            {
                using Socket socket = process.Sockets.Open(AddressFamily.Inet6, SocketType.Datagram);
                socket.Bind(new InetAddress("::", 7));
                socket.ReceiveFrom(new byte[10], out InetAddress from);
                process.Out.WriteLine(from);
            },
            ["greet"] = static process =>
            {
                using Socket socket = process.Sockets.Open(AddressFamily.Inet6, SocketType.Datagram);
                socket.SendTo("hello"u8, new InetAddress("fd00:2::1", 7));
            },
        };
        LabFile file = LabFile.Parse(Text, "guest.yaml", programs);
        using VirtualNetwork net = file.Build();

        file.Run(net);

        net.Processes.Single(static process => process.Name == "wait").Output.ShouldContain("fd00:1:");
        NetworkInterface guest = net["guest"].Stack.Interfaces[1];
        guest.Addresses.Count(static address => address.IsAutoconfigured).ShouldBe(1);
        guest.Addresses.ShouldAllBe(static address => !address.IsTentative);
        guest.Settings.IPv6.Mtu.Value.ShouldBe(1400);
        Route[] defaults = [.. net["guest"].Stack.Routes.List().Where(static route => route.IsLearnt && route.HasGateway)];
        defaults.Select(static route => route.Preference).ShouldBe([1, 0]);
        defaults[0].Gateway.ShouldBe(net["two"].Stack.Interfaces.Find("eth0")!.LinkLocalAddress);
    }

    [Fact]
    public void The_sample_of_ruptime_prints_the_servers_uptime_at_the_client()
    {
        LabFile file = LabFile.Load(Path.Combine(Root(), "samples", "ruptime-dgram.yaml"), Samples.Programs.ByName);
        using VirtualNetwork net = file.Build();

        RunResult result = file.Run(net);

        LabProcess client = net.Processes.Single(static process => process.Name == "ruptime");
        client.ExitStatus.ShouldBe(0, result.ToString());
        client.Output.ShouldContain("up");
        client.Output.ShouldEndWith("\n");
        result.Waiting.ShouldHaveSingleItem().ToString().ShouldBe("server/ruptimed (pid 1001) thread main waits: recv");
    }

    /// <summary>The host's address from the router would end in half an hour, but each advertisement puts that off: nothing is to come but more of them.</summary>
    [Fact]
    public void A_router_that_advertises_keeps_nobody_from_waiting_in_vain()
    {
        const string Text = """
            hosts: { guest: { autoconfigure: true } }
            routers: { one: { address: "fd00:1::1/64", advertise: { interval: 30s } } }
            links: [{ between: [guest, one] }]
            programs: [{ host: guest, run: listen }]
            """;
        LabFile file = LabFile.Parse(Text, "advertise.yaml", Programs);
        using VirtualNetwork net = file.Build(seed: 3);

        RunResult result = file.Run(net);

        result.End.ShouldBe(RunEnd.Idle);
        result.Time.ShouldBeLessThan(TimeSpan.FromMinutes(1));
        result.Waiting.ShouldHaveSingleItem();
        Addresses(net["guest"]).ShouldContain("fd00:1:");
    }

    /// <summary>Once the router has stopped, its last word runs out, and who waits for that gets it.</summary>
    [Fact]
    public void What_a_router_gave_ends_after_it_has_stopped_for_those_who_wait_for_it()
    {
        const string Text = """
            hosts: { guest: { autoconfigure: true } }
            routers: { one: { address: "fd00:1::1/64", advertise: { interval: 30s, valid: 3h, preferred: 1h } } }
            links: [{ between: [guest, one] }]
            programs: [{ host: guest, run: listen }]
            """;
        LabFile file = LabFile.Parse(Text, "advertise.yaml", Programs);
        using VirtualNetwork net = file.Build(seed: 3);
        net.At(TimeSpan.FromMinutes(5), () =>
        {
            using (net.Loop.Enter()) net["one"].Stack.Interfaces[^1].SetAdvertiser(null);
        });

        RunResult result = net.Run();

        result.End.ShouldBe(RunEnd.Idle);
        result.Time.ShouldBeGreaterThan(TimeSpan.FromHours(3));
        Addresses(net["guest"]).ShouldNotContain("fd00:1:");
    }

    [Fact]
    public void The_stop_time_ends_the_run_whatever_still_waits()
    {
        LabFile file = LabFile.Parse("stop: 30s\nhosts: { a: }\nprograms: [{ host: a, run: wait }]\n", "stop.yaml", Programs);
        using VirtualNetwork net = file.Build(seed: 3);

        RunResult result = file.Run(net);

        net.Seed.ShouldBe(3UL);
        result.End.ShouldBe(RunEnd.TimeReached);
        result.Time.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("", "1:1: the file is empty")]
    [InlineData("hosts: [", "this is not YAML")]
    [InlineData("just text", "1:1: a lab file cannot be 'just text'; allowed keys: hosts, routers, switches, links, programs, seed, stop")]
    [InlineData("seed: 1", "1:1: there is no host")]
    [InlineData("host: { a: }", "1:1: unknown key 'host'; allowed: hosts, routers, switches, links, programs, seed, stop")]
    [InlineData("hosts: { a: }\nhosts: { b: }", "2:1: the key 'hosts' is given twice")]
    [InlineData("hosts:\n  a:\n    adress: 10.0.0.1/24", "3:5: unknown key 'adress'; allowed: address, routes, files, sysctl, autoconfigure")]
    [InlineData("routers:\n  a: { autoconfigure: true }", "2:8: unknown key 'autoconfigure'; allowed: address, routes, files, sysctl, advertise")]
    [InlineData("routers:\n  a: { advertise: { interval: 1s } }", "MaxInterval 00:00:01 is not between 4 s and 1800 s")]
    [InlineData("routers:\n  a: { advertise: { prefixes: 10.0.0.0/8 } }", "'10.0.0.0/8' is no prefix; allowed: a prefix such as fd00:1::/64")]
    [InlineData("hosts:\n  a:\n  a:", "3:3: the name 'a' is given twice")]
    [InlineData("hosts: { a: }\nrouters: { a: }", "2:12: the name 'a' is given twice")]
    [InlineData("hosts: { a: }\nswitches: [s, a]", "2:15: the name 'a' is given twice")]
    [InlineData("hosts: { 'a b': }", "1:10: 'a b' is no name; allowed: letters, digits, '-', '_' and '.', at most 63")]
    [InlineData("hosts: [a, b]", "1:8: a list is not allowed here; allowed: hosts by their names")]
    [InlineData("hosts: { a: { address: 10.0.0.1 } }", "1:24: '10.0.0.1' is no address")]
    [InlineData("hosts: { a: { address: 10.0.0.256/24 } }", "1:24: '10.0.0.256/24' is no address")]
    [InlineData("hosts: { a: { address: 10.0.0.1/33 } }", "1:24: '10.0.0.1/33' is no address")]
    [InlineData("hosts: { a: { address: 224.0.0.1/4 } }", "1:24: 224.0.0.1 cannot be a host's address on a link")]
    [InlineData("hosts:\n  a: { address: 10.0.0.1/24 }\n  b: { address: 10.0.0.1/8 }", "3:17: the address 10.0.0.1 is taken by host 'a'")]
    [InlineData("hosts: { a: { address: 10.0.0.1/24 dev eth7 } }", "1:24: host 'a' has no interface 'eth7'; it has: none")]
    [InlineData("hosts: { a: { routes: default } }", "1:23: 'default' is no route; allowed: a route such as")]
    [InlineData("hosts: { a: { routes: default by 10.0.0.1 } }", "1:23: 'default by 10.0.0.1' is no route")]
    [InlineData("hosts: { a: { address: 10.0.0.1/24, routes: default via 10.9.0.1 } }", "1:45: the gateway 10.9.0.1 is on no network of host 'a'")]
    [InlineData("hosts: { a: { address: 10.0.0.1/24, routes: 'fd00::/8 via 10.0.0.2' } }", "1:45: the gateway 10.0.0.2 is of another family than fd00::/8")]
    [InlineData("hosts: { a: { files: { motd: x } } }", "1:24: 'motd' is no absolute path")]
    [InlineData("hosts: { a: { files: { /m: x, /m: y } } }", "1:31: the file '/m' is given twice")]
    [InlineData("hosts: { a: { sysctl: { net.ipv4.no_such: 1 } } }", "1:25: there is no setting 'net.ipv4.no_such'")]
    [InlineData("hosts: { a: { sysctl: { net.ipv4.ip_default_ttl: 0 } } }", "1:50: '0' is no value for net.ipv4.ip_default_ttl")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, c] }]", "2:24: there is no node 'c'; there are: a, b")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a] }]", "2:20: 'between' takes two names")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ delay: 1s }]", "2:9: the link has no 'between'")]
    [InlineData("hosts: { a: }\nlinks: [{ between: [a, a.eth1] }]", "2:24: 'a' cannot be linked with itself")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a.x, b] }, { between: [a.x, b] }]", "2:44: 'a' has an interface 'x' already")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], delay: 300 }]", "2:35: '300' is not allowed here; allowed: a time such as 300ms")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], rate: 10 }]", "2:34: '10' is not allowed here; allowed: a rate such as")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], loss: 101% }]", "2:34: '101%' is not allowed here; allowed: a probability such as")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], loss: -1% }]", "2:34: '-1%' is not allowed here")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], mtu: 20 }]", "2:33: '20' is not allowed here; allowed: a whole number from 68 to 65536")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], kind: wifi }]", "2:34: 'wifi' is not allowed here; allowed: ethernet, point-to-point")]
    [InlineData("hosts: { a: }\nswitches: s\nlinks: [{ between: [a, s], kind: point-to-point }]", "3:24: the switch 's' has no point-to-point links")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], changes: [{ up: false }] }]", "2:38: the change has no time")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], changes: [{ at: 1s }] }]", "2:38: the change changes nothing")]
    [InlineData("hosts: { a: , b: }\nlinks: [{ between: [a, b], changes: [{ at: 2s, up: no }] }]", "2:52: 'no' is not allowed here; allowed: true, false")]
    [InlineData("hosts: { a: }\nprograms: [{ host: b, run: say }]", "2:20: there is no host 'b'; there are: a")]
    [InlineData("hosts: { a: }\nprograms: [{ host: a, run: shout }]", "2:28: there is no program 'shout'; there are: listen, say, wait")]
    [InlineData("hosts: { a: }\nprograms: [{ host: a }]", "2:12: the program has no 'run'")]
    [InlineData("hosts: { a: }\nprograms: [{ run: say }]", "2:12: the program has no host")]
    [InlineData("hosts: { a: }\nprograms: [{ host: a, run: [] }]", "2:28: the command is empty")]
    [InlineData("hosts: { a: }\nseed: -1", "2:7: '-1' is not allowed here; allowed: a whole number, 0 or more")]
    [InlineData("hosts: { a: *b }", "1:13: there is no anchor 'b' before this alias")]
    [InlineData("hosts: { a: }\n---\nhosts: { b: }", "2:1: a second document; a lab file has one")]
    public void A_mistake_is_told_with_file_line_column_and_what_is_allowed(string text, string expected)
    {
        LabFileException wrong = Should.Throw<LabFileException>(() => LabFile.Parse(text, "lab.yaml", Programs));

        wrong.Problems.ShouldHaveSingleItem();
        wrong.Message.ShouldStartWith("lab.yaml:");
        wrong.Message.ShouldContain(expected);
    }

    [Fact]
    public void All_mistakes_of_a_file_are_told_in_the_order_of_their_places()
    {
        LabFileException wrong = Should.Throw<LabFileException>(() => LabFile.Parse(
            """
            hosts:
              a:
                adress: 10.0.0.1/24
              b:
                address: nonsense
            programs:
              - host: c
                run: shout
            links:
              - between: [a, x]
                delay: soon
            """,
            "lab.yaml",
            Programs));

        wrong.Problems.Select(static problem => problem.Line).ShouldBe([3, 5, 7, 8, 10, 11]);
        wrong.Message.Split('\n').Length.ShouldBe(6);
    }

    [Fact]
    public void What_only_the_network_can_refuse_is_a_problem_of_the_file_too()
    {
        LabFile file = LabFile.Parse("hosts: { a: { sysctl: { net.ipv4.conf.eth9.forwarding: 1 } } }", "lab.yaml", Programs);

        Should.Throw<LabFileException>(() => file.Build()).Message.ShouldStartWith("lab.yaml: sysctl net.ipv4.conf.eth9.forwarding");
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("300ms", 3_000_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData("20us", 200)]
    [InlineData("100ns", 1)]
    [InlineData("5min", 3_000_000_000)]
    [InlineData("2h", 72_000_000_000)]
    public void Times_have_units(string text, long ticks)
    {
        LabUnits.TryParseDuration(text, out TimeSpan duration).ShouldBeTrue();
        duration.Ticks.ShouldBe(ticks);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1 parsec")]
    [InlineData("999999999999999h")]
    public void Other_times_are_refused(string text) => LabUnits.TryParseDuration(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("9600bit", 9600)]
    [InlineData("56kbit", 56_000)]
    [InlineData("2.5Mbit", 2_500_000)]
    [InlineData("1gbit", 1_000_000_000)]
    public void Rates_have_units(string text, long bits)
    {
        LabUnits.TryParseRate(text, out long rate).ShouldBeTrue();
        rate.ShouldBe(bits);
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Slipway.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder.ShouldNotBeNull();
    }

    private static string Addresses(Host host)
    {
        using (host.Network.Loop.Enter())
        {
            return string.Join("; ", host.Stack.Interfaces.Skip(1).Select(
                static one => $"{one.Name}: {string.Join(", ", one.Addresses.Select(static address => address.Prefix).Where(static prefix => !prefix.Address.IsLinkLocal))}"));
        }
    }

    private static IEnumerable<string> Routes(Host host)
    {
        using (host.Network.Loop.Enter()) return [.. host.Stack.Routes.List().Select(static route => route.ToString())];
    }
}
