using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>
/// Reads an expression of ss(8): <c>dst</c>, <c>src</c>, <c>dport</c>, <c>sport</c>, <c>dev</c>, <c>fwmark</c> and <c>autobound</c>, with <c>and</c>, <c>or</c>, <c>not</c> and parentheses. Two conditions side by side
/// are both asked for; <c>or</c> binds the least.
/// </summary>
internal sealed class SsFilterParser(SsFilterText text, bool isUnix, HostProcess process)
{
    private const string UnixPrefix = "unix:";

    private enum Comparison
    {
        Equal,
        NotEqual,
        AtLeast,
        AtMost,
        Above,
        Below,
    }

    /// <summary>The only family that an address of the expression leaves; unspecified for any.</summary>
    public AddressFamily Family { get; private set; }

    public SsFilter Parse()
    {
        SsFilter filter = ParseEither();
        return text.Peek().Length == 0 ? filter : throw text.WrongNext("there is no parenthesis to close");
    }

    private SsFilter ParseEither()
    {
        SsFilter left = ParseBoth();
        while (text.TryTake("or", "|", "||")) left = new SsFilter.Either(left, ParseBoth());
        return left;
    }

    private SsFilter ParseBoth()
    {
        SsFilter left = ParseOne();
        while (text.Peek() is not ("" or ")" or "or" or "|" or "||"))
        {
            text.TryTake("and", "&", "&&");
            left = new SsFilter.Both(left, ParseOne());
        }
        return left;
    }

    private SsFilter ParseOne()
    {
        if (text.TryTake("not", "!")) return new SsFilter.Inverse(ParseOne());
        string word = text.Next();
        switch (word)
        {
            case "(":
                SsFilter inner = ParseEither();
                return text.TryTake(")") ? inner : throw text.WrongNext("a closing parenthesis is missing");
            case "src" or "dst":
                return ParseHost(word == "dst");
            case "sport" or "dport":
                return ParsePort(word == "dport");
            case "dev":
                return ParseDevice();
            case "fwmark":
                return ParseMark();
            case "autobound":
                return AutomaticName();
            default:
                throw text.Wrong(word.Length == 0 ? "a condition is missing" : "src, dst, sport, dport, dev, fwmark, autobound, not or a parenthesis is expected");
        }
    }

    private Comparison ParseComparison(bool hasOrder) => text.Peek() switch
    {
        "=" or "==" or "eq" => Take(Comparison.Equal),
        "!=" or "ne" or "neq" => Take(Comparison.NotEqual),
        ">=" or "ge" or "geq" when hasOrder => Take(Comparison.AtLeast),
        "<=" or "le" or "leq" when hasOrder => Take(Comparison.AtMost),
        ">" or "gt" when hasOrder => Take(Comparison.Above),
        "<" or "lt" when hasOrder => Take(Comparison.Below),
        "<" or ">" or "<=" or ">=" => throw text.WrongNext("this has no order: only = and != compare it"),
        _ => Comparison.Equal,
    };

    private Comparison Take(Comparison comparison)
    {
        text.Next();
        return comparison;
    }

    private static SsFilter Invert(SsFilter filter, bool inverts) => inverts ? new SsFilter.Inverse(filter) : filter;

    private SsFilter ParsePort(bool isPeer)
    {
        Comparison comparison = ParseComparison(hasOrder: true);
        string value = text.NextValue("a port");
        uint port = PortOf(value.StartsWith("*:", StringComparison.Ordinal) ? value[2..] : value.TrimStart(':'));
        return comparison switch
        {
            Comparison.AtLeast => AtLeast(isPeer, port),
            Comparison.Below => new SsFilter.Inverse(AtLeast(isPeer, port)),
            Comparison.AtMost => AtMost(isPeer, port),
            Comparison.Above => new SsFilter.Inverse(AtMost(isPeer, port)),
            _ => Invert(ExactPort(isPeer, port), comparison == Comparison.NotEqual),
        };
    }

    // A number that is no port is one of a local socket; no socket of the internet has it.
    private static SsFilter.Ports ExactPort(bool isPeer, uint port) => new(isPeer, port, port,
        port > ushort.MaxValue ? DiagnosticFilter.Everything.Not() : isPeer ? DiagnosticFilter.RemotePort((ushort)port) : DiagnosticFilter.LocalPort((ushort)port));

    private static SsFilter.Ports AtLeast(bool isPeer, uint port) => new(isPeer, port, uint.MaxValue,
        port > ushort.MaxValue ? DiagnosticFilter.Everything.Not() : isPeer ? DiagnosticFilter.RemotePortAtLeast((ushort)port) : DiagnosticFilter.LocalPortAtLeast((ushort)port));

    private static SsFilter.Ports AtMost(bool isPeer, uint port) => new(isPeer, 0, port,
        port > ushort.MaxValue ? DiagnosticFilter.Everything : isPeer ? DiagnosticFilter.RemotePortAtMost((ushort)port) : DiagnosticFilter.LocalPortAtMost((ushort)port));

