using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The classic programs by the names under which the command line and lab files start them.</summary>
public static class Programs
{
    private const string DatagramOption = "--dgram", ChildOption = "--child";

    /// <summary>The programs as they run anywhere: everything they say of their host comes from the process itself.</summary>
    public static IReadOnlyDictionary<string, Action<HostProcess>> ByName { get; } = With(new VirtualUptime());

    /// <summary>The programs with a command uptime of the caller's.</summary>
    /// <param name="uptime">The command.</param>
    /// <param name="ready">Called by ruptimed when clients can reach it: its socket is bound, and listens where there are connections.</param>
    public static IReadOnlyDictionary<string, Action<HostProcess>> With(UptimeCommand uptime, Action? ready = null) => new Dictionary<string, Action<HostProcess>>(StringComparer.Ordinal)
    {
        ["findsvc"] = FindService.Main,
        ["ping"] = Ping.Main,
        ["traceroute"] = Traceroute.Main,
        ["sniff"] = Sniffer.Main,
        ["ruptime"] = RunClient,
        ["ruptimed"] = process => RunServer(process, uptime, ready),
        ["echo-server"] = EchoServer.Main,
        ["telnet-client"] = TelnetClient.Main,
        ["request-server"] = RequestServer.Main,
        ["request-client"] = RequestClient.Main,
    };

    private static void RunClient(HostProcess process)
    {
        if (Variant(process) == DatagramOption) RuptimeDatagram.Run(process, Rest(process));
        else RuptimeStream.Main(process);
    }

    private static void RunServer(HostProcess process, UptimeCommand uptime, Action? ready)
    {
        switch (Variant(process))
        {
            case DatagramOption:
                RuptimedDatagram.Run(process, Rest(process), uptime.ReadLine, ready);
                break;
            case ChildOption:
                RuptimedStream.ServeFromChild(process, Rest(process), uptime, ready);
                break;
            default:
                RuptimedStream.ServeFromOutput(process, process.Arguments, uptime, ready);
                break;
        }
    }

    private static string? Variant(HostProcess process) => process.Arguments.Count > 0 ? process.Arguments[0] : null;

    private static IReadOnlyList<string> Rest(HostProcess process) => [.. process.Arguments.Skip(1)];
}
