using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>Names in a lab: from a server of the lab itself, in exact time.</summary>
public class ResolverTests
{
    private static readonly AddressInfoHints Stream = new() { SocketType = SocketType.Stream };

    /// <summary>The first name server does not exist: its timeout passes to the millisecond, then the second answers. Blocking and awaiting see the same.</summary>
    [Fact]
    [Trait("Row", "NAME-33")]
    public void A_missing_name_server_costs_exactly_its_timeout()
    {
        using var net = new VirtualNetwork(seed: 9);
        Host client = net.AddHost("client", "10.0.0.1/24"), server = net.AddHost("server", "10.0.0.2/24");
        net.Connect(client, server, new LinkModel { Delay = TimeSpan.FromMilliseconds(30) });
        client.Files["/etc/nsswitch.conf"] = "hosts: dns\n";
        client.Files["/etc/resolv.conf"] = "nameserver 10.0.0.9\nnameserver 10.0.0.2\nsearch lab\noptions timeout:2\n";
        server.Start("dns", static process =>
        {
            var zone = new DnsZone();
            zone.Add("both.lab", new InetAddress("10.0.0.77", 0));
            zone.Add("both.lab", new InetAddress("2001:db8::77", 0));
            using var names = new DnsServer(process.Sockets, zone, InetAddress.AnyIPv4(DnsServer.Port));
            names.Serve();
        });

        var seen = new List<string>();
        client.Start("blocking", process => seen.Add(Show(process, process.Names.GetAddressInfo("both", "80", Stream))));
        client.Start("awaiting", async process => seen.Add(Show(process, await process.Names.GetAddressInfoAsync("both", "80", Stream))));
        net.Run();

        // Two seconds for 10.0.0.9, then two round trips of 60 ms: ARP and the question.
        seen.ShouldBe(["10.0.0.77:80 [2001:db8::77]:80 after 2120 ms", "10.0.0.77:80 [2001:db8::77]:80 after 2120 ms"]);

        static string Show(HostProcess process, AddressInfoResult result)
            => $"{string.Join(' ', result.OrThrow().Select(static entry => entry.Address))} after {process.Time.GetElapsedTime(0).TotalMilliseconds} ms";
    }
}
