using System.Security.Cryptography;
using System.Text;
using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.Cli.Tests;

/// <summary><c>slipway up</c> with its services over TCP, used by the kernel's TCP and its tools.</summary>
public sealed class UpStreamTests : IDisposable
{
    private const string Host = "10.78.0.2", HostIPv6 = "fd78::2";
    private const int FileLength = 20_000_000;

    private static readonly string[] Addresses =
        ["--address", $"{Host}/24", "--address", $"{HostIPv6}/64", "--peer", "10.78.0.1/24", "--peer", "fd78::1/64"];

    private readonly string _directory = Directory.CreateTempSubdirectory("slipway-up").FullName;
    private readonly string _root;
    private readonly byte[] _file = new byte[FileLength];

    public UpStreamTests()
    {
        _root = Directory.CreateDirectory(Path.Combine(_directory, "root")).FullName;
        new Random(11).NextBytes(_file);
        File.WriteAllBytes(InRoot("file.bin"), _file);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [DeviceTheory]
    [InlineData("--tun", Host)]
    [InlineData("--tun", HostIPv6)]
    [InlineData("--tap", Host)]
    [InlineData("--tap", HostIPv6)]
    public void The_services_answer_over_connections(string kind, string address)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--service", "echo,discard,daytime,chargen,ruptime"]);
        Talk(up, address, 13, "").ShouldMatch(@"^[A-Z][a-z]+day, [A-Z][a-z]+ \d+, \d{4} \d\d:\d\d:\d\d-UTC\r\n$");
        Talk(up, address, 4000, "").ShouldMatch(@"^ \d\d:\d\d:\d\d up .* load average: .*\n$");
        Talk(up, address, 9, new string('x', 100_000)).ShouldBeEmpty();
        Talk(up, address, 7, "half-closed, and still answered").ShouldBe("half-closed, and still answered");
        using Socket chargen = Connect(up, address, 19);
        byte[] line = new byte[74];
        chargen.Receive(line, MessageFlags.MSG_WAITALL).ShouldBe(74);
        Encoding.ASCII.GetString(line).ShouldBe(string.Concat(Enumerable.Range(' ', 72).Select(static c => (char)c)) + "\r\n");
    }

    [DeviceTheory("curl")]
    [InlineData("--tun", Host)]
    [InlineData("--tap", "[" + HostIPv6 + "]")]
    [InlineData("--tun", Host, "--delay", "10ms", "--loss", "1%")]
    public void Curl_fetches_and_uploads_a_file_whole(string kind, string host, params string[] faults)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--http", _root, .. faults]);
        string copy = Path.Combine(_directory, "copy");
        Run(up, "curl", "-sS", "--max-time", "110", "-o", copy, $"http://{host}/file.bin");
        SHA256.HashData(File.ReadAllBytes(copy)).ShouldBe(SHA256.HashData(_file));
        Run(up, "curl", "-sS", "--max-time", "110", "-T", copy, $"http://{host}/uploaded.bin");
        SHA256.HashData(File.ReadAllBytes(InRoot("uploaded.bin"))).ShouldBe(SHA256.HashData(_file));
    }

    [DeviceTheory]
    [InlineData("--tun")]
    public void Two_hundred_connections_at_once_are_served(string kind)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--http", _root]);
        Socket[] clients = [.. Enumerable.Range(0, 200).Select(_ => Connect(up, Host, 80))];
        foreach (Socket client in clients)
            KernelServer.Send(client, "GET /file.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=1000000-1099999\r\nConnection: close\r\n\r\n"u8);
        byte[] expected = SHA256.HashData(_file.AsSpan(1_000_000, 100_000));
        foreach (Socket client in clients)
        {
            byte[] answer = KernelServer.ReceiveAll(client);
            SHA256.HashData(answer.AsSpan(answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4)).ShouldBe(expected);
            client.Dispose();
        }
    }

    [DeviceTheory("ss")]
    [InlineData("--tun")]
    public void The_kernel_finds_window_scale_timestamps_and_SACK_in_use(string kind)
    {
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--service", "echo"]);
        using Socket socket = Connect(up, Host, 7);
        string line = Run(up, "ss", "-tioHn", "dst", Host);
        line.ShouldContain(" ts ");
        line.ShouldContain(" sack ");
        line.ShouldContain(" wscale:");
    }

    [DeviceTheory("curl", "tshark")]
    [InlineData("--tun")]
    [InlineData("--tap")]
    public void The_capture_of_a_clean_link_shows_no_damage_and_no_loss(string kind)
    {
        string capture = Path.Combine(_directory, "up.pcapng");
        using RunningHost up = RunningHost.Start([kind, "sw0", .. Addresses, "--http", _root, "--pcap", capture]);
        Run(up, "curl", "-sS", "-r", "0-1999999", "-o", "/dev/null", $"http://{Host}/file.bin");
        up.Stop(Signal.SIGTERM).ShouldBe(ExitCode.Done, up.Error);
        Tools.CountPackets(capture, "tcp.len > 0").ShouldBeGreaterThan(1000);
        Tools.CountPackets(capture, "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0").ShouldBe(0);
        // Not that nothing is sent twice: a machine that stands still for a while makes either side's timer expire, and rightly.
        Tools.CountPackets(capture, "tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment").ShouldBe(0);
    }

    private string InRoot(string name) => Path.Combine(_root, name);

    private static string Talk(RunningHost up, string address, ushort port, string text)
    {
        using Socket socket = Connect(up, address, port);
        KernelServer.Send(socket, Encoding.ASCII.GetBytes(text));
        socket.Shutdown(ShutdownHow.Send);
        return Encoding.ASCII.GetString(KernelServer.ReceiveAll(socket));
    }

    private static Socket Connect(RunningHost up, string address, ushort port)
    {
        var to = new InetAddress(address, port);
        using NetworkNamespace.Visit visit = up.Namespace.Enter();
        Socket socket = LinuxSystem.Current.Open(to.Family, SocketType.Stream | SocketType.CloseOnExec);
        socket.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromSeconds(60)); // a test that fails shall end
        socket.Connect(to);
        return socket;
    }

    private static string Run(RunningHost up, string tool, params string[] arguments)
    {
        using NetworkNamespace.Visit visit = up.Namespace.Enter();
        (int exitCode, string output) = Tools.Run(tool, arguments);
        exitCode.ShouldBe(0, output);
        return output;
    }
}
