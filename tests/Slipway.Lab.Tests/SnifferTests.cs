using Slipway.Samples;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab.Tests;

/// <summary>The sniffer sample, on hosts of a lab with simulated time: what it prints is exact.</summary>
public class SnifferTests
{
    /// <summary>Hosts report their groups by MLD when they come up.</summary>
    private const string NoIPv6 = "ldh [12]\n jeq #0x86dd, no\n ret #-1\n no: ret #0";

    [Fact]
    public void A_line_for_each_packet_with_its_time_and_direction()
    {
        using var net = new VirtualNetwork(seed: 3);
        Host client = net.AddHost("client", "10.0.0.1/24"), server = net.AddHost("server", "10.0.0.2/24");
        net.Connect(client, server, new LinkModel { Delay = TimeSpan.FromMilliseconds(10) });
        using var file = new MemoryStream();
        using var capture = new PcapngWriter(file, leaveOpen: true);

        LabProcess sniffer = server.Start("sniff", process => Sniffer.Run(process, capture), new StartOptions { Arguments = ["-i", "eth0", "-c", "4", "-f", NoIPv6] });
        client.Start("talk", static process =>
        {
            process.Sleep(TimeSpan.FromMilliseconds(5));
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            socket.Bind(new InetAddress("10.0.0.1", 4000));
            socket.SendTo("hello"u8, new InetAddress("10.0.0.2", 9));
        });
        net.Run();

        sniffer.ExitStatus.ShouldBe(0);
        string[] lines = sniffer.Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(4);
        lines[0].ShouldEndWith("ARP, request who-has 10.0.0.2 tell 10.0.0.1");
        lines[0].ShouldContain(" eth0 B ");
        lines[1].ShouldContain(" eth0 Out ");
        lines[1].ShouldContain("ARP, reply 10.0.0.2 is-at ");
        lines[2].ShouldContain(" eth0 In ");
        lines[2].ShouldEndWith("IP 10.0.0.1.4000 > 10.0.0.2.9: UDP, length 5");
        lines[3].ShouldContain(" Out ");
        lines[3].ShouldContain("IP 10.0.0.2 > 10.0.0.1: ICMP port un");
        // The request takes the delay of the link; so does the datagram, behind the answer.
        DateTimeOffset[] times = [.. lines.Select(static line => DateTimeOffset.Parse(line[..15], System.Globalization.CultureInfo.InvariantCulture))];
        times.Select(time => (time - times[0]).TotalMilliseconds).ShouldBe([0, 0, 20, 20]);
        sniffer.ErrorOutput.ShouldBe("4 packets printed, 4 seen, 0 lost\n");

        file.Position = 0;
        new PcapngReader(file).ReadPackets().Select(static packet => FramePrinter.PrintFrame(packet.Data.Span)).ShouldBe(lines.Select(static line => line.Split(' ', 4)[3]));
    }

    [Fact]
    public void A_filter_passes_what_it_says_until_an_interrupt()
    {
        using var net = new VirtualNetwork(seed: 3);
        Host host = net.AddHost("host");
        // tcpdump -dd 'udp port 7' would be longer: this takes UDP to port 7 over IPv4 on the loopback as it comes in.
        const string Filter = "ld #type\n jne #0, no\n ldb [23]\n jne #17, no\n ldh [36]\n jne #7, no\n ret #-1\n no: ret #0";
        LabProcess sniffer = host.Start("sniff", Sniffer.Main, new StartOptions { Arguments = ["-f", Filter] });
        host.Start("talk", process =>
        {
            process.Sleep(TimeSpan.FromMilliseconds(5));
            using Socket socket = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            foreach (ushort port in new ushort[] { 7, 8, 7 }) socket.SendTo("x"u8, InetAddress.LoopbackIPv4(port));
            process.Sleep(TimeSpan.FromMilliseconds(5));
            process.Signals.Send(sniffer.Id, Signal.SIGINT).ShouldBe(Errno.None);
        });
        net.Run();

        sniffer.ExitStatus.ShouldBe(0);
        string[] lines = sniffer.Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(2);
        lines.ShouldAllBe(static line => line.Contains(" lo In ", StringComparison.Ordinal) && line.EndsWith(".7: UDP, length 1", StringComparison.Ordinal));
        sniffer.ErrorOutput.ShouldBe("2 packets printed, 2 seen, 0 lost\n");
    }

    [Theory]
    [InlineData("-i", "eth9", "usage: ")]
    [InlineData("-c", "0", "usage: ")]
    [InlineData("-x", "1", "usage: ")]
    [InlineData("-f", "frobnicate", "sniff: ")]
    [InlineData("-f", "ldh [12]", "sniff: Invalid argument\n")]
    public void What_cannot_be_is_said(string option, string value, string complaint)
    {
        using var net = new VirtualNetwork(seed: 3);
        LabProcess sniffer = net.AddHost("host").Start("sniff", Sniffer.Main, new StartOptions { Arguments = [option, value] });
        net.Run();
        sniffer.ExitStatus.ShouldBe(2);
        sniffer.ErrorOutput.ShouldStartWith(complaint);
    }

    [Fact]
    public void Without_the_privilege_there_is_nothing_to_see()
    {
        using var net = new VirtualNetwork(seed: 3);
        LabProcess sniffer = net.AddHost("host").Start("sniff", Sniffer.Main, new StartOptions { UserId = 1000 });
        net.Run();
        sniffer.ExitStatus.ShouldBe(2);
        sniffer.ErrorOutput.ShouldBe("sniff: Operation not permitted\n");
    }
}
