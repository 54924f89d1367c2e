using System.Text.Json;
using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary><c>slipway ip</c> and <c>slipway ss</c>: on the kernel they print what iproute2 prints, field by field; on the hosts of a lab the same code prints the lab's state.</summary>
public sealed class NetworkToolTests : IDisposable
{
    private const string Lab = """
        seed: 1
        hosts:
          client:
            address: [10.0.0.1/24, "fd00::1/64"]
          server:
            address: 10.0.0.2/24
        links:
          - between: [client, server]
            delay: 5ms
        programs:
          - host: server
            run: ruptimed
          - host: client
            run: ruptime server
            start: 1s
          - host: client
            run: ip route add 10.9.0.0/16 via 10.0.0.2 metric 5
            start: 2s
          - host: client
            run: ip route
            start: 3s
        """;

    private readonly string _file = Path.GetTempFileName();

    public NetworkToolTests() => File.WriteAllText(_file, Lab);

    [NamespaceTheory("ip")]
    [InlineData("addr")]
    [InlineData("-br addr")]
    [InlineData("-o addr show dev eth0")]
    [InlineData("link")]
    [InlineData("-s link show dev lo")]
    [InlineData("-br link")]
    [InlineData("route")]
    [InlineData("route show table all")]
    [InlineData("-6 route")]
    [InlineData("route get 10.9.1.1")]
    [InlineData("route get 10.0.0.1")]
    [InlineData("route get fd00::9")]
    [InlineData("neigh")]
    [InlineData("rule")]
    [InlineData("addr show up")]
    [InlineData("link show up")]
    [InlineData("route show dev eth0")]
    [InlineData("route show via 10.0.0.2")]
    [InlineData("route show proto kernel")]
    [InlineData("route show scope link")]
    [InlineData("route show type blackhole")]
    [InlineData("route show src 10.0.0.1")]
    [InlineData("route show 10.9.0.0/16")]
    [InlineData("route show root 10.0.0.0/8")]
    [InlineData("route show match 10.9.1.1")]
    [InlineData("route show default")]
    [InlineData("route show table all type local")]
    [InlineData("-j link")]
    [InlineData("-j -s link show dev lo")]
    [InlineData("-j addr show dev eth0")]
    [InlineData("-j -4 addr show dev eth0")]
    [InlineData("-j -br addr show dev eth0")]
    [InlineData("-j -br link show dev lo")]
    [InlineData("-j route")]
    [InlineData("-j route show table all")]
    [InlineData("-j route show via 10.0.0.2")]
    [InlineData("-j -6 route")]
    [InlineData("-j route get 10.9.1.1")]
    [InlineData("-j route get 10.0.0.1")]
    [InlineData("-j route get fd00::9")]
    [InlineData("-j neigh")]
    [InlineData("-j neigh show dev eth0")]
    [InlineData("-j rule")]
    public void On_the_kernel_ip_prints_what_ip_prints(string words) => InNamespace(_ =>
    {
        string[] arguments = words.Split(' ');
        CliRun ours = CliRun.Of(["ip", "--kernel", .. arguments]);
        ours.ExitCode.ShouldBe(0, ours.Error);
        FieldsOf(ours.Output).ShouldBe(FieldsOf(Tools.Run("ip", arguments).Output));
    });

    [NamespaceTheory("ip")]
    [InlineData("addr add 10.0.0.1/24 dev eth0")]
    [InlineData("route add 10.9.0.0/16 via 10.0.0.2 metric 50")]
    [InlineData("route del 1.2.3.4")]
    [InlineData("link show nope")]
    public void On_the_kernel_ip_fails_as_ip_fails(string words) => InNamespace(_ =>
    {
        string[] arguments = words.Split(' ');
        CliRun ours = CliRun.Of(["ip", "--kernel", .. arguments]);
        (int exitCode, string output) = Tools.Run("ip", arguments);
        (ours.ExitCode, ours.Error.Trim()).ShouldBe((exitCode, output.Trim()));
    });

