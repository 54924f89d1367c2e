using System.Buffers.Binary;
using System.Text;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>The stream programs of samples/ (section EX), and connect_retry and initserver that they stand on.</summary>
public static class StreamProgramScenarios
{
    private const string Server = "10.0.0.2";
    private const ushort Port = 4000;

    /// <summary>connect_retry tries eight times with a new socket each, sleeps 1, 2, … 64 seconds between, and gives the last connect's error.</summary>
    [Scenario("CONN-30", "CONN-31")]
    public static void ConnectRetryBacksOff(HostProcess host)
    {
        var process = new ScenarioProcess(host, "retry") { CountsSleeps = true };
        int lowest = LowestFree(host);
        Socket? socket = ConnectRetry.Connect(process, AddressFamily.Inet, SocketType.Stream, IpProtocol.Ip, InetAddress.LoopbackIPv4(Port), out Errno error);
        Expect.Equal(null, socket);
        Expect.Equal(Errno.ECONNREFUSED, error);
        Expect.Equal("1 2 4 8 16 32 64", string.Join(' ', process.Sleeps.Select(static sleep => sleep.TotalSeconds)));
        Expect.Equal(lowest, LowestFree(host));
    }

    /// <summary>Where there is no socket to be had, connect_retry does not try again.</summary>
    [Scenario("CONN-31")]
    public static void ConnectRetryWithoutSockets(HostProcess host)
    {
        var process = new ScenarioProcess(host, "retry") { CountsSleeps = true };
        Socket? socket = ConnectRetry.Connect(process, AddressFamily.Inet, (SocketType)9, IpProtocol.Ip, InetAddress.LoopbackIPv4(Port), out Errno error);
        Expect.Equal(null, socket);
        Expect.Equal(Errno.ESOCKTNOSUPPORT, error);
        Expect.Equal(0, process.Sleeps.Count);
    }

    /// <summary>As soon as somebody listens, connect_retry has its connection: a server that starts during the third sleep.</summary>
    [Scenario("CONN-30", "CONN-31")]
    public static void ConnectRetryMeetsALateServer(HostProcess host)
    {
        Socket? listener = null;
        var process = new ScenarioProcess(host, "retry") { CountsSleeps = true };
        process.Slept = () =>
        {
            if (process.Sleeps.Count == 3) listener = InitServer.Open(host.Sockets, SocketType.Stream, InetAddress.LoopbackIPv4(Port), 10, out _);
        };
        using Socket? socket = ConnectRetry.Connect(process, AddressFamily.Inet, SocketType.Stream, IpProtocol.Ip, InetAddress.LoopbackIPv4(Port), out Errno error);
        Expect.Equal(Errno.None, error);
        Expect.Equal(InetAddress.LoopbackIPv4(Port), socket!.RemoteAddress);
        Expect.Equal("1 2 4", string.Join(' ', process.Sleeps.Select(static sleep => sleep.TotalSeconds)));
        listener!.Dispose();
    }

    /// <summary>ruptime against a closed port waits 127 seconds, then says that it cannot connect.</summary>
    [Scenario("EX-06")]
    public static void RuptimeGivesUp(HostProcess host)
    {
        var asking = new ScenarioProcess(host, "ruptime", "127.0.0.1") { CountsSleeps = true };
        RuptimeStream.Main(asking);
        Expect.Equal("can't connect to 127.0.0.1: Connection refused\n", asking.Complaints);
        Expect.Equal("", asking.Output);
        Expect.Equal(1, asking.ExitCode);
        Expect.Equal(TimeSpan.FromSeconds(127), TimeSpan.FromSeconds(asking.Sleeps.Sum(static sleep => sleep.TotalSeconds)));
    }

    /// <summary>initserver listens on streams alone; where it fails nothing stays open, and the error is the call's.</summary>
    [Scenario("EX-07", "EX-14")]
    public static void InitServerListensOrLeavesNothing(HostProcess host)
    {
        using Socket? stream = InitServer.Open(host.Sockets, SocketType.Stream, InetAddress.LoopbackIPv4(Port), 10, out Errno error, reuseAddress: false);
        Expect.Equal(Errno.None, error);
        Expect.Equal(1, stream!.GetSocketLevel(SocketOptionName.SO_ACCEPTCONN));
        int lowest = LowestFree(host);
        Expect.Equal(null, InitServer.Open(host.Sockets, SocketType.Stream, InetAddress.LoopbackIPv4(Port), 10, out error, reuseAddress: false));
        Expect.Equal(Errno.EADDRINUSE, error);
        Expect.Equal(lowest, LowestFree(host));

        using Socket? datagram = InitServer.Open(host.Sockets, SocketType.Datagram, InetAddress.LoopbackIPv4(Port), 10, out error, reuseAddress: false);
        Expect.Equal(Errno.None, error);
        Expect.Equal(0, datagram!.GetSocketLevel(SocketOptionName.SO_ACCEPTCONN));
    }