    private uint PortOf(string word)
    {
        if (uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out uint port)) return port;
        return process.Names.Services.ByName(word)?.Port ?? throw text.Wrong("a port is expected, such as :80 or :http");
    }

    private SsFilter ParseHost(bool isPeer)
    {
        bool inverts = ParseComparison(hasOrder: false) == Comparison.NotEqual;
        string value = text.NextValue("an address");
        bool isNamed = value.StartsWith(UnixPrefix, StringComparison.Ordinal);
        if (isUnix || isNamed)
        {
            Family = AddressFamily.Unix;
            return Invert(new SsFilter.Name(isPeer, isNamed ? value[UnixPrefix.Length..] : value), inverts);
        }
        foreach ((string prefix, AddressFamily family) in new[] { ("inet:", AddressFamily.Inet), ("inet6:", AddressFamily.Inet6) })
        {
            if (!value.StartsWith(prefix, StringComparison.Ordinal)) continue;
            value = value[prefix.Length..];
            Family = family;
        }
        return Invert(HostCondition(isPeer, value), inverts);
    }

    private SsFilter HostCondition(bool isPeer, string value)
    {
        (string address, string? port) = Split(value);
        ushort? number = port is null or "*" ? null : PortOf(port) is var wide and <= ushort.MaxValue ? (ushort)wide : throw text.Wrong("a port is below 65536");
        if (address is "" or "*" or "any") return number is { } only ? ExactPort(isPeer, only) : new SsFilter.Anything();
        int slash = address.IndexOf('/', StringComparison.Ordinal);
        string host = (slash < 0 ? address : address[..slash]).Trim('[', ']');
        AddressFamily family = host.Contains(':', StringComparison.Ordinal) ? AddressFamily.Inet6 : AddressFamily.Inet;
        int longest = family == AddressFamily.Inet6 ? 128 : 32, length = longest;
        bool fits = slash < 0 || int.TryParse(address.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= longest;
        if (!fits || !InetText.TryParse(family, host, stackalloc byte[16])) throw text.Wrong("an address is expected, such as 10.0.0.1, 10.0.0.0/24, [fd00::1]:80 or *");
        var parsed = new InetAddress(host, 0);
        return new SsFilter.OfInternet(isPeer ? DiagnosticFilter.Remote(parsed, length, number) : DiagnosticFilter.Local(parsed, length, number));
    }

    /// <summary>Parts an address from its port. One of IPv6 has brackets where a port follows; without them all of it is the address.</summary>
    private static (string Address, string? Port) Split(string value)
    {
        int close = value.IndexOf(']', StringComparison.Ordinal);
        int colon = value.LastIndexOf(':');
        if (colon < close || colon < 0) return (value, null);
        bool isBare = close < 0 && value.IndexOf(':', StringComparison.Ordinal) != colon;
        return isBare ? (value, null) : (value[..colon], value[(colon + 1)..]);
    }

    /// <summary>A port that the system has chosen for its own from those that it chooses from: an accepted connection has its listener's.</summary>
    private SsFilter.AutomaticName AutomaticName()
    {
        string[] range = process.Files.ReadText("/proc/sys/net/ipv4/ip_local_port_range")?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        DiagnosticFilter filter = DiagnosticFilter.AutomaticPort;
        if (range.Length != 2 || !ushort.TryParse(range[0], CultureInfo.InvariantCulture, out ushort least) || !ushort.TryParse(range[1], CultureInfo.InvariantCulture, out ushort most)) return new(filter);
        return new(filter.And(DiagnosticFilter.LocalPortAtLeast(least)).And(DiagnosticFilter.LocalPortAtMost(most)));
    }

    private SsFilter ParseDevice()
    {
        bool inverts = ParseComparison(hasOrder: false) == Comparison.NotEqual;
        string name = text.NextValue("an interface");
        int index = process.Sockets.InterfaceIndex(name);
        if (index == 0 && !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index)) throw text.Wrong("there is no such interface");
        return Invert(new SsFilter.OfInternet(DiagnosticFilter.Interface(index)), inverts);
    }

    private SsFilter ParseMark()
    {
        bool inverts = ParseComparison(hasOrder: false) == Comparison.NotEqual;
        string[] parts = text.NextValue("a mark").Split('/');
        uint mask = uint.MaxValue;
        if (parts.Length > 2 || !TryNumber(parts[0], out uint mark) || parts.Length == 2 && !TryNumber(parts[1], out mask)) throw text.Wrong("a mark is expected, such as 0x10 or 0x10/0xf0");
        return Invert(new SsFilter.OfInternet(DiagnosticFilter.Mark(mark, mask)), inverts);
    }

    private static bool TryNumber(string word, out uint number) => word.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
