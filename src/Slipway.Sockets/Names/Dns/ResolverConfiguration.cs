using System.Buffers.Binary;
using System.Globalization;

namespace Slipway.Sockets;

/// <summary>/etc/resolv.conf (resolv.conf(5)): which servers to ask, with which domains added, and how long to wait.</summary>
internal sealed class ResolverConfiguration
{
    public const string Path = "/etc/resolv.conf";

    private const int MaximumServers = 3, MaximumDots = 15, MaximumTimeout = 30, MaximumAttempts = 5;
    private const ushort Port = 53;

    /// <summary>At most three; 127.0.0.1 where the file names none.</summary>
    public List<InetAddress> Servers { get; } = [];

    /// <summary>Domains to try a short name in; the last <c>search</c> or <c>domain</c> line counts, else the host's own domain.</summary>
    public IReadOnlyList<string> Search { get; private set; } = [];

    /// <summary>A name with so many dots is tried as it is first.</summary>
    public int Dots { get; private set; } = 1;

    /// <summary>Seconds to wait for the first server.</summary>
    public int Timeout { get; private set; } = 5;

    /// <summary>How often the whole list is asked.</summary>
    public int Attempts { get; private set; } = 2;

    /// <summary>Begin with a random server.</summary>
    public bool Rotates { get; private set; }

    /// <summary>Ask over TCP only.</summary>
    public bool UsesTcp { get; private set; }

    /// <summary>Do not ask for IPv6 addresses where both families are wanted.</summary>
    public bool SkipsIPv6 { get; private set; }

    /// <summary>Reads the file; null stands for one that is missing.</summary>
    public static ResolverConfiguration Parse(string? text, string hostName, SocketSystem sockets)
    {
        var result = new ResolverConfiguration();
        int dot = hostName.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0 && dot < hostName.Length - 1) result.Search = [hostName[(dot + 1)..]];
        foreach (ReadOnlySpan<char> raw in (text ?? "").AsSpan().EnumerateLinesByFeed())
        {
            if (raw.IsEmpty || raw[0] is ';' or '#') continue; // here a comment is a whole line
            var fields = new DatabaseLine(raw);
            result.Apply(fields.ReadField(), fields.ReadAll(), sockets);
        }
        if (result.Servers.Count == 0) result.Servers.Add(InetAddress.LoopbackIPv4(Port));
        return result;
    }

    private void Apply(ReadOnlySpan<char> keyword, IReadOnlyList<string> values, SocketSystem sockets)
    {
        if (values.Count == 0) return;
        switch (keyword)
        {
            case "nameserver" when Servers.Count < MaximumServers && TryParseServer(values[0], sockets, out InetAddress server):
                Servers.Add(server);
                break;
            case "domain":
                Search = [values[0]];
                break;
            case "search":
                Search = values;
                break;
            case "options":
                foreach (string option in values) ApplyOption(option);
                break;
        }
    }

    private void ApplyOption(string option)
    {
        int colon = option.IndexOf(':', StringComparison.Ordinal);
        int value = colon >= 0 && int.TryParse(option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        switch (colon < 0 ? option : option[..colon])
        {
            case "ndots": Dots = Math.Min(value, MaximumDots); break;
            case "timeout": Timeout = Math.Min(value, MaximumTimeout); break;
            case "attempts": Attempts = Math.Min(value, MaximumAttempts); break;
            case "rotate": Rotates = true; break;
            case "use-vc": UsesTcp = true; break;
            case "no-aaaa": SkipsIPv6 = true; break;
        }
    }

    private static bool TryParseServer(string text, SocketSystem sockets, out InetAddress server)
    {
        server = default;
        if (InetText.TryParseLoose(text, out uint bits))
        {
            server = InetAddress.IPv4(bits, Port);
            return true;
        }
        int percent = text.IndexOf('%', StringComparison.Ordinal);
        Span<byte> bytes = stackalloc byte[16];
        if (!InetText.TryParse(AddressFamily.Inet6, percent < 0 ? text : text.AsSpan(0, percent), bytes)) return false;
        server = InetAddress.IPv6(bytes, Port);
        if (percent >= 0 && NumericHost.TryReadZone(text.AsSpan(percent + 1), server, sockets, out uint zone)) server = InetAddress.IPv6(bytes, Port, zone);
        return true;
    }
}
