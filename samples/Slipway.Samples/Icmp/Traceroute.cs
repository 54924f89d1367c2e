using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>
/// traceroute [-4 | -6] [-I] [-n] [-f FIRST] [-m MOST] [-q PROBES] [-w SECONDS] HOST: finds the routers on the way to a host by packets that live for one hop, two hops and so on. The
/// probes are datagrams to ports on which nobody should listen, or echo requests with -I. The exit code is 0 if the host answered, 1 if it did not, 2 if the program could not begin.
/// </summary>
public static class Traceroute
{
    private const int DefaultMost = 30, GreatestTtl = 255, PacketIPv4 = 60, PacketIPv6 = 80;

    public static void Main(HostProcess process)
    {
        var words = new ProbeWords();
        if (!words.Read(process.Arguments, "46In", "fmqw") || words.Number('m', 1) is < 1 or > GreatestTtl || words.Number('f', 1) < 1 || words.Number('q', 1) < 1)
        {
            process.Error.Write($"usage: {process.ProgramName} [-4 | -6] [-I] [-n] [-f first] [-m most] [-q probes] [-w seconds] host\n");
            process.ExitCode = 2;
            return;
        }
        if (words.Resolve(process) is not { } address) return;
        bool isIPv4 = address.Family == AddressFamily.Inet;
        try
        {
            using var probe = new IcmpProbe(process.Sockets, address.Family);
            using Socket? datagrams = words.Has('I') ? null : process.Sockets.Open(address.Family, SocketType.Datagram);
            int most = words.Number('m', DefaultMost);
            process.Out.Write(string.Create(CultureInfo.InvariantCulture, $"traceroute to {words.Host} ({Ping.Text(address)}), {most} hops max, {(isIPv4 ? PacketIPv4 : PacketIPv6)} byte packets\n"));
            var run = new TracerouteRun(process, probe, datagrams, address) { Probes = words.Number('q', 3), Patience = words.Seconds('w', 5), IsNumeric = words.Has('n') };
            bool isThere = false;
            for (int hop = words.Number('f', 1); hop <= most && !isThere; hop++) isThere = run.TryHop(hop);
            process.ExitCode = isThere ? 0 : 1;
        }
        catch (SocketCallException failure)
        {
            ProbeWords.Fail(process, failure.Message);
        }
    }
}