    /// <summary>With SO_REUSEADDR a server starts again though a connection that it closed first is in TIME_WAIT; without, it does not.</summary>
    [Scenario("EX-08")]
    public static void InitServerStartsAgain(HostProcess host)
    {
        InetAddress address = InetAddress.LoopbackIPv4(Port);
        using (Socket listener = InitServer.Open(host.Sockets, SocketType.Stream, address, 10, out _)!)
        {
            using Socket client = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
            client.Connect(address);
            listener.Accept().Dispose();
            Expect.Equal("", client.ReceiveText());
        }
        Expect.Equal(null, InitServer.Open(host.Sockets, SocketType.Stream, address, 10, out Errno error, reuseAddress: false));
        Expect.Equal(Errno.EADDRINUSE, error);
        using Socket? again = InitServer.Open(host.Sockets, SocketType.Stream, address, 10, out error);
        Expect.Equal(Errno.None, error);
    }

    /// <summary>
    /// The server listens at its host name's address with a backlog of ten, sends each client the command's lines and closes first; the client prints all of it.
    /// A client that comes while another is served waits.
    /// </summary>
    [Scenario("EX-09", "EX-10", "EX-11", OwnProcess = true)]
    public static void RuptimePrintsWhatTheServerSends(HostProcess client, HostProcess server)
    {
        string lines = $" 12:34:56 up 1 day\n{new string('x', 300)}\nlast";
        var uptime = new GatedUptime(server, lines);
        (ScenarioProcess serving, ProcessThread thread) = Serve(server, uptime);
        using Socket listener = server.FindListener(new InetAddress(Server, Port));
        Expect.Equal(10, Backlog(listener));

        var asking = new ScenarioProcess(client, "ruptime", "me") { HostFiles = Files() };
        ProcessThread first = client.StartThread("ruptime", () => RuptimeStream.Main(asking));
        uptime.WaitForClient();
        using Socket second = client.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        second.Connect(new InetAddress(Server, Port));
        uptime.Open();
        first.Join();
        Expect.Equal("", asking.Complaints);
        Expect.Equal(lines, asking.Output);
        Expect.Equal(0, asking.ExitCode);

        uptime.WaitForClient();
        second.ExpectEmpty();
        uptime.Open();
        Expect.Equal(lines, ReceiveAll(second));
        Stop(serving, thread, listener);
    }

    /// <summary>Where the command cannot be run, the client learns why.</summary>
    [Scenario("EX-11", OwnProcess = true)]
    public static void RuptimedTellsThatItHasNoCommand(HostProcess client, HostProcess server)
    {
        (ScenarioProcess serving, ProcessThread thread) = Serve(server, new MissingUptime());
        var asking = new ScenarioProcess(client, "ruptime", "me") { HostFiles = Files() };
        RuptimeStream.Main(asking);
        Expect.Equal("error: No such file or directory\n", asking.Output);
        Expect.Equal(0, asking.ExitCode);
        using Socket listener = server.FindListener(new InetAddress(Server, Port));
        Stop(serving, thread, listener);
    }

    /// <summary>A reset connection is an error of the client's recv.</summary>
    [Scenario("EX-09")]
    public static void RuptimeTellsAReset(HostProcess client, HostProcess server)
    {
        using Socket listener = InitServer.Open(server.Sockets, SocketType.Stream, new InetAddress(Server, Port), 1, out _)!;
        var asking = new ScenarioProcess(client, "ruptime", "me") { HostFiles = Files() };
        ProcessThread thread = client.StartThread("ruptime", () => RuptimeStream.Main(asking));
        using (Socket accepted = listener.Accept()) accepted.SetOption(SocketOptions.Linger, new LingerOption(true, 0));
        thread.Join();
        Expect.Equal("recv error: Connection reset by peer\n", asking.Complaints);
        Expect.Equal(1, asking.ExitCode);
    }

    /// <summary>Wrong words, and a machine whose service file has no ruptime.</summary>
    [Scenario("EX-09", "EX-10", "EX-12")]
    public static void RuptimeWords(HostProcess host)
    {
        Expect.Equal("usage: ruptime hostname\n", Complaint(new ScenarioProcess(host, "ruptime"), RuptimeStream.Main));
        Expect.Equal("usage: ruptimed\n", Complaint(new ScenarioProcess(host, "ruptimed", "now"), Daemon));
        ScenarioFiles files = ScenarioFiles.Usual().With("/etc/services", "http 80/tcp\n");
        Expect.Equal("getaddrinfo error: Servname not supported for ai_socktype\n", Complaint(new ScenarioProcess(host, "ruptime", "me") { HostFiles = files }, RuptimeStream.Main));
        Expect.Equal("ruptimed: getaddrinfo error: Servname not supported for ai_socktype\n", Complaint(new ScenarioProcess(host, "ruptimed") { HostFiles = files }, Daemon));

        static void Daemon(HostProcess process) => RuptimedStream.ServeFromOutput(process, process.Arguments, new VirtualUptime());

        static string Complaint(ScenarioProcess process, Action<HostProcess> program)
        {
            program(process);
            Expect.Equal(1, process.ExitCode);
            return process.Complaints;
        }
    }

