using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Prints links, addresses, routes, neighbours and rules as ip(8) does.</summary>
internal sealed class IpText(TextWriter output, IpStyle style, IReadOnlyList<RtLink> links)
{
    private const uint Cloned = 0x200, OnLink = 4, Dead = 1, LinkDown = 16;

    public IpStyle Style => style;

    public IReadOnlyList<RtLink> Links => links;

    private string Break => style.IsOneLine ? "\\" : "\n";

    /// <summary>The link of a name.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public RtLink Find(string name) => links.FirstOrDefault(link => link.Name == name) ?? throw new ToolException(1, $"Device \"{name}\" does not exist.");

    public void Link(RtLink link)
    {
        if (style.IsBrief)
        {
            Line(FormattableString.Invariant($"{TitleOf(link),-16} {IpNames.OperationalState(link.OperationalState),-14} {LinkAddress(link.Address.Span)} <{IpNames.LinkFlags(link.Flags)}> "));
            return;
        }
        var text = new StringBuilder();
        AppendLink(text, link, tellsMode: true);
        if (style.HasStatistics) AppendStatistics(text, link.Statistics);
        Line(text);
    }

    public void LinkWithAddresses(RtLink link, IReadOnlyList<RtAddress> addresses)
    {
        if (style.Family != AddressFamily.Unspecified && addresses.Count == 0) return;
        if (style.IsBrief)
        {
            string all = string.Concat(addresses.Select(static address => FormattableString.Invariant($"{TextOf(address.Address)}/{address.PrefixLength} ")));
            Line(FormattableString.Invariant($"{TitleOf(link),-16} {IpNames.OperationalState(link.OperationalState),-14} {all}"));
            return;
        }
        var text = new StringBuilder();
        if (!style.IsOneLine)
        {
            AppendLink(text, link, tellsMode: false, tellsHardware: style.Family == AddressFamily.Unspecified);
            Line(text);
        }
        foreach (RtAddress address in addresses) Address(address, link);
    }

    public void Address(RtAddress address, RtLink? link)
    {
        var text = new StringBuilder();
        if (style.IsOneLine) Append(text, $"{address.Index}: {link?.Name}");
        Append(text, $"    {(address.Address.Family == AddressFamily.Inet ? "inet" : "inet6")} {TextOf(address.Address)}");
        if (address.Peer is { } peer) Append(text, $" peer {TextOf(peer)}");
        Append(text, $"/{address.PrefixLength}");
        if (address.Broadcast is { } broadcast) Append(text, $" brd {TextOf(broadcast)}");
        Append(text, $" scope {IpNames.Scope(address.Scope)} ");
        AppendFlags(text, address);
        text.Append(address.Label).Append(Break);
        Append(text, $"       valid_lft {Lifetime(address.ValidSeconds)} preferred_lft {Lifetime(address.PreferredSeconds)}");
        Line(text);
    }

    public void Route(RtRoute route, bool tellsTable)
    {
        var text = new StringBuilder();
        AppendWay(text, route, tellsTable && route.Table != 254);
        AppendRoute(text, route);
        Line(text);
    }

    /// <summary>The way to one destination.</summary>
    public void Way(RtRoute route)
    {
        var text = new StringBuilder();
        AppendWay(text, route, tellsTable: route.Table is not (254 or 0));
        if (route.Family == AddressFamily.Inet6 || (route.Flags & Cloned) == 0)
        {
            AppendRoute(text, route);
        }
        else
        {
            if (route.PreferredSource is { } source) Append(text, $"src {TextOf(source)} ");
            if (route.User is { } user) Append(text, $"uid {user} ");
            text.Append(Break).Append("    cache ");
            if ((route.Flags & 0x8000_0000) != 0) text.Append("<local> ");
            if ((route.Flags & 0x1000_0000) != 0) text.Append("<brd> ");
            if ((route.Flags & 0x2000_0000) != 0) text.Append("<mc> ");
            AppendMtu(text, route);
        }
        Line(text);
    }

    public void Neighbor(RtNeighbor neighbor, bool tellsDevice = true)
    {
        var text = new StringBuilder();
        Append(text, $"{TextOf(neighbor.Address)} ");
        if (tellsDevice) Append(text, $"dev {NameOf(neighbor.Index)} ");
        if (!neighbor.LinkAddress.IsEmpty) Append(text, $"lladdr {LinkAddress(neighbor.LinkAddress.Span)} ");
        if ((neighbor.Flags & 0x80) != 0) text.Append("router ");
        Append(text, $"{IpNames.NeighborState(neighbor.State)} ");
        Line(text);
    }

    public void Rule(RtRule rule) => Line(FormattableString.Invariant($"{rule.Priority}:\tfrom all lookup {IpNames.Table(rule.Table)}"));

    /// <summary>A change, as <c>ip monitor</c> tells it.</summary>
    public void Event(RtEvent news)
    {
        if (news.IsDeletion) output.Write("Deleted ");
        if (news.Link is { } link) Link(link);
        else if (news.Address is { } address) EventAddress(address);
        else if (news.Route is { } route) Route(route, tellsTable: true);
        else if (news.Neighbor is { } neighbor) Neighbor(neighbor);
    }

    public static string TextOf(InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return InetText.Format(address.Family, bytes[..address.WriteAddress(bytes)]);
    }

    private void EventAddress(RtAddress address)
    {
        if (!style.IsOneLine) output.Write(string.Create(CultureInfo.InvariantCulture, $"{address.Index}: {NameOf(address.Index)}"));
        Address(address, links.FirstOrDefault(link => link.Index == address.Index));
    }

