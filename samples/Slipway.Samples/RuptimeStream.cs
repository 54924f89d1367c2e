using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>ruptime over a connection, the client: connects to a host, with patience, and prints what comes until the end.</summary>
public static class RuptimeStream
{
    private const int BufferLength = 128;

    public static void Main(HostProcess process)
    {
        if (process.Arguments.Count != 1)
        {
            Fail(process, "usage: ruptime hostname");
            return;
        }

        string host = process.Arguments[0];
        AddressInfoResult found = process.Names.GetAddressInfo(host, "ruptime", new AddressInfoHints { SocketType = SocketType.Stream });
        if (!found.Succeeded)
        {
            Fail(process, $"getaddrinfo error: {found.Error.Describe()}");
            return;
        }

        Errno error = Errno.None;
        foreach (AddressInfo info in found.Entries)
        {
            using Socket? socket = ConnectRetry.Connect(process, info.Family, SocketType.Stream, IpProtocol.Ip, info.Address, out error);
            if (socket is null) continue;
            PrintUptime(process, socket);
            return;
        }
        Fail(process, $"can't connect to {host}: {error.Describe()}");
    }

    private static void PrintUptime(HostProcess process, Socket socket)
    {
        Span<byte> buffer = stackalloc byte[BufferLength];
        Span<char> text = stackalloc char[BufferLength];
        Decoder decoder = Encoding.UTF8.GetDecoder(); // a character may stand across two pieces
        while (true)
        {
            int none = 0;
            CallResult received = process.Sockets.RecvFrom(socket.Descriptor, buffer, MessageFlags.None, default, ref none);
            if (!received.Succeeded)
            {
                Fail(process, $"recv error: {received.Error.Describe()}");
                return;
            }
            if (received.Value == 0) return;
            process.Out.Write(text[..decoder.GetChars(buffer[..received.Value], text, flush: false)]);
        }
    }

    private static void Fail(HostProcess process, string message)
    {
        process.Error.Write(message + "\n");
        process.ExitCode = 1;
    }
}
