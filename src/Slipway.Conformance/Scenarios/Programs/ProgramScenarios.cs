using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>The classic programs of samples/ (section EX): findsvc, and ruptime with its server over datagrams.</summary>
public static class ProgramScenarios
{
    /// <summary>findsvc wants two arguments.</summary>
    [Scenario("EX-01")]
    public static void FindServiceUsage(HostProcess host)
    {
        var process = new ScenarioProcess(host, "findsvc", "alpha");
        FindService.Main(process);
        Expect.Equal("usage: findsvc nodename service\n", process.Complaints);
        Expect.Equal(1, process.ExitCode);
    }

    /// <summary>findsvc prints flags, family, type and protocol, then host, address and port.</summary>
    [Scenario("EX-02", "EX-05")]
    public static void FindServicePrints(HostProcess host)
    {
        var process = new ScenarioProcess(host, "findsvc", "alpha", "ruptime");
        FindService.Main(process);
        Expect.Equal(
            "flags canon family inet type stream protocol TCP\n\thost alpha.example.test address 10.1.1.1 port 4000\n"
            + "flags canon family inet type datagram protocol UDP\n\thost - address 10.1.1.1 port 4000\n",
            process.Output);
        Expect.Equal(0, process.ExitCode);
    }

    /// <summary>findsvc gives the official name once, and neither address nor port of IPv6.</summary>
    [Scenario("EX-03")]
    public static void FindServiceOfBothFamilies(HostProcess host)
    {
        var process = new ScenarioProcess(host, "findsvc", "localhost", "http");
        FindService.Main(process);
        Expect.Equal(
            "flags canon family inet6 type stream protocol TCP\n\thost localhost\nflags canon family inet type stream protocol TCP\n\thost - address 127.0.0.1 port 80\n",
            process.Output);
    }

    /// <summary>findsvc says why it found nothing.</summary>
    [Scenario("EX-04")]
    public static void FindServiceFails(HostProcess host)
    {
        Expect.Equal("getaddrinfo error: Name or service not known\n", Complaint(host, "nosuch", "http"));
        Expect.Equal("getaddrinfo error: Servname not supported for ai_socktype\n", Complaint(host, "alpha", "nosuch"));

        static string Complaint(HostProcess host, string node, string service)
        {
            var process = new ScenarioProcess(host, "findsvc", node, service);
            FindService.Main(process);
            Expect.Equal(1, process.ExitCode);
            return process.Complaints;
        }
    }

    /// <summary>The client asks with one byte, and prints what comes back within twenty seconds; the server answers each request, whatever it is, from its own address.</summary>
    [Scenario("EX-16", "EX-19", OwnProcess = true)]
    public static void RuptimeAsksAndPrints(HostProcess client, HostProcess server)
    {
        const string Line = " 12:34:56 up 1 day,  2:03,  1 user,  load average: 0.00, 0.00, 0.00\n";
        Expect.Success(server.Signals.Handle(Signal.SIGUSR1, static _ => { }));
        var serving = new ScenarioProcess(server, "ruptimed") { HostFiles = Files() };
        ProcessThread thread = server.StartThread("ruptimed", () => RuptimedDatagram.Run(serving, [], static _ => Line));
        thread.WaitUntilBlocked();

        var asking = new ScenarioProcess(client, "ruptime", "me") { HostFiles = Files() };
        RuptimeDatagram.Main(asking);
        Expect.Equal("", asking.Complaints);
        Expect.Equal(Line, asking.Output);
        Expect.Equal(0, asking.ExitCode);

        // An empty request and an oversized one get the same line, one at a time, from the server's address and port.
        using Socket direct = client.Udp();
        foreach (int size in (ReadOnlySpan<int>)[0, 1000])
        {
            direct.SendTo(new byte[size], new InetAddress("10.0.0.2", 4000));
            byte[] room = new byte[256];
            int length = direct.ReceiveFrom(room, out InetAddress from);
            Expect.Equal(Line, System.Text.Encoding.ASCII.GetString(room, 0, length));
            Expect.Equal(new InetAddress("10.0.0.2", 4000), from);
        }

        thread.WaitUntilBlocked(); // a signal between two waits would interrupt none
        Expect.Success(thread.Interrupt(Signal.SIGUSR1));
        thread.Join();
        Expect.Equal("ruptimed: recvfrom error: Interrupted system call\n", serving.Complaints);
    }

    /// <summary>Without an answer the client gives up after twenty seconds, once: the error that comes back from a closed port does not reach an unconnected socket.</summary>
    [Scenario("EX-17", NotOnKernel = "takes twenty seconds of real time")]
    public static void RuptimeWaitsTwentySeconds(HostProcess client, HostProcess server)
    {
        long before = client.Time.GetTimestamp();
        var asking = new ScenarioProcess(client, "ruptime", "me") { HostFiles = Files() };
        RuptimeDatagram.Main(asking);
        Expect.Equal("recv error: Interrupted system call\n", asking.Complaints);
        Expect.Equal("", asking.Output);
        Expect.Equal(1, asking.ExitCode);
        Expect.Equal(TimeSpan.FromSeconds(20), client.Time.GetElapsedTime(before));
    }

    /// <summary>What the client says of a host that is not known, and of one that no socket can be made for.</summary>
    [Scenario("EX-18", OwnProcess = true)]
    public static void RuptimeWithoutSockets(HostProcess host)
    {
        Expect.Equal("getaddrinfo error: Name or service not known\n", Complaint(host, "nosuch"));
        using Socket last = host.Udp();
        Expect.Success(host.LimitDescriptors(last.Descriptor + 1));
        string complaint = Complaint(host, "10.0.0.2");
        Expect.Success(host.LimitDescriptors(1024));
        Expect.Equal("can't contact 10.0.0.2: Too many open files\n", complaint);

        var usage = new ScenarioProcess(host, "ruptime");
        RuptimeDatagram.Main(usage);
        Expect.Equal("usage: ruptime hostname\n", usage.Complaints);
        Expect.Equal(1, usage.ExitCode);

        static string Complaint(HostProcess host, string name)
        {
            var asking = new ScenarioProcess(host, "ruptime", name) { HostFiles = Files() };
            RuptimeDatagram.Main(asking);
            Expect.Equal(1, asking.ExitCode);
            return asking.Complaints;
        }
    }

    private static ScenarioFiles Files() => ScenarioFiles.Usual().With("/etc/hosts", "10.0.0.2 me\n");
}
