using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Sockets as ss prints them.</summary>
internal sealed partial class SsRowWriter(SsOptions options, Dictionary<int, string> interfaces, SsUsers? users)
{
    private static readonly string[] Timers = ["off", "on", "keepalive", "timewait", "persist", "unknown"];

    public SsRow Of(DiagnosedSocket socket, string kind)
    {
        string device = socket.Interface != 0 ? "%" + interfaces.GetValueOrDefault(socket.Interface, Text(socket.Interface)) : "";
        bool isWild = socket is { Family: AddressFamily.Inet6, IsIPv6Only: false } && socket.Local.IsAny;
        return new SsRow(kind, SsStates.ShortOf(socket.State), Text(socket.ReceiveQueue), Text(socket.SendQueue))
        {
            Local = (isWild ? "*" : HostOf(socket.Local)) + device,
            LocalPort = ":" + PortOf(socket.Local.Port),
            Peer = isWild && socket.Remote.IsAny ? "*" : HostOf(socket.Remote),
            PeerPort = ":" + PortOf(socket.Remote.Port),
            Details = DetailsOf(socket),
            Internals = InternalsOf(socket, kind),
        };
    }

    public SsRow Of(DiagnosedUnixSocket socket, string? peer)
    {
        string kind = socket.Type switch { SocketType.Stream => "u_str", SocketType.SequencedPacket => "u_seq", _ => "u_dgr" };
        var parts = new List<string>();
        if (users?.Of(socket.Inode) is { } owners) parts.Add(owners);
        if (options.TellsMemory) parts.Add(MemoryOf(socket.Memory));
        if (options.TellsDetails) AddDetails(parts, socket);
        return new SsRow(kind, SsStates.ShortOf(socket.State), Text(socket.ReceiveQueue), Text(socket.SendQueue))
        {
            Local = socket.Name ?? "*", LocalPort = " " + Text(socket.Inode), Peer = peer ?? "*", PeerPort = " " + Text(socket.Peer), Details = string.Join(' ', parts),
        };
    }

    public SsRow Of(DiagnosedNetlinkSocket socket)
    {
        string protocol = socket.Protocol switch { NetlinkProtocol.NETLINK_ROUTE => "rtnl", NetlinkProtocol.NETLINK_SOCK_DIAG => "tcpdiag", var number => Text(number) };
        return new SsRow("nl", SsStates.ShortOf(SsStates.Unconnected), Text(socket.ReceiveQueue), "0")
        {
            Local = protocol, LocalPort = ":" + (socket.Port == 0 ? "kernel" : Text((int)socket.Port)), Peer = "", PeerPort = "*", Details = users?.Of(socket.Inode) ?? "",
            Internals = options.TellsMemory ? " " + MemoryOf(socket.Memory) : null,
        };
    }

    private string? InternalsOf(DiagnosedSocket socket, string kind)
    {
        if (!options.TellsInternals && !options.TellsMemory) return null;
        string memory = options.TellsMemory ? MemoryOf(socket.Memory) : "", internals = options.TellsInternals && kind == "tcp" ? SsInternals.Of(socket) : "";
        return memory.Length == 0 || internals.Length == 0 ? $" {memory}{internals}" : $" {memory} {internals}";
    }

    private string DetailsOf(DiagnosedSocket socket)
    {
        var parts = new List<string>();
        if (users?.Of(socket.Inode) is { } owners) parts.Add(owners);
        if (options.TellsTimers && socket.Timer != 0) parts.Add($"timer:({Timers[Math.Min(socket.Timer, Timers.Length - 1)]},{Duration(socket.ExpiresMilliseconds)},{Text(socket.Retransmissions)})");
        if (!options.TellsDetails) return string.Join(' ', parts);
        if (socket.UserId != 0) parts.Add($"uid:{Text(socket.UserId)}");
        parts.Add($"ino:{Text(socket.Inode)}");
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"sk:{socket.Cookie:x}"));
        if (socket.Mark is { } mark and not 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"fwmark:0x{mark:x}"));
        if (socket.IsIPv6Only is { } only) parts.Add(only ? "v6only:1" : "v6only:0");
        parts.Add(Arrow(socket.Shut));
        return string.Join(' ', parts);
    }

    private static void AddDetails(List<string> parts, DiagnosedUnixSocket socket)
    {
        const int MinorBits = 20;
        parts.Add(Arrow(socket.Shut));
        if (socket.File is { } file) parts.Add(string.Create(CultureInfo.InvariantCulture, $"ino:{file.Inode} dev:{file.Device >> MinorBits}/{file.Device & ((1 << MinorBits) - 1)}"));
        if (socket.State == 10) parts.Add(string.Join(' ', socket.Pending.Select(static peer => Text(peer)).Prepend("peers:")));
    }

    /// <summary>struct sk_meminfo in the words of ss.</summary>
    private static string MemoryOf(IReadOnlyList<uint> memory)
    {
        string[] names = ["r", "rb", "t", "tb", "f", "w", "o", "bl", "d"];
        return memory.Count == 0 ? "" : $"skmem:({string.Join(',', names.Zip(memory, static (name, value) => name + Text(value)))})";
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

    private static string HostOf(InetAddress address) => address.Family == AddressFamily.Inet6 ? $"[{IpText.TextOf(address)}]" : IpText.TextOf(address);

    private static string PortOf(ushort port) => port == 0 ? "*" : Text(port);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
