using Slipway.Samples;
using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>The sample programs over raw sockets, where things go wrong: lost packets, no way, no privilege, a user who has seen enough.</summary>
public class PingTests
{
    [Fact]
    public void Lost_requests_count_in_the_summary_and_the_last_one_is_waited_for()
    {
        using var net = new VirtualNetwork(seed: 11);
        (Host client, _) = Pair(net, new LinkModel { Delay = TimeSpan.FromMilliseconds(10), Loss = 0.3 });

        LabProcess ping = client.Start("ping", Ping.Main, new StartOptions { Arguments = ["-c", "20", "-i", "0.5", "-W", "2", "10.0.0.2"] });
        net.Run();

        ping.ExitStatus.ShouldBe(0);
        int received = ping.Output.Split('\n').Count(static line => line.Contains("bytes from 10.0.0.2", StringComparison.Ordinal));
        received.ShouldBeInRange(5, 18);
        ping.Output.ShouldContain($"20 packets transmitted, {received} received, {100.0 * (20 - received) / 20:0.####}% packet loss, time 11500ms\n", customMessage: "19 intervals of 500 ms, and 2 s for the last request");
    }

    [Fact]
    public void A_neighbour_that_is_not_there_is_reported_by_the_host_itself()
    {
        using var net = new VirtualNetwork(seed: 1);
        (Host client, _) = Pair(net, LinkModel.Plain);

        LabProcess ping = client.Start("ping", Ping.Main, new StartOptions { Arguments = ["-c", "1", "10.0.0.9"] });
        net.Run();

        ping.ExitStatus.ShouldBe(1);
        ping.Output.ShouldContain("From 10.0.0.1 icmp_seq=1 Destination Host Unreachable\n");
        ping.Output.ShouldContain("1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 3");
    }

    [Fact]
    public void Without_a_route_sendto_says_so_and_nothing_is_waited_for()
    {
        using var net = new VirtualNetwork(seed: 1);
        (Host client, _) = Pair(net, LinkModel.Plain);

        LabProcess ping = client.Start("ping", Ping.Main, new StartOptions { Arguments = ["-c", "1", "192.0.2.1"] });
        net.RunFor(TimeSpan.Zero);

        ping.ExitStatus.ShouldBe(1);
        ping.ErrorOutput.ShouldBe("ping: sendto: Network is unreachable\n");
    }

    [Fact]
    public void Who_has_no_privilege_has_no_raw_socket()
    {
        using var net = new VirtualNetwork(seed: 1);
        (Host client, _) = Pair(net, LinkModel.Plain);

        LabProcess ping = client.Start("ping", Ping.Main, new StartOptions { Arguments = ["10.0.0.2"], UserId = 1000 });
        LabProcess traceroute = client.Start("traceroute", Traceroute.Main, new StartOptions { Arguments = ["10.0.0.2"], UserId = 1000 });
        net.Run();

        ping.ExitStatus.ShouldBe(2);
        ping.ErrorOutput.ShouldBe("ping: socket: Operation not permitted\n");
        traceroute.ExitStatus.ShouldBe(2);
    }

    [Fact]
    public void An_endless_ping_ends_with_its_summary_at_SIGINT()
    {
        using var net = new VirtualNetwork(seed: 1);
        (Host client, _) = Pair(net, new LinkModel { Delay = TimeSpan.FromMilliseconds(100) });

        LabProcess ping = client.Start("ping", Ping.Main, new StartOptions { Arguments = ["10.0.0.2"] });
        client.Start("user", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(3.5));
            process.Signals.Send(ping.Id, Signal.SIGINT).ShouldBe(Errno.None);
        });
        net.Run();

        ping.ExitStatus.ShouldBe(0);
        ping.Output.ShouldContain("4 packets transmitted, 4 received, 0% packet loss, time 3500ms\n");
    }

    [Fact]
    public void A_hop_that_does_not_answer_is_a_star_for_each_probe()
    {
        using var net = new VirtualNetwork(seed: 1);
        Host client = net.AddHost("client", "10.0.1.1/24"), server = net.AddHost("server", "10.0.2.1/24"), router = net.AddRouter("router", "10.0.1.254/24", "10.0.2.254/24");
        net.Connect(client, router, new LinkModel { Delay = TimeSpan.FromMilliseconds(1) });
        net.Connect(router, server, new LinkModel { Delay = TimeSpan.FromMilliseconds(2) });
        // The router keeps its errors to itself.
        router.Start("silence", static process => process.Files.WriteText("/proc/sys/net/ipv4/icmp_ratemask", "2056").ShouldBeTrue());
        router.Start("silence", static process => process.Files.WriteText("/proc/sys/net/ipv4/icmp_ratelimit", "100000000").ShouldBeTrue());

        LabProcess traceroute = client.Start("traceroute", Traceroute.Main, new StartOptions { Arguments = ["-I", "-n", "-q", "8", "-w", "1", "10.0.2.1"], StartTime = TimeSpan.FromSeconds(1) });
        net.Run();

        traceroute.ExitStatus.ShouldBe(0);
        string[] lines = traceroute.Output.Split('\n');
        // As many as the bucket of one destination holds (net.ipv4.icmp_ratelimit), then silence.
        lines[1].ShouldStartWith(" 1  10.0.1.254  4.000 ms  2.000 ms");
        lines[1].ShouldEndWith(" * *");
        lines[2].ShouldStartWith(" 2  10.0.2.1  ");
        lines[2].ShouldNotContain("*");
    }

    private static (Host Client, Host Server) Pair(VirtualNetwork net, LinkModel model)
    {
        Host client = net.AddHost("client", "10.0.0.1/24"), server = net.AddHost("server", "10.0.0.2/24");
        net.Connect(client, server, model);
        return (client, server);
    }
}
