using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab.Tests;

/// <summary>Groups in a lab: a router that asks, a switch that listens in, programs that join.</summary>
public sealed class MulticastTests
{
    private const string File = """
        stop: 10min
        hosts:
          alice: { address: 10.0.0.1/24 }
          bob: { address: 10.0.0.2/24 }
          carol: { address: 10.0.0.3/24 }
        routers:
          router: { address: 10.0.0.254/24, querier: { igmp: 3, mld: 2, interval: 60s, response: 5s, robustness: 2 } }
        switches:
          floor: { snooping: true }
        links:
          - between: [router, floor]
          - between: [alice, floor]
          - between: [bob, floor]
          - between: [carol, floor]
        programs:
          - { host: bob, run: listen }
          - { host: alice, run: tell, start: 30s }
        """;

    private static readonly InetAddress Group = new("239.1.2.3", 5000);

    private static readonly Dictionary<string, Action<HostProcess>> Programs = new()
    {
        ["listen"] = static process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Bind(InetAddress.AnyIPv4(5000));
            socket.JoinGroup(Group, process.Sockets.InterfaceIndex("eth0"));
            byte[] buffer = new byte[64];
            process.Out.WriteLine(System.Text.Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)));
            process.Sleep(TimeSpan.FromMinutes(4));
        },
        ["tell"] = static process =>
        {
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.SetMulticastInterface(process.Sockets.InterfaceIndex("eth0"));
            socket.SendTo("hello, group"u8, Group);
        },
    };

    [Fact]
    public void A_file_makes_a_switch_snoop_and_a_router_ask()
    {
        LabFile file = LabFile.Parse(File, "groups.yaml", Programs);
        using VirtualNetwork network = file.Build();
        network.RunFor(TimeSpan.FromMinutes(4));
        IsMember(network).ShouldBeTrue();
        Groups(network).ShouldContain("239.1.2.3");
        // The datagram went to the listener and to the router, and not to carol.
        Count(network, "bob").ShouldBe(1);
        Count(network, "carol").ShouldBe(0);
        network.RunFor(TimeSpan.FromMinutes(2));
        Groups(network).ShouldNotContain("239.1.2.3");
    }

    [Fact]
    public void A_router_that_asks_for_ever_keeps_no_run_from_ending()
    {
        using var network = new VirtualNetwork(seed: 1);
        Host router = network.AddRouter("router", "10.0.0.254/24"), host = network.AddHost("host", "10.0.0.1/24");
        network.Connect(router, host);
        router.StartQuerier();
        host.Start("listen", Programs["listen"]);
        RunResult result = network.Run();
        result.End.ShouldBe(RunEnd.Idle);
        network.Now.ShouldBeLessThan(TimeSpan.FromMinutes(3));
    }

    [Theory]
    [InlineData("routers: { r: { querier: maybe } }", "'maybe' is not allowed here; allowed: true, false, or igmp, mld, interval, response, robustness with values")]
    [InlineData("routers: { r: { querier: { igmp: 4 } } }", "4")]
    [InlineData("routers: { r: { querier: { interval: 5s } } }", "a querier's interval must be longer than its response time, and that more than 0")]
    [InlineData("hosts: { r: { querier: true } }", "unknown key 'querier'")]
    [InlineData("hosts: { a: }\nswitches: { s: { snooping: perhaps } }", "'perhaps' is not allowed here; allowed: true, false")]
    [InlineData("hosts: { a: }\nswitches: { a: }", "the name 'a' is given twice")]
    public void Mistakes_are_told(string text, string message)
        => Should.Throw<LabFileException>(() => LabFile.Parse(text, "wrong.yaml", Programs)).Message.ShouldContain(message);

    private static bool IsMember(VirtualNetwork network)
    {
        using (network.Loop.Enter()) return network["bob"].Stack.Interfaces.Find("eth0")!.Groups.Contains(IpAddress.Parse("239.1.2.3"));
    }

    private static string[] Groups(VirtualNetwork network)
    {
        using (network.Loop.Enter()) return [.. network["router"].Stack.Interfaces.Find("eth0")!.QueriedGroups.Select(static group => group.ToString())];
    }

    /// <summary>Datagrams to the group on the link of a host.</summary>
    private static int Count(VirtualNetwork network, string host)
    {
        using var file = new MemoryStream();
        network.Capture.Save(file, network.Links.Single(link => link.A.Node == network[host]));
        file.Position = 0;
        return new PcapngReader(file).ReadPackets().Count(static packet => FramePrinter.PrintFrame(packet.Data.Span).Contains("> 239.1.2.3.5000: UDP", StringComparison.Ordinal));
    }
}
