using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>What the servers of the timelines share: a listener at a port, and a thread for each connection.</summary>
internal static class TimelineServer
{
    /// <summary>Serves at the port that the first operand names, for ever.</summary>
    public static void Run(HostProcess process, TimelineWords words, Action<Socket> serve)
    {
        if (words.Operands.Count != 1 || !ushort.TryParse(words.Operands[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            TimelineWords.Fail(process, $"usage: {process.ProgramName} [--nodelay] PORT");
            return;
        }
        using Socket listener = process.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.SetOption(SocketOptions.ReuseAddress, true);
        if (words.Has("--nodelay")) listener.SetOption(SocketOptions.TcpNoDelay, true); // accepted sockets inherit it
        listener.Bind(InetAddress.AnyIPv4(port));
        listener.Listen();
        while (true)
        {
            Socket client = listener.Accept();
            process.StartThread("connection", () => Serve(client, serve));
        }
    }

    private static void Serve(Socket client, Action<Socket> serve)
    {
        using (client)
        {
            try
            {
                serve(client);
            }
            catch (SocketCallException)
            {
                // The client has gone.
            }
        }
    }
}