    private void AppendLink(StringBuilder text, RtLink link, bool tellsMode, bool tellsHardware = true)
    {
        Append(text, $"{link.Index}: {TitleOf(link)}: <{IpNames.LinkFlags(link.Flags)}> mtu {link.Mtu} ");
        if (link.QueueingDiscipline is { } discipline) Append(text, $"qdisc {discipline} ");
        Append(text, $"state {IpNames.OperationalState(link.OperationalState)} ");
        if (tellsMode) text.Append("mode DEFAULT ");
        Append(text, $"group {(link.Group == 0 ? "default" : link.Group.ToString(CultureInfo.InvariantCulture))} ");
        if (link.QueueLength != 0) Append(text, $"qlen {link.QueueLength}");
        if (!tellsHardware) return;
        Append(text, $"{Break}    link/{IpNames.Hardware(link.HardwareType)} ");
        if (!link.Address.IsEmpty) text.Append(LinkAddress(link.Address.Span));
        if (!link.Broadcast.IsEmpty) Append(text, $" {((link.Flags & 0x10) != 0 ? "peer" : "brd")} {LinkAddress(link.Broadcast.Span)}");
    }

    private void AppendStatistics(StringBuilder text, IReadOnlyList<ulong> counters)
    {
        if (counters.Count < 12) return;
        Append(text, $"{Break}    RX:  bytes packets errors dropped  missed   mcast           {Break}");
        Append(text, $"    {counters[2],10} {counters[0],7} {counters[4],6} {counters[6],7} {0,7} {counters[8],7} {Break}");
        Append(text, $"    TX:  bytes packets errors dropped carrier collsns           {Break}");
        Append(text, $"    {counters[3],10} {counters[1],7} {counters[5],6} {counters[7],7} {0,7} {counters[9],7} ");
    }

    /// <summary>Type, destination, source, gateway, link, table.</summary>
    private void AppendWay(StringBuilder text, RtRoute route, bool tellsTable)
    {
        if (route.Type != 1) Append(text, $"{IpNames.RouteType(route.Type)} ");
        int whole = route.Family == AddressFamily.Inet ? 32 : 128;
        if (route.Destination is not { } destination) text.Append("default ");
        else if (route.PrefixLength == whole) Append(text, $"{TextOf(destination)} ");
        else Append(text, $"{TextOf(destination)}/{route.PrefixLength} ");
        if (route.Source is { } from) Append(text, $"from {TextOf(from)} ");
        if (route.Gateway is { } gateway) Append(text, $"via {TextOf(gateway)} ");
        if (route.Index != 0) Append(text, $"dev {NameOf(route.Index)} ");
        if (tellsTable) Append(text, $"table {IpNames.Table(route.Table)} ");
    }

    private static void AppendRoute(StringBuilder text, RtRoute route)
    {
        if (route.Protocol is not (0 or 3)) Append(text, $"proto {IpNames.Protocol(route.Protocol)} ");
        if (route.Scope != 0) Append(text, $"scope {IpNames.Scope(route.Scope)} ");
        if (route.PreferredSource is { } source) Append(text, $"src {TextOf(source)} ");
        if (route.Metric != 0 || route.Family == AddressFamily.Inet6) Append(text, $"metric {route.Metric} ");
        if ((route.Flags & Dead) != 0) text.Append("dead ");
        if ((route.Flags & OnLink) != 0) text.Append("onlink ");
        if ((route.Flags & LinkDown) != 0) text.Append("linkdown ");
        AppendMtu(text, route);
        if (route.Preference is { } preference) Append(text, $"pref {preference switch { 1 => "high", 3 => "low", _ => "medium" }}");
    }

    private static void AppendMtu(StringBuilder text, RtRoute route)
    {
        if (route.Mtu != 0) Append(text, $"mtu {(route.IsMtuLocked ? "lock " : "")}{route.Mtu} ");
    }

    private static void AppendFlags(StringBuilder text, RtAddress address)
    {
        if ((address.Flags & 0x01) != 0) text.Append(address.Address.Family == AddressFamily.Inet ? "secondary " : "temporary ");
        if ((address.Flags & 0x40) != 0) text.Append("tentative ");
        if ((address.Flags & 0x20) != 0) text.Append("deprecated ");
        if ((address.Flags & 0x08) != 0) text.Append("dadfailed ");
        if ((address.Flags & 0x80) == 0) text.Append("dynamic ");
        if ((address.Flags & 0x02) != 0) text.Append("nodad ");
        if ((address.Flags & 0x100) != 0) text.Append("mngtmpaddr ");
        if ((address.Flags & 0x800) != 0) text.Append("stable-privacy ");
        if ((address.Flags & 0x04) != 0) text.Append("optimistic ");
        if ((address.Flags & 0x200) != 0) text.Append("noprefixroute ");
    }

    private static string Lifetime(uint seconds) => seconds == RtAddress.Forever ? "forever" : string.Create(CultureInfo.InvariantCulture, $"{seconds}sec");

    private static string LinkAddress(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes) is var digits && digits.Length == 12
        ? $"{digits[..2]}:{digits[2..4]}:{digits[4..6]}:{digits[6..8]}:{digits[8..10]}:{digits[10..]}"
        : digits;

    /// <summary>The name, and the link that it stands on where there is one: in another namespace by its index.</summary>
    private string TitleOf(RtLink link)
        => link.Parent == 0 ? link.Name : link.IsParentElsewhere ? string.Create(CultureInfo.InvariantCulture, $"{link.Name}@if{link.Parent}") : $"{link.Name}@{NameOf(link.Parent)}";

    private string NameOf(int index) => links.FirstOrDefault(link => link.Index == index)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"if{index}");

    private void Line(string text) => output.WriteLine(text);

    private void Line(StringBuilder text)
    {
        foreach (string line in text.ToString().Split('\n')) output.WriteLine(line);
    }

    private static void Append(StringBuilder text, FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture));
}