    /// <summary>A second server on the host ends in silence with 1; the first serves on.</summary>
    [Scenario("EX-13", OwnProcess = true)]
    public static void ASecondServerEnds(HostProcess client, HostProcess server)
    {
        (ScenarioProcess serving, ProcessThread thread) = Serve(server, new VirtualUptime());
        var late = new ScenarioProcess(server, "ruptimed") { HostFiles = Files() };
        RuptimedStream.ServeFromOutput(late, [], new VirtualUptime());
        Expect.Equal(1, late.ExitCode);
        Expect.Equal("", late.Complaints + late.Output);

        var asking = new ScenarioProcess(client, "ruptime", "me") { HostFiles = Files() };
        RuptimeStream.Main(asking);
        Expect.Equal(0, asking.ExitCode);
        using Socket listener = server.FindListener(new InetAddress(Server, Port));
        Stop(serving, thread, listener);
    }

    /// <summary>The server that starts a child: the child's standard output is the connection, which ends with the child; a child that cannot be started ends nothing else.</summary>
    [Scenario("EX-15", NotOnKernel = "a function cannot run in a child of the kernel: Slipway.Cli.Tests starts /usr/bin/uptime there")]
    public static void AChildAnswers(HostProcess host)
    {
        host.StartChild("ruptimed", static process =>
            RuptimedStream.ServeFromChild(new ScenarioProcess(process, "ruptimed"), [], new VirtualUptime()));
        host.Sleep(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 2; i++)
        {
            var asking = new ScenarioProcess(host, "ruptime", "me");
            RuptimeStream.Main(asking);
            Expect.Equal("", asking.Complaints);
            Expect.True(asking.Output.Contains(" up ", StringComparison.Ordinal) && asking.Output.EndsWith("load average: 0.00, 0.00, 0.00\n", StringComparison.Ordinal), asking.Output);
        }
    }

    private static (ScenarioProcess Process, ProcessThread Thread) Serve(HostProcess server, UptimeCommand uptime)
    {
        var serving = new ScenarioProcess(server, "ruptimed") { HostFiles = Files() };
        ProcessThread thread = server.StartThread("ruptimed", () => RuptimedStream.ServeFromOutput(serving, [], uptime));
        thread.WaitUntilBlocked();
        return (serving, thread);
    }

    // What shutdown does to a listener ends the accept of its server.
    private static void Stop(ScenarioProcess serving, ProcessThread thread, Socket listener)
    {
        listener.Shutdown(ShutdownHow.Receive);
        thread.Join();
        Expect.Equal("ruptimed: accept error: Invalid argument\n", serving.Complaints);
        Expect.Equal(1, serving.ExitCode);
    }

    // tcpi_sacked of a listener is its backlog (tcp_get_info in net/ipv4/tcp.c): what ss shows as Send-Q.
    private static int Backlog(Socket listener)
    {
        Span<byte> information = stackalloc byte[104];
        listener.GetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_INFO, information);
        return BinaryPrimitives.ReadInt32LittleEndian(information[28..]);
    }

    private static string ReceiveAll(Socket socket)
    {
        var text = new StringBuilder();
        for (string piece; (piece = socket.ReceiveText()).Length > 0;) text.Append(piece);
        return text.ToString();
    }

    private static int LowestFree(HostProcess host)
    {
        using Socket socket = host.Udp();
        return socket.Descriptor;
    }

    private static ScenarioFiles Files() => ScenarioFiles.Usual().With("/etc/hosts", $"{Server} me\n");

    /// <summary>A command that prints when it is let.</summary>
    private sealed class GatedUptime : UptimeCommand
    {
        private readonly string _output;
        private readonly Socket _gate, _knock;

        public GatedUptime(HostProcess host, string output)
        {
            _output = output;
            (_gate, _knock) = host.UdpPair();
        }

        public void WaitForClient() => _knock.ReceiveText();

        public void Open() => _knock.SendText("open");

        public override IEnumerable<string> ReadLines(HostProcess process)
        {
            _gate.SendText("client");
            _gate.ReceiveText();
            return [.. _output.Split('\n').Select((line, i) => i < _output.Count(static c => c == '\n') ? line + "\n" : line)];
        }

        public override Errno RunOn(HostProcess process, Socket client) => throw new NotSupportedException();
    }

    /// <summary>A command that is not there.</summary>
    private sealed class MissingUptime : UptimeCommand
    {
        public override IEnumerable<string> ReadLines(HostProcess process) => throw new IOException(Errno.ENOENT.Describe());

        public override Errno RunOn(HostProcess process, Socket client) => Errno.ENOENT;
    }
}