    [NamespaceFact]
    public void On_the_kernel_ip_changes_a_link_and_takes_its_addresses_away() => InNamespace(_ =>
    {
        CliRun.Of("ip", "--kernel", "link", "set", "dev", "eth0", "address", "02:00:00:00:00:09", "txqueuelen", "77", "mtu", "1400").ExitCode.ShouldBe(0);
        CliRun.Of("ip", "--kernel", "-o", "link", "show", "dev", "eth0").Output.ShouldMatch("mtu 1400 .* qlen 77.*link/ether 02:00:00:00:00:09 ");
        CliRun.Of("ip", "--kernel", "addr", "add", "10.0.0.3/24", "dev", "eth0").ExitCode.ShouldBe(0);
        CliRun.Of("ip", "--kernel", "-4", "addr", "flush", "dev", "eth0").ExitCode.ShouldBe(0);
        CliRun.Of("ip", "--kernel", "-4", "addr", "show", "dev", "eth0").Output.ShouldBeEmpty();
        CliRun.Of("ip", "--kernel", "-6", "addr", "show", "dev", "eth0").Output.ShouldContain("fd00::1/64");
    });

    [Fact]
    public void A_lab_prints_JSON_that_programs_read()
    {
        using JsonDocument links = JsonDocument.Parse(CliRun.Of("ip", "--lab", _file, "--host", "client", "-j", "-p", "addr", "show", "dev", "eth0").Output);
        JsonElement link = links.RootElement.EnumerateArray().Single();
        link.GetProperty("ifname").GetString().ShouldBe("eth0");
        link.GetProperty("addr_info").EnumerateArray().Select(static address => address.GetProperty("local").GetString()).ShouldContain("10.0.0.1");
        CliRun.Of("ip", "--lab", _file, "--host", "client", "-j", "monitor").ExitCode.ShouldBe(255);
    }

