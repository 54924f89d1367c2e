using System.Text.RegularExpressions;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>The sample programs that need raw sockets, over a router: what they print, but for the times.</summary>
public static partial class RawProgramScenarios
{
    /// <summary>ping: who answers, who says that a packet's life was too short or that there is no way, and the summary.</summary>
    [Scenario("RAW-19", OwnProcess = true)]
    public static void PingOverARouter(RoutedHosts hosts)
    {
        Expect.Equal((0, """
            PING 10.0.2.1 (10.0.2.1) 56(84) bytes of data.
            64 bytes from 10.0.2.1: icmp_seq=1 ttl=63 time=T ms
            64 bytes from 10.0.2.1: icmp_seq=2 ttl=63 time=T ms

            --- 10.0.2.1 ping statistics ---
            2 packets transmitted, 2 received, 0% packet loss, time Tms
            rtt min/avg/max/mdev = T/T/T/T ms

            """), Run(hosts.Near, "ping", Ping.Main, "-c", "2", "-i", "0.01", "10.0.2.1"));
        Expect.Equal((0, """
            PING fd02::1 (fd02::1) 1200 bytes of data.
            1208 bytes from fd02::1: icmp_seq=1 ttl=63 time=T ms

            --- fd02::1 ping statistics ---
            1 packets transmitted, 1 received, 0% packet loss, time Tms
            rtt min/avg/max/mdev = T/T/T/T ms

            """), Run(hosts.Near, "ping", Ping.Main, "-c", "1", "-s", "1200", "fd02::1"));
        foreach ((string address, string head, string from, string what) in new[]
        {
            ("10.0.2.1", "56(84)", "10.0.1.254", "Time to live exceeded"), ("fd02::1", "56", "fd01::fe", "Time exceeded: Hop limit"),
        })
        {
            Expect.Equal((1, $"PING {address} ({address}) {head} bytes of data.\nFrom {from} icmp_seq=1 {what}\n\n--- {address} ping statistics ---\n"
                + "1 packets transmitted, 0 received, +1 errors, 100% packet loss, time Tms\n"), Run(hosts.Near, "ping", Ping.Main, "-c", "1", "-t", "1", address));
        }
        // The path takes less than this host's link: the router says so.
        Expect.True(Run(hosts.Near, "ping", Ping.Main, "-c", "1", "-s", "1400", "fd02::1").Output.Contains("From fd01::fe icmp_seq=1 Packet too big: mtu=1280\n", StringComparison.Ordinal));
    }

    /// <summary>traceroute: a line for each hop, by datagrams and by echo requests.</summary>
    [Scenario("RAW-20", OwnProcess = true)]
    public static void TracerouteOverARouter(RoutedHosts hosts)
    {
        foreach (string[] options in new string[][] { [], ["-I"] })
        {
            Expect.Equal((0, """
                traceroute to 10.0.2.1 (10.0.2.1), 30 hops max, 60 byte packets
                 1  10.0.1.254  T ms  T ms
                 2  10.0.2.1  T ms  T ms

                """), Run(hosts.Near, "traceroute", Traceroute.Main, [.. options, "-n", "-q", "2", "10.0.2.1"]));
            Expect.Equal((0, """
                traceroute to fd02::1 (fd02::1), 30 hops max, 80 byte packets
                 1  fd01::fe  T ms  T ms
                 2  fd02::1  T ms  T ms

                """), Run(hosts.Near, "traceroute", Traceroute.Main, [.. options, "-n", "-q", "2", "fd02::1"]));
        }
        Expect.Equal((1, "traceroute to 10.0.2.1 (10.0.2.1), 1 hops max, 60 byte packets\n 1  10.0.1.254  T ms\n"), Run(hosts.Near, "traceroute", Traceroute.Main, "-n", "-q", "1", "-m", "1", "10.0.2.1"));
    }

    private static (int ExitCode, string Output) Run(HostProcess host, string name, Action<HostProcess> program, params string[] arguments)
    {
        var process = new ScenarioProcess(host, name, arguments);
        program(process);
        Expect.Equal("", process.Complaints);
        return (process.ExitCode, Times().Replace(process.Output, static match => match.Groups["before"].Value + "T" + (match.Groups["others"].Value.Length > 0 ? "/T/T/T" : "") + match.Groups["unit"].Value));
    }

    [GeneratedRegex(@"(?<before>time=|time |  |= )[\d.]+(?<others>(/[\d.]+)*)(?<unit> ?ms)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Times();
}
