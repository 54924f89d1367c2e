using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The ss of this house: the sockets of a host over sock_diag, in the columns of ss(8), with numbers for names.</summary>
internal static class SsTool
{
    private const int Raw = 255;

    private static readonly string[] States = ["UNKNOWN", "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING"];
    private static readonly string[] Timers = ["off", "on", "keepalive", "timewait", "persist", "unknown"];

    public static void Run(HostProcess process)
    {
        try
        {
            Run(process, SsOptions.Parse(process.Arguments));
        }
        catch (ToolException failure)
        {
            process.Error.WriteLine(failure.Message);
            process.ExitCode = failure.ExitCode;
        }
    }

    private static void Run(HostProcess process, SsOptions options)
    {
        using var diagnostics = new SocketDiagnostics(process.Sockets);
        Dictionary<int, string> interfaces = process.Sockets.GetInterfaces().ToDictionary(static link => link.Index, static link => link.Name);
        var table = new SsTable(options.NamesKinds);
        if (options.Netlink) AddNetlink(table, diagnostics, options);
        if (options.Unix) AddUnix(table, diagnostics, options);
        if (options.Raw) AddInet(table, diagnostics, options, interfaces, (IpProtocol)Raw, "???");
        if (options.Udp) AddInet(table, diagnostics, options, interfaces, IpProtocol.Udp, "udp");
        if (options.Tcp) AddInet(table, diagnostics, options, interfaces, IpProtocol.Tcp, "tcp");
        table.Print(process.Out, options.HasHeader);
    }

    private static void AddInet(SsTable table, SocketDiagnostics diagnostics, SsOptions options, Dictionary<int, string> interfaces, IpProtocol protocol, string kind)
    {
        byte details = options.TellsInternals ? (byte)(1 << DiagnosticAttribute.INET_DIAG_INFO - 1 | 1 << DiagnosticAttribute.INET_DIAG_CONG - 1) : (byte)0;
        foreach (AddressFamily family in new[] { AddressFamily.Inet, AddressFamily.Inet6 })
        {
            if (options.Family != AddressFamily.Unspecified && options.Family != family) continue;
            foreach (DiagnosedSocket socket in Ask(diagnostics, family, protocol, options.States, details))
            {
                string device = socket.Interface != 0 ? "%" + interfaces.GetValueOrDefault(socket.Interface, Text(socket.Interface)) : "";
                bool isWild = socket is { Family: AddressFamily.Inet6, IsIPv6Only: false } && socket.Local.IsAny;
                table.Add(new SsRow(kind, StateOf(socket.State), Text(socket.ReceiveQueue), Text(socket.SendQueue))
                {
                    Local = (isWild ? "*" : HostOf(socket.Local)) + device,
                    LocalPort = ":" + PortOf(socket.Local.Port),
                    Peer = isWild && socket.Remote.IsAny ? "*" : HostOf(socket.Remote),
                    PeerPort = ":" + PortOf(socket.Remote.Port),
                    Details = DetailsOf(socket, options),
                    Internals = options.TellsInternals && protocol == IpProtocol.Tcp ? SsInternals.Of(socket) : null,
                });
            }
        }
    }

    /// <summary>Raw sockets are told by a module that a kernel may lack.</summary>
    private static List<DiagnosedSocket> Ask(SocketDiagnostics diagnostics, AddressFamily family, IpProtocol protocol, uint states, byte details)
    {
        try
        {
            return diagnostics.Inet(family, protocol, states, details);
        }
        catch (NetlinkException absent) when (absent.Errno == Errno.ENOENT && (int)protocol == Raw)
        {
            return [];
        }
    }

    private static void AddUnix(SsTable table, SocketDiagnostics diagnostics, SsOptions options)
    {
        List<DiagnosedUnixSocket> all = diagnostics.Unix();
        Dictionary<uint, string?> names = all.ToDictionary(static socket => socket.Inode, static socket => socket.Name);
        foreach (DiagnosedUnixSocket socket in all.Where(socket => (options.States >> socket.State & 1) != 0))
        {
            string kind = socket.Type switch { SocketType.Stream => "u_str", SocketType.SequencedPacket => "u_seq", _ => "u_dgr" };
            table.Add(new SsRow(kind, StateOf(socket.State), Text(socket.ReceiveQueue), Text(socket.SendQueue))
            {
                Local = socket.Name ?? "*",
                LocalPort = " " + Text(socket.Inode),
                Peer = socket.Peer != 0 && names.GetValueOrDefault(socket.Peer) is { } name ? name : "*",
                PeerPort = " " + Text(socket.Peer),
                Details = options.TellsDetails ? Arrow(socket.Shut) : "",
            });
        }
    }

    private static void AddNetlink(SsTable table, SocketDiagnostics diagnostics, SsOptions options)
    {
        const int Unconnected = 7;
        if ((options.States >> Unconnected & 1) == 0) return;
        foreach (DiagnosedNetlinkSocket socket in diagnostics.Netlink())
        {
            string protocol = socket.Protocol switch { NetlinkProtocol.NETLINK_ROUTE => "rtnl", NetlinkProtocol.NETLINK_SOCK_DIAG => "tcpdiag", var number => Text(number) };
            table.Add(new SsRow("nl", StateOf(Unconnected), Text(socket.ReceiveQueue), "0")
            {
                Local = protocol, LocalPort = ":" + (socket.Port == 0 ? "kernel" : Text((int)socket.Port)), Peer = "", PeerPort = "*",
            });
        }
    }

    private static string DetailsOf(DiagnosedSocket socket, SsOptions options)
    {
        var parts = new List<string>();
        if (options.TellsTimers && socket.Timer != 0) parts.Add($"timer:({Timers[Math.Min(socket.Timer, Timers.Length - 1)]},{Duration(socket.ExpiresMilliseconds)},{Text(socket.Retransmissions)})");
        if (!options.TellsDetails) return string.Join(' ', parts);
        if (socket.UserId != 0) parts.Add($"uid:{Text(socket.UserId)}");
        parts.Add($"ino:{Text(socket.Inode)}");
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"sk:{socket.Cookie:x}"));
        if (socket.IsIPv6Only is { } only) parts.Add(only ? "v6only:1" : "v6only:0");
        parts.Add(Arrow(socket.Shut));
        return string.Join(' ', parts);
    }

    /// <summary>The directions that are open: it receives, it sends.</summary>
    private static string Arrow(int shut) => $"{((shut & 1) == 0 ? '<' : '-')}-{((shut & 2) == 0 ? '>' : '-')}";

    /// <summary>Minutes, seconds or milliseconds, no finer than it matters.</summary>
    private static string Duration(uint milliseconds)
    {
        uint seconds = milliseconds / 1000, minutes = seconds / 60, rest = milliseconds % 1000;
        seconds %= 60;
        if (minutes > 9) return string.Create(CultureInfo.InvariantCulture, $"{minutes}min");
        if (minutes > 0) return seconds == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}min") : string.Create(CultureInfo.InvariantCulture, $"{minutes}min{seconds}sec");
        if (seconds > 9 || seconds > 0 && rest == 0) return string.Create(CultureInfo.InvariantCulture, $"{seconds}sec");
        return seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds}.{rest:000}ms") : string.Create(CultureInfo.InvariantCulture, $"{rest:000}ms");
    }

    private static string StateOf(int state) => state < States.Length ? States[state] : States[0];

    private static string HostOf(InetAddress address) => address.Family == AddressFamily.Inet6 ? $"[{IpText.TextOf(address)}]" : IpText.TextOf(address);

    private static string PortOf(ushort port) => port == 0 ? "*" : Text(port);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