    [NamespaceTheory("ss")]
    [InlineData("-tan")]
    [InlineData("-tln")]
    [InlineData("-uan")]
    [InlineData("-tuxan")]
    [InlineData("-tnH")]
    [InlineData("-tan4")]
    [InlineData("-A tcp,udp -an")]
    [InlineData("-f inet6 -tan")]
    [InlineData("-tlnm")]
    [InlineData("-tan sport = :7000")]
    [InlineData("sport = :7000 -tan")]
    [InlineData("-tan ( dport = :7000 or sport >= :7001 )")]
    [InlineData("-tan not sport = :7000")]
    [InlineData("-tan ! ( sport = :7000 | dport == 7000 )")]
    [InlineData("-tan dst 127.0.0.0/8")]
    [InlineData("-tan src 127.0.0.1:7000 dport > :1024")]
    [InlineData("-tan4 dport neq :7000 and dst 127.0.0.1")]
    [InlineData("-tan autobound")]
    [InlineData("-tan dport < :7001 and dport ge 7000 or sport lt :1")]
    [InlineData("-tan state listening")]
    [InlineData("-tan exclude listening")]
    [InlineData("-tan state connected state listening sport = :7000")]
    [InlineData("-tan exclude established exclude closed")]
    [InlineData("-tuan state bucket")]
    [InlineData("-uan src 10.0.0.0/24")]
    [InlineData("-tan fwmark = 0x5/0xf")]
    [InlineData("-tan src *")]
    [InlineData("-tan dst *:7000")]
    [InlineData("-xan state established")]
    public void On_the_kernel_ss_prints_what_ss_prints(string words) => InNamespace(process =>
    {
        using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream), wild = process.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
        using Socket client = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream), datagram = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
        listener.Bind(new InetAddress("127.0.0.1", 7000));
        listener.Listen(5);
        wild.Bind(new InetAddress("::", 7001));
        wild.Listen(6);
        datagram.Bind(new InetAddress("10.0.0.1", 7002));
        client.Connect(new InetAddress("127.0.0.1", 7000));
        using Socket server = listener.Accept();
        (Socket one, Socket other) = process.Sockets.OpenPair(SocketType.Stream);
        using Socket first = one, second = other;
        server.SetOption(SocketOptions.Mark, 0x15);
        string[] arguments = words.Split(' ');
        CliRun ours = CliRun.Of(["ss", "--kernel", .. arguments]);
        ours.ExitCode.ShouldBe(0, ours.Error);
        FieldsOf(ours.Output).Order().ShouldBe(FieldsOf(Tools.Run("ss", arguments).Output).Order());
    });

    [NamespaceTheory("ss")]
    [InlineData("-0n")]
    [InlineData("-0an")]
    [InlineData("-0aenm")]
    [InlineData("-0nbO")]
    [InlineData("-0nm")]
    [InlineData("-A packet,tcp -n")]
    [InlineData("-f link -nme")]
    [InlineData("--packet -Hn")]
    [InlineData("-f link -an")]
    [InlineData("-A packet_dgram,p_raw -an")]
    [InlineData("-A packet_raw -n")]
    [InlineData("-0tn")]
    [InlineData("-0n state listening")]
    [InlineData("-0n state established")]
    public void On_the_kernel_ss_prints_packet_sockets_as_ss_does(string words) => InNamespace(process =>
    {
        using Socket raw = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw), cooked = process.Sockets.Open(AddressFamily.Packet, SocketType.Datagram), idle = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw);
        raw.AttachFilter(ClassicFilter.Assemble("ldh [12]\n jeq #0x0806, yes\n ret #0\n yes: ret #-1"));
        raw.SetOption(SocketOptions.PacketAuxiliaryData, true);
        raw.SetOption(SocketOptions.PacketVirtioHeader, true);
        using PacketReceiveRing ring = raw.OpenReceiveRing(PacketRingRequest.Of(PacketRingVersion.V3, 2) with { RetireMilliseconds = 30 });
        raw.Bind(new LinkLayerAddress(process.Sockets.InterfaceIndex("eth0"), EthernetProtocol.ETH_P_ALL));
        cooked.Bind(new LinkLayerAddress(0, EthernetProtocol.ETH_P_IP));
        cooked.JoinFanout(new PacketFanout(5, PacketFanoutMode.Random));
        using PacketSendRing sends = cooked.OpenSendRing(PacketRingRequest.Of(PacketRingVersion.V1, 1));
        string[] arguments = words.Split(' ');
        CliRun ours = CliRun.Of(["ss", "--kernel", .. arguments]);
        ours.ExitCode.ShouldBe(0, ours.Error);
        FieldsOf(ours.Output).ShouldBe(FieldsOf(Tools.Run("ss", arguments).Output));
    });

    [NamespaceFact]
    public void On_the_kernel_ss_ends_the_connections_that_the_filter_finds() => InNamespace(process =>
    {
        using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream), client = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(new InetAddress("127.0.0.1", 7000));
        listener.Listen(5);
        client.Connect(new InetAddress("127.0.0.1", 7000));
        using Socket server = listener.Accept();
        CliRun killed = CliRun.Of("ss", "--kernel", "-K", "-tn", "dport", "=", ":7000");
        killed.ExitCode.ShouldBe(0, killed.Error);
        FieldsOf(killed.Output).Length.ShouldBe(2);
        Should.Throw<SocketCallException>(() => client.Send([1])).Errno.ShouldBe(Errno.ECONNABORTED);
        FieldsOf(CliRun.Of("ss", "--kernel", "-tn").Output).Length.ShouldBe(1);
    });

    [NamespaceFact]
    public void On_the_kernel_ss_tells_who_has_a_socket() => InNamespace(process =>
    {
        using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(new InetAddress("127.0.0.1", 7000));
        listener.Listen(5);
        CliRun.Of("ss", "--kernel", "-Htlnp").Lines.ShouldHaveSingleItem().ShouldContain(FormattableString.Invariant($",pid={Environment.ProcessId},fd={listener.Descriptor})"));
    });

    [Theory]
    [InlineData("dport = foo", "a port is expected", 8, 3)]
    [InlineData("( dport = :1", "closing parenthesis is missing", 12, 1)]
    [InlineData("dport = :1 )", "no parenthesis to close", 11, 1)]
    [InlineData("dport = :1 or", "a condition is missing", 13, 1)]
    [InlineData("src 10.0.0.300 and sport = :1", "an address is expected", 4, 10)]
    [InlineData("dst 10.0.0.0/33", "an address is expected", 4, 11)]
    [InlineData("dst 10.0.0.1:70000", "a port is below 65536", 4, 14)]
    [InlineData("dst [::1]:http/tcp", "a port is expected", 4, 14)]
    [InlineData("fwmark = x", "a mark is expected", 9, 1)]
    [InlineData("fwmark >= 3", "no order", 7, 2)]
    [InlineData("dev nowhere", "no such interface", 4, 7)]
    [InlineData("port 80", "is expected", 0, 4)]
    public void An_expression_that_makes_no_sense_is_told_with_its_place(string expression, string message, int place, int length)
    {
        CliRun run = CliRun.Of(["ss", "--lab", _file, "--host", "client", "-tan", .. expression.Split(' ')]);
        run.ExitCode.ShouldBe(255);
        string[] lines = run.Error.TrimEnd('\n').Split('\n');
        lines[0].ShouldStartWith("ss: filter: ");
        lines[0].ShouldContain(message);
        lines[1].ShouldBe("  " + expression);
        lines[2].ShouldBe("  " + new string(' ', place) + new string('^', length));
    }

    [Theory]
    [InlineData("state", "missing")]
    [InlineData("state nowhere", "wrong state name: nowhere")]
    [InlineData("-A tcp,tcq", "\"tcq\" is illegal")]
    [InlineData("-f ax25", "\"ax25\" is invalid")]
    [InlineData("-tA", "requires an argument")]
    [InlineData("-tQ", "invalid option -- 'Q'")]
    public void Words_that_ss_does_not_know_are_refused(string words, string message)
    {
        CliRun run = CliRun.Of(["ss", "--lab", _file, "--host", "client", .. words.Split(' ')]);
        run.ExitCode.ShouldBe(255);
        run.Error.ShouldContain(message);
    }

    [Fact]
    public void A_lab_tells_who_has_its_sockets_and_chooses_by_the_same_expressions()
    {
        CliRun.Of("ss", "--lab", _file, "--host", "server", "-Htlnp", "sport", "=", ":4000").Lines.ShouldHaveSingleItem().ShouldContain("users:((\"ruptimed\",pid=");
        CliRun.Of("ss", "--lab", _file, "--host", "server", "-Htln", "sport", "=", ":4000", "and", "src", "10.0.0.0/24").Lines.Length.ShouldBe(1);
        CliRun.Of("ss", "--lab", _file, "--host", "server", "-Htln", "not", "(", "sport", "=", ":4000", ")").Lines.ShouldBeEmpty();
        CliRun.Of("ss", "--lab", _file, "--host", "server", "-Htlnm").Lines[1].ShouldStartWith("\t skmem:(r0,rb");
    }

    [Fact]
    public void A_lab_tells_of_its_packet_sockets()
    {
        File.WriteAllText(_file, Lab.Replace("run: ruptimed", "run: sniff -i eth0", StringComparison.Ordinal));
        string[] lines = CliRun.Of("ss", "--lab", _file, "--until", "1s", "--host", "server", "-0Hep").Lines;
        lines.Length.ShouldBe(3);
        lines[0].ShouldContain(" *:eth0 ");
        lines[0].ShouldContain("users:((\"sniff\",pid=");
        lines[1].ShouldBe("\tver:1 cpy_thresh:0 flags( running )");
        lines[2].ShouldBe("\tring_rx(blk_size:69632,blk_nr:32,frm_size:69632,frm_nr:32,tmo:0,features:0x0)");
    }

    [Fact]
    public void A_lab_is_played_to_its_end_and_shown()
    {
        CliRun routes = CliRun.Of("ip", "--lab", _file, "--host", "client", "route");
        routes.ExitCode.ShouldBe(0, routes.Error);
        FieldsOf(routes.Output).ShouldBe(["10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1", "10.9.0.0/16 via 10.0.0.2 dev eth0 metric 5"]);
        CliRun sockets = CliRun.Of("ss", "--lab", _file, "-tln");
        FieldsOf(sockets.Output).ShouldBe(["client:", "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process", "server:", "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process", "LISTEN 0 10 10.0.0.2:4000 0.0.0.0:*"]);
    }

    [Fact]
    public void A_lab_is_played_to_a_time_and_shown()
    {
        CliRun.Of("ip", "--lab", _file, "--until", "500ms", "--host", "client", "neigh", "show", "dev", "eth0").Output.ShouldBeEmpty();
        CliRun.Of("ip", "--lab", _file, "--until", "1500ms", "--host", "client", "-4", "neigh").Lines.ShouldHaveSingleItem().ShouldStartWith("10.0.0.2 dev eth0 lladdr ");
    }

    [Fact]
    public void Tools_are_programs_of_lab_files()
    {
        CliRun run = CliRun.Of("lab", _file);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Lines.ShouldContain(static line => line.StartsWith("client/ip: 10.9.0.0/16 via 10.0.0.2 dev eth0 metric 5", StringComparison.Ordinal));
    }

    [Fact]
    public void Words_that_do_not_say_where_to_look_are_refused()
    {
        CliRun.Of("ip", "addr").ShouldBeRefused().ShouldContain("--kernel");
        CliRun.Of("ss", "--kernel", "--lab", _file).ShouldBeRefused();
        CliRun.Of("ss", "--kernel", "--host", "client").ShouldBeRefused();
        CliRun.Of("ip", "--lab", _file, "--host", "nobody", "addr").ShouldBeRefused().ShouldContain("nobody");
        CliRun.Of("ip", "--lab", _file, "--until", "soon", "addr").ShouldBeRefused();
    }

    public void Dispose() => File.Delete(_file);

    private static void InNamespace(Action<HostProcess> body)
    {
        using var network = new LinuxNetwork();
        LinuxHost host = network.AddHost("one"), peer = network.AddHost("two");
        network.Connect(host, ["10.0.0.1/24", "fd00::1/64"], peer, ["10.0.0.2/24"]);
        using LinuxProcess process = host.CreateProcess();
        process.Run(_ => host.Namespace.Run(() =>
        {
            using (var route = new NetlinkRoute(process.Sockets))
            {
                route.AddRoute(new RtRoute(AddressFamily.Inet, new InetAddress("10.9.0.0", 0), 16) { Gateway = new InetAddress("10.0.0.2", 0), Metric = 50, Mtu = 1400 });
                route.AddRoute(new RtRoute(AddressFamily.Inet, new InetAddress("10.8.0.0", 0), 16) { Type = 6 });
                route.SetNeighbor(new RtNeighbor(process.Sockets.InterfaceIndex("eth0"), new InetAddress("10.0.0.77", 0)) { State = 128, LinkAddress = new byte[] { 2, 0, 0, 0, 0, 0x77 } });
            }
            body(process);
        }));
    }

    /// <summary>The lines with one space between the fields. ip tells a name or number of the other end's namespace, which has none here.</summary>
    private static string[] FieldsOf(string text) =>
    [
        .. text.Replace("Address:PortProcess", "Address:Port Process", StringComparison.Ordinal).Replace(",\"link_netnsid\":0", "", StringComparison.Ordinal).Split('\n')
            .Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Select(static line => line.IndexOf(" link-netns", StringComparison.Ordinal) is var at and >= 0 ? line[..at] : line)
            .Where(static line => line.Length > 0),
    ];
}
