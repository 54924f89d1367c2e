using System.Text;
using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary><c>slipway up</c> end to end: the machine's kernel, in a namespace of its own, is the peer.</summary>
public class UpTests
{
    private const string Host = "10.77.0.2", HostIPv6 = "fd77::2";

    private static readonly string[] Addresses =
        ["--address", $"{Host}/24", "--address", $"{HostIPv6}/64", "--peer", "10.77.0.1/24", "--peer", "fd77::1/64"];

    // Empty, small, around one packet of MTU 1500 and of MTU 1280, several fragments, the longest.
    private static readonly int[] Sizes = [0, 1, 2, 63, 1232, 1233, 1452, 1453, 1472, 1473, 2000, 4000, 8000, 16384, 32768, 65506, 65507];

    [DeviceTheory("ping", "traceroute")]
    [InlineData("--tun")]
    [InlineData("--tap")]
    public void The_kernel_reaches_the_host_with_its_own_tools(string kind)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses]);
        up.ReadyLine.ShouldBe($"ready: {kind[2..]} sw0, addresses 10.77.0.2/24 fd77::2/64, services none");
        Run(up, "ping", "-c", "5", "-i", "0.1", Host).ShouldContain(" 5 received");
        Run(up, "ping", "-6", "-c", "5", "-i", "0.1", HostIPv6).ShouldContain(" 5 received");
        Run(up, "ping", "-c", "2", "-i", "0.1", "-s", "8000", Host).ShouldContain(" 2 received");
        Run(up, "ping", "-6", "-c", "2", "-i", "0.1", "-s", "8000", HostIPv6).ShouldContain(" 2 received");
        LastHop(Run(up, "traceroute", "-n", Host)).ShouldContain($" 1  {Host} ");
        LastHop(Run(up, "traceroute", "-6", "-n", HostIPv6)).ShouldContain($" 1  {HostIPv6} ");
    }

    [DeviceTheory]
    [InlineData("--tun", Host)]
    [InlineData("--tun", HostIPv6)]
    [InlineData("--tap", Host)]
    [InlineData("--tap", HostIPv6)]
    [InlineData("--tun", Host, "off")]
    [InlineData("--tap", HostIPv6, "off")]
    public void Echo_gives_datagrams_of_every_size_back(string kind, string address, string offload = "on")
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--service", "echo", "--offload", offload]);
        using Socket socket = Connect(up, address, 7);
        byte[] received = new byte[65536];
        foreach (int size in Sizes)
        {
            byte[] sent = [.. Enumerable.Range(0, size).Select(static i => (byte)(i * 7))];
            socket.Send(sent);
            int length = socket.Receive(received);
            received.AsSpan(0, length).SequenceEqual(sent).ShouldBeTrue($"{size} bytes sent, {length} received");
        }
    }

    [DeviceTheory]
    [InlineData(Host)]
    [InlineData(HostIPv6)]
    public void The_other_services_answer_as_their_RFCs_say(string address)
    {
        using RunningHost up = RunningHost.Start(["--tun", "sw0", .. Addresses, "--service", "discard,daytime", "--service", "chargen,ruptime"]);
        up.ReadyLine.ShouldEndWith("services discard,daytime,chargen,ruptime");
        Ask(up, address, 13).ShouldMatch(@"^[A-Z][a-z]+day, [A-Z][a-z]+ \d+, \d{4} \d\d:\d\d:\d\d-UTC\r\n$");
        Ask(up, address, 4000).ShouldMatch(@"^ \d\d:\d\d:\d\d up .* load average: .*\n$");
        string pattern = Ask(up, address, 19);
        pattern.Length.ShouldBeLessThanOrEqualTo(512);
        """ !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefg""".ShouldStartWith(pattern.Split('\r')[0]);

        // Discard takes the datagram and says nothing: the port is open, so there is no refusal either before the next answer.
        using Socket discard = Connect(up, address, 9);
        discard.Send("nothing"u8);
        Ask(up, address, 4000).ShouldNotBeEmpty();
        discard.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR).ShouldBe(0);
    }

    [DeviceTheory]
    [InlineData("--tun", Host)]
    [InlineData("--tun", HostIPv6)]
    [InlineData("--tap", Host)]
    [InlineData("--tap", HostIPv6)]
    public void A_closed_port_refuses_the_kernels_connected_socket(string kind, string address)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses]);
        using Socket socket = Connect(up, address, 99);
        socket.Send("anybody?"u8);
        byte[] buffer = new byte[16];
        Should.Throw<SocketCallException>(() => socket.Receive(buffer)).Errno.ShouldBe(Errno.ECONNREFUSED);
    }

    [DeviceTheory]
    [InlineData("--tun", Signal.SIGTERM)]
    [InlineData("--tun", Signal.SIGINT)]
    [InlineData("--tap", Signal.SIGTERM)]
    public void A_signal_ends_it_and_nothing_stays_behind(string kind, Signal signal)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--service", "echo"]);
        up.Namespace.GetInterfaces().ShouldContain(static candidate => candidate.Name == "sw0");
        up.Stop(signal).ShouldBe(ExitCode.Done, up.Error);
        up.Namespace.GetInterfaces().Select(static candidate => candidate.Name).ShouldBe(["lo"]);
        string routes = "";
        up.Namespace.Run(() => routes = File.ReadAllText("/proc/thread-self/net/route"));
        routes.ShouldNotContain("sw0");
    }

    [DeviceTheory("tshark", "ping")]
    [InlineData("--tun")]
    [InlineData("--tap")]
    public void The_capture_holds_both_directions_and_nothing_malformed(string kind)
    {
        string file = Path.GetTempFileName();
        try
        {
            using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--pcap", file]);
            Run(up, "ping", "-c", "2", "-i", "0.1", Host).ShouldContain(" 2 received");
            up.Stop(Signal.SIGTERM).ShouldBe(ExitCode.Done, up.Error);
            Tools.CountPackets(file, "icmp.type == 8").ShouldBe(2);
            Tools.CountPackets(file, "icmp.type == 0").ShouldBe(2);
            Tools.CountPackets(file, "_ws.malformed || ip.checksum.status == 0 || icmp.checksum.status == 0").ShouldBe(0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [DeviceTheory("ping")]
    [InlineData("--tun")]
    public void A_delay_holds_every_packet_up_each_way(string kind)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--delay", "100ms"]);
        string output = Run(up, "ping", "-c", "1", Host);
        double milliseconds = double.Parse(output.Split("time=")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        milliseconds.ShouldBeGreaterThanOrEqualTo(200);
    }

    [DeviceTheory]
    [InlineData("--tun")]
    [InlineData("--tap")]
    public void An_address_that_the_machine_has_is_refused_in_one_line(string kind)
    {
        using var space = NetworkNamespace.Create();
        space.AddAddress("lo", Wire.IpPrefix.Parse("10.77.0.2/32"));
        (int exitCode, string error) = RunningHost.Fail(space, [kind, "sw0", .. Addresses]);
        exitCode.ShouldBe(ExitCode.Failed);
        error.ShouldBe("slipway: the address 10.77.0.2 is taken: lo of this machine has it\n");
    }

    [DeviceTheory]
    [InlineData("this-name-is-too-long")]
    [InlineData("a/b")]
    [InlineData("lo")]
    public void A_name_that_cannot_be_is_refused_in_one_line(string name)
    {
        using var space = NetworkNamespace.Create();
        (int exitCode, string error) = RunningHost.Fail(space, ["--tun", name, .. Addresses]);
        exitCode.ShouldBe(ExitCode.Failed);
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain($"'{name}'");
    }

    private static string Run(RunningHost up, string tool, params string[] arguments)
    {
        using NetworkNamespace.Visit visit = up.Namespace.Enter();
        (int exitCode, string output) = Tools.Run(tool, arguments);
        exitCode.ShouldBe(0, output);
        return output;
    }

    private static string LastHop(string trace) => trace.TrimEnd().Split('\n')[^1];

    private static string Ask(RunningHost up, string address, ushort port)
    {
        using Socket socket = Connect(up, address, port);
        socket.Send([]);
        byte[] buffer = new byte[1024];
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }

    private static Socket Connect(RunningHost up, string address, ushort port)
    {
        var to = new InetAddress(address, port);
        using NetworkNamespace.Visit visit = up.Namespace.Enter();
        Socket socket = LinuxSystem.Current.Open(to.Family, SocketType.Datagram);
        socket.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromSeconds(30)); // a test that fails shall end
        socket.Connect(to);
        return socket;
    }
}
