using System.Globalization;

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

    public static string LinkFlags(uint flags)
    {
        const uint Up = 1, Running = 0x40;
        IEnumerable<string> names = Flags.Where(flag => (flags & flag.Bit) != 0).Select(static flag => flag.Name);
        return string.Join(',', (flags & (Up | Running)) == Up ? names.Prepend("NO-CARRIER") : names);
    }

    public static string OperationalState(int state) => state < States.Length ? States[state] : Text(state);

    public static string Hardware(int type) => type switch { 1 => "ether", 772 => "loopback", 0xFFFE => "none", _ => $"[{Text(type)}]" };

    public static string Scope(int scope) => scope switch { 0 => "global", 200 => "site", 253 => "link", 254 => "host", 255 => "nowhere", _ => Text(scope) };

    public static string Protocol(int protocol) => protocol switch { 1 => "redirect", 2 => "kernel", 3 => "boot", 4 => "static", 9 => "ra", 16 => "dhcp", _ => Text(protocol) };

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

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
