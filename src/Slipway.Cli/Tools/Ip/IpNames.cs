using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The names that ip has for numbers (/etc/iproute2 and linux/if.h).</summary>
internal static class IpNames
{
    // In the order in which ip prints them; running without UP's cable is NO-CARRIER.
    private static readonly (uint Bit, string Name)[] Flags =
    [
        (0x8, "LOOPBACK"), (0x2, "BROADCAST"), (0x10, "POINTOPOINT"), (0x1000, "MULTICAST"), (0x80, "NOARP"), (0x200, "ALLMULTI"), (0x100, "PROMISC"), (0x1, "UP"), (0x10000, "LOWER_UP"),
    ];

    private static readonly string[] States = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"];

    // In the order in which ip prints them. That of "dynamic" says that it is not so.
    private static readonly (uint Bit, string Name)[] s_addressFlags =
    [
        (0x1, "secondary"), (0x2, "nodad"), (0x4, "optimistic"), (0x8, "dadfailed"), (0x10, "home"), (0x20, "deprecated"), (0x40, "tentative"), (0x80, "dynamic"), (0x100, "mngtmpaddr"), (0x200, "noprefixroute"),
        (0x400, "autojoin"), (0x800, "stable-privacy"),
    ];

    private static readonly (uint Bit, string Name)[] s_routeFlags = [(1, "dead"), (4, "onlink"), (2, "pervasive"), (16, "linkdown")];
    private static readonly (uint Bit, string Name)[] s_cacheFlags = [(0x8000_0000, "local"), (0x1000_0000, "brd"), (0x2000_0000, "mc")];

    public static IEnumerable<string> LinkFlags(uint flags)
    {
        const uint Up = 1, Running = 0x40;
        IEnumerable<string> names = Of(Flags, flags);
        return (flags & (Up | Running)) == Up ? names.Prepend("NO-CARRIER") : names;
    }

    public static IEnumerable<string> AddressFlags(RtAddress address)
    {
        const uint Permanent = 0x80;
        return Of(s_addressFlags, address.Flags ^ Permanent).Select(name => name == "secondary" && address.Address.Family == AddressFamily.Inet6 ? "temporary" : name);
    }

    /// <summary>Of next hops.</summary>
    public static IEnumerable<string> RouteFlags(uint flags) => Of(s_routeFlags, flags);

    /// <summary>Of the way to one destination.</summary>
    public static IEnumerable<string> CacheFlags(uint flags) => Of(s_cacheFlags, flags);

    public static string Group(int group) => group == 0 ? "default" : Text(group);

    public static string Preference(int preference) => preference switch { 1 => "high", 3 => "low", _ => "medium" };

    public static string LinkAddress(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes) is var digits && digits.Length == 12
        ? $"{digits[..2]}:{digits[2..4]}:{digits[4..6]}:{digits[6..8]}:{digits[8..10]}:{digits[10..]}"
        : digits;

    private static IEnumerable<string> Of((uint Bit, string Name)[] names, uint bits) => names.Where(name => (bits & name.Bit) != 0).Select(static name => name.Name);

    public static string OperationalState(int state) => state < States.Length ? States[state] : Text(state);

    public static string Hardware(int type) => type switch { 1 => "ether", 772 => "loopback", 0xFFFE => "none", _ => $"[{Text(type)}]" };

    public static string Scope(int scope) => scope switch { 0 => "global", 200 => "site", 253 => "link", 254 => "host", 255 => "nowhere", _ => Text(scope) };

    public static string Protocol(int protocol) => protocol switch { 1 => "redirect", 2 => "kernel", 3 => "boot", 4 => "static", 9 => "ra", 16 => "dhcp", _ => Text(protocol) };

    /// <summary>A scope by its name or number; null for all.</summary>
    public static int? Scope(string name) => name switch { "all" => null, "global" => 0, "site" => 200, "link" => 253, "host" => 254, "nowhere" => 255, _ => Number(name, "scope") };

    /// <summary>A protocol by its name or number; null for all.</summary>
    public static int? Protocol(string name) => name switch { "all" => null, "redirect" => 1, "kernel" => 2, "boot" => 3, "static" => 4, "ra" => 9, "dhcp" => 16, _ => Number(name, "protocol") };

    public static string RouteType(int type) => type switch
    {
        1 => "unicast", 2 => "local", 3 => "broadcast", 4 => "anycast", 5 => "multicast", 6 => "blackhole", 7 => "unreachable", 8 => "prohibit", _ => Text(type),
    };

    public static int? RouteType(string name) => Enumerable.Range(1, 8).Where(type => RouteType(type) == name).Select(static type => (int?)type).FirstOrDefault();

    public static string Table(int table) => table switch { 253 => "default", 254 => "main", 255 => "local", _ => Text(table) };

    /// <summary>A table by its name or number; 0 is all.</summary>
    public static int Table(string name) => name switch
    {
        "all" => 0,
        "default" => 253,
        "main" => 254,
        "local" => 255,
        _ => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw ToolWords.Wrong($"Error: argument \"{name}\" is wrong: table id value is invalid"),
    };

    public static string NeighborState(int state) => state switch
    {
        1 => "INCOMPLETE", 2 => "REACHABLE", 4 => "STALE", 8 => "DELAY", 16 => "PROBE", 32 => "FAILED", 64 => "NOARP", 128 => "PERMANENT", _ => "NONE",
    };

    public static int? NeighborState(string name) => name switch { "permanent" => 128, "reachable" => 2, "stale" => 4, "delay" => 8, "probe" => 16, _ => null };

    private static int Number(string word, string what) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= byte.MaxValue
        ? number
        : throw ToolWords.Wrong($"Error: argument \"{word}\" is wrong: invalid \"{what}\" value");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
