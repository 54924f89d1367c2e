using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>uptime where a program is a function: it answers from the host's own clock, and its child is a process of the same host.</summary>
public sealed class VirtualUptime : UptimeCommand
{
    private const int StandardOutput = 1, StandardError = 2;

    public override IEnumerable<string> ReadLines(HostProcess process) => [UptimeLine.Of(process)];

    public override Errno RunOn(HostProcess process, Socket client)
    {
        int descriptor = client.Descriptor;
        ChildProcess child = process.StartChild("uptime", same =>
        {
            if (!same.Sockets.Duplicate2(descriptor, StandardOutput).Succeeded || !same.Sockets.Duplicate2(descriptor, StandardError).Succeeded)
            {
                same.ExitCode = 1;
                return;
            }
            same.Sockets.Close(descriptor);
            Main(same);
        });
        client.Dispose();
        child.Wait();
        return Errno.None;
    }

    // The program that exec would put in the child's place: it knows nothing of sockets, and writes to its standard output.
    private static void Main(HostProcess process)
    {
        ReadOnlySpan<byte> line = Encoding.UTF8.GetBytes(UptimeLine.Of(process));
        while (line.Length > 0)
        {
            CallResult written = process.Sockets.Write(StandardOutput, line);
            if (!written.Succeeded)
            {
                process.ExitCode = 1;
                return;
            }
            line = line[written.Value..];
        }
    }
}
