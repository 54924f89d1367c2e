using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>
/// ping [-4 | -6] [-c COUNT] [-i SECONDS] [-s BYTES] [-t TTL] [-W SECONDS] HOST: sends echo requests, prints who answers and how long it took. It goes on until it has sent COUNT, or
/// until SIGINT. The exit code is 0 if anybody answered, 1 if nobody did, 2 if it could not begin.
/// </summary>
public static class Ping
{
    private const int DefaultSize = 56, GreatestSize = 65507, GreatestTtl = 255, HeaderIPv4 = 28;

    public static void Main(HostProcess process)
    {
        var words = new ProbeWords();
        if (!words.Read(process.Arguments, "46", "cistW") || words.Number('s', DefaultSize) > GreatestSize || words.Number('t', 1) is < 1 or > GreatestTtl)
        {
            process.Error.Write($"usage: {process.ProgramName} [-4 | -6] [-c count] [-i seconds] [-s bytes] [-t ttl] [-W seconds] host\n");
            process.ExitCode = 2;
            return;
        }
        if (words.Resolve(process) is not { } address) return;
        try
        {
            using var probe = new IcmpProbe(process.Sockets, address.Family);
            if (words.Number('t', 0) is > 0 and var ttl) IcmpProbe.SetTtl(probe.Socket, address.Family == AddressFamily.Inet, ttl);
            int size = words.Number('s', DefaultSize);
            string total = address.Family == AddressFamily.Inet ? string.Create(CultureInfo.InvariantCulture, $"({size + HeaderIPv4})") : "";
            process.Out.Write(string.Create(CultureInfo.InvariantCulture, $"PING {words.Host} ({Text(address)}) {size}{total} bytes of data.\n"));
            var run = new PingRun(process, probe, address, size)
            {
                Count = words.Number('c', int.MaxValue),
                Interval = words.Seconds('i', 1),
                Patience = words.Seconds('W', 10),
            };
            bool isStopped = false;
            process.Signals.Handle(Signal.SIGINT, _ => isStopped = true);
            run.Go(() => isStopped);
            run.Report(words.Host);
            process.ExitCode = run.HasReply ? 0 : 1;
        }
        catch (SocketCallException failure)
        {
            ProbeWords.Fail(process, $"socket: {failure.Errno.Describe()}");
        }
    }

    /// <summary>An address as numbers.</summary>
    internal static string Text(InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return InetText.Format(address.Family, bytes[..address.WriteAddress(bytes)]);
    }
}
