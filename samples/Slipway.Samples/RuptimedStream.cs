using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>
/// ruptimed over connections, the server, one client after the other: either it reads the command's output and sends it, or a child whose standard output is the
/// connection runs the command.
/// </summary>
public static class RuptimedStream
{
    private const int Backlog = 10, BufferLength = 128;

    /// <summary>The server that reads the command's output.</summary>
    public static void ServeFromOutput(HostProcess process, IReadOnlyList<string> arguments, UptimeCommand uptime, Action? ready = null)
        => Run(process, arguments, (same, client) => SendOutput(same, client, uptime), ready);

    /// <summary>The server that gives the connection to a child.</summary>
    public static void ServeFromChild(HostProcess process, IReadOnlyList<string> arguments, UptimeCommand uptime, Action? ready = null)
        => Run(process, arguments, (same, client) =>
        {
            Errno error = uptime.RunOn(same, client);
            if (error != Errno.None) Complain(same, $"ruptimed: unexpected return from exec: {error.Describe()}");
        }, ready);

    private static void Run(HostProcess process, IReadOnlyList<string> arguments, Action<HostProcess, Socket> answer, Action? ready)
    {
        if (arguments.Count != 0)
        {
            Fail(process, "usage: ruptimed");
            return;
        }

        var hints = new AddressInfoHints { Flags = AddressInfoFlags.AI_CANONNAME, SocketType = SocketType.Stream };
        AddressInfoResult found = process.Names.GetAddressInfo(process.HostName, "ruptime", hints);
        if (!found.Succeeded)
        {
            Fail(process, $"ruptimed: getaddrinfo error: {found.Error.Describe()}");
            return;
        }

        foreach (AddressInfo info in found.Entries)
        {
            using Socket? listener = InitServer.Open(process.Sockets, SocketType.Stream | SocketType.CloseOnExec, info.Address, Backlog, out _);
            if (listener is null) continue;
            ready?.Invoke();
            Serve(process, listener, answer);
            return;
        }
        process.ExitCode = 1; // no address could be bound; like the original, silent
    }

    private static void Serve(HostProcess process, Socket listener, Action<HostProcess, Socket> answer)
    {
        while (true)
        {
            int none = 0;
            CallResult accepted = process.Sockets.Accept(listener.Descriptor, default, ref none, SocketType.CloseOnExec);
            if (!accepted.Succeeded)
            {
                Fail(process, $"ruptimed: accept error: {accepted.Error.Describe()}");
                return;
            }
            using var client = new Socket(process.Sockets, accepted.Value);
            answer(process, client);
        }
    }

    private static void SendOutput(HostProcess process, Socket client, UptimeCommand uptime)
    {
        try
        {
            foreach (string line in uptime.ReadLines(process))
                if (!TrySend(client, Encoding.UTF8.GetBytes(line))) return;
        }
        catch (IOException failure)
        {
            TrySend(client, Encoding.UTF8.GetBytes($"error: {failure.Message}\n"));
        }
    }

    // In pieces as fgets would give them; a client that has gone ends only its own answer.
    private static bool TrySend(Socket client, ReadOnlySpan<byte> line)
    {
        while (line.Length > 0)
        {
            ReadOnlySpan<byte> piece = line[..Math.Min(line.Length, BufferLength - 1)];
            CallResult sent = client.System.SendTo(client.Descriptor, piece, MessageFlags.MSG_NOSIGNAL, default);
            if (!sent.Succeeded) return false;
            line = line[sent.Value..];
        }
        return true;
    }

    private static void Fail(HostProcess process, string message)
    {
        Complain(process, message);
        process.ExitCode = 1;
    }

    private static void Complain(HostProcess process, string message) => process.Error.Write(message + "\n");
}
