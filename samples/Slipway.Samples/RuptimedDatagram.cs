using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>ruptimed over datagrams, the server: answers every datagram, whatever is in it, with a line that says how long this host has been up.</summary>
public static class RuptimedDatagram
{
    private const int BufferLength = 128;

    public static void Main(HostProcess process) => Run(process, process.Arguments, UptimeLine.Of);

    /// <summary>The server, with its arguments and the line from elsewhere: on the machine the line is uptime(1)'s.</summary>
    /// <param name="process">The process.</param>
    /// <param name="arguments">There must be none.</param>
    /// <param name="uptime">Gives the line, its line feed included. What it throws becomes the answer, as an error message.</param>
    /// <param name="ready">Called when the socket is bound.</param>
    public static void Run(HostProcess process, IReadOnlyList<string> arguments, Func<HostProcess, string> uptime, Action? ready = null)
    {
        if (arguments.Count != 0)
        {
            Fail(process, "usage: ruptimed");
            return;
        }

        var hints = new AddressInfoHints { Flags = AddressInfoFlags.AI_CANONNAME, SocketType = SocketType.Datagram };
        AddressInfoResult found = process.Names.GetAddressInfo(process.HostName, "ruptime", hints);
        if (!found.Succeeded)
        {
            Fail(process, $"ruptimed: getaddrinfo error: {found.Error.Describe()}");
            return;
        }

        foreach (AddressInfo info in found.Entries)
        {
            using Socket? socket = InitServer(process.Sockets, info.Address);
            if (socket is null) continue;
            ready?.Invoke();
            Serve(process, socket, uptime);
            return;
        }
        process.ExitCode = 1; // no address could be bound; like the original, silent
    }

    private static Socket? InitServer(SocketSystem sockets, InetAddress address)
    {
        Socket? socket = null;
        try
        {
            socket = sockets.Open(address.Family, SocketType.Datagram | SocketType.CloseOnExec);
            socket.Bind(address);
            return socket;
        }
        catch (SocketCallException)
        {
            socket?.Dispose();
            return null;
        }
    }

    private static void Serve(HostProcess process, Socket socket, Func<HostProcess, string> uptime)
    {
        Span<byte> buffer = stackalloc byte[BufferLength];
        try
        {
            while (true)
            {
                socket.ReceiveFrom(buffer, out InetAddress client);
                TrySend(socket, Encoding.UTF8.GetBytes(Line(process, uptime)), client);
            }
        }
        catch (SocketCallException failure)
        {
            Fail(process, $"ruptimed: recvfrom error: {failure.Errno.Describe()}");
        }
    }

    private static string Line(HostProcess process, Func<HostProcess, string> uptime)
    {
        try
        {
            string line = uptime(process);
            return line[..Math.Min(line.Length, BufferLength - 1)];
        }
        catch (IOException failure)
        {
            return $"error: {failure.Message}\n";
        }
    }

    // A client that cannot be answered is its own affair.
    private static void TrySend(Socket socket, ReadOnlySpan<byte> line, InetAddress client)
    {
        Span<byte> address = stackalloc byte[InetAddress.IPv6StructureLength];
        socket.System.SendTo(socket.Descriptor, line, MessageFlags.None, address[..client.Write(address)]);
    }

    private static void Fail(HostProcess process, string message)
    {
        process.Error.Write(message + "\n");
        process.ExitCode = 1;
    }
}
