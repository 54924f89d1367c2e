using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>ruptime over datagrams, the client: asks a host once how long it has been up, and waits at most twenty seconds for the answer.</summary>
public static class RuptimeDatagram
{
    private const int BufferLength = 128;
    private const int TimeoutSeconds = 20;

    public static void Main(HostProcess process) => Run(process, process.Arguments);

    /// <summary>The client, with its arguments from elsewhere: the host alone.</summary>
    public static void Run(HostProcess process, IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 1)
        {
            Fail(process, "usage: ruptime hostname");
            return;
        }

        // The alarm does nothing but interrupt recvfrom: no restart.
        Errno handled = process.Signals.Handle(Signal.SIGALRM, static _ => { }, restart: false);
        if (handled != Errno.None)
        {
            Fail(process, $"sigaction error: {handled.Describe()}");
            return;
        }

        string host = arguments[0];
        AddressInfoResult found = process.Names.GetAddressInfo(host, "ruptime", new AddressInfoHints { SocketType = SocketType.Datagram });
        if (!found.Succeeded)
        {
            Fail(process, $"getaddrinfo error: {found.Error.Describe()}");
            return;
        }

        Errno error = Errno.None;
        foreach (AddressInfo info in found.Entries)
        {
            CallResult descriptor = process.Sockets.Socket(info.Family, SocketType.Datagram, 0);
            if (descriptor.Succeeded)
            {
                using var socket = new Socket(process.Sockets, descriptor.Value);
                PrintUptime(process, socket, info.Address);
                return; // the first address that a socket can be made for is the only one asked
            }
            error = descriptor.Error;
        }
        Fail(process, $"can't contact {host}: {error.Describe()}");
    }

    private static void PrintUptime(HostProcess process, Socket socket, InetAddress server)
    {
        Span<byte> buffer = stackalloc byte[BufferLength];
        buffer[0] = 0;
        string call = "sendto";
        try
        {
            socket.SendTo(buffer[..1], server);
            call = "recv";
            process.Alarm(TimeoutSeconds);
            int length = socket.ReceiveFrom(buffer, out _);
            process.Alarm(0);
            process.Out.Write(Encoding.UTF8.GetString(buffer[..length]));
        }
        catch (SocketCallException failure)
        {
            if (failure.Errno != Errno.EINTR) process.Alarm(0);
            Fail(process, $"{call} error: {failure.Errno.Describe()}");
        }
    }

    private static void Fail(HostProcess process, string message)
    {
        process.Error.Write(message + "\n");
        process.ExitCode = 1;
    }
}
