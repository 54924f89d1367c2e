using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Prints links, addresses, routes, neighbours and rules as ip(8) does.</summary>
internal sealed class IpText(TextWriter output, IpStyle style, IReadOnlyList<RtLink> links) : IpOutput(style, links)
{
    private string Break => Style.IsOneLine ? "\\" : "\n";

    public override void Link(RtLink link)
    {
        if (Style.IsBrief)
        {
            Line(FormattableString.Invariant($"{TitleOf(link),-16} {IpNames.OperationalState(link.OperationalState),-14} {IpNames.LinkAddress(link.Address.Span)} <{string.Join(',', IpNames.LinkFlags(link.Flags))}> "));
            return;
        }
        var text = new StringBuilder();
        AppendLink(text, link, tellsMode: true);
        if (Style.HasStatistics) AppendStatistics(text, link.Statistics);
        Line(text);
    }

    public override void LinkWithAddresses(RtLink link, IReadOnlyList<RtAddress> addresses)
    {
        if (Style.Family != AddressFamily.Unspecified && addresses.Count == 0) return;
        if (Style.IsBrief)
        {
            string all = string.Concat(addresses.Select(static address => FormattableString.Invariant($"{TextOf(address.Address)}/{address.PrefixLength} ")));
            Line(FormattableString.Invariant($"{TitleOf(link),-16} {IpNames.OperationalState(link.OperationalState),-14} {all}"));
            return;
        }
        var text = new StringBuilder();
        if (!Style.IsOneLine)
        {
            AppendLink(text, link, tellsMode: false, tellsHardware: Style.Family == AddressFamily.Unspecified);
            Line(text);
        }
        foreach (RtAddress address in addresses) Address(address, link);
    }

    public void Address(RtAddress address, RtLink? link)
    {
        var text = new StringBuilder();
        if (Style.IsOneLine) Append(text, $"{address.Index}: {link?.Name}");
        Append(text, $"    {(address.Address.Family == AddressFamily.Inet ? "inet" : "inet6")} {TextOf(address.Address)}");
        if (address.Peer is { } peer) Append(text, $" peer {TextOf(peer)}");
        Append(text, $"/{address.PrefixLength}");
        if (address.Broadcast is { } broadcast) Append(text, $" brd {TextOf(broadcast)}");
        Append(text, $" scope {IpNames.Scope(address.Scope)} ");
        foreach (string flag in IpNames.AddressFlags(address)) Append(text, $"{flag} ");
        text.Append(address.Label).Append(Break);
        Append(text, $"       valid_lft {Lifetime(address.ValidSeconds)} preferred_lft {Lifetime(address.PreferredSeconds)}");
        Line(text);
    }

    public override void Route(RtRoute route, IpRouteFields shown)
    {
        var text = new StringBuilder();
        AppendWay(text, route, (shown & IpRouteFields.Table) != 0 && route.Table != 254, shown);
        AppendRoute(text, route, shown);
        Line(text);
    }

    /// <summary>The way to one destination.</summary>
    public override void Way(RtRoute route)
    {
        var text = new StringBuilder();
        AppendWay(text, route, tellsTable: route.Table is not (254 or 0), IpRouteFields.All);
        if (route.Family == AddressFamily.Inet6 || (route.Flags & Cloned) == 0)
        {
            AppendRoute(text, route, IpRouteFields.All);
        }
        else
        {
            if (route.PreferredSource is { } source) Append(text, $"src {TextOf(source)} ");
            if (route.User is { } user) Append(text, $"uid {user} ");
            text.Append(Break).Append("    cache ");
            foreach (string flag in IpNames.CacheFlags(route.Flags)) Append(text, $"<{flag}> ");
            AppendMtu(text, route);
        }
        Line(text);
    }

    public override void Neighbor(RtNeighbor neighbor, bool tellsDevice = true)
    {
        var text = new StringBuilder();
        Append(text, $"{TextOf(neighbor.Address)} ");
        if (tellsDevice) Append(text, $"dev {NameOf(neighbor.Index)} ");
        if (!neighbor.LinkAddress.IsEmpty) Append(text, $"lladdr {IpNames.LinkAddress(neighbor.LinkAddress.Span)} ");
        if ((neighbor.Flags & 0x80) != 0) text.Append("router ");
        Append(text, $"{IpNames.NeighborState(neighbor.State)} ");
        Line(text);
    }

    public override void Rule(RtRule rule) => Line(FormattableString.Invariant($"{rule.Priority}:\tfrom all lookup {IpNames.Table(rule.Table)}"));

    /// <summary>A change, as <c>ip monitor</c> tells it.</summary>
    public void Event(RtEvent news)
    {
        if (news.IsDeletion) output.Write("Deleted ");
        if (news.Link is { } link) Link(link);
        else if (news.Address is { } address) EventAddress(address);
        else if (news.Route is { } route) Route(route, IpRouteFields.All);
        else if (news.Neighbor is { } neighbor) Neighbor(neighbor);
    }

    public static string TextOf(InetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return InetText.Format(address.Family, bytes[..address.WriteAddress(bytes)]);
    }

    private void EventAddress(RtAddress address)
    {
        if (!Style.IsOneLine) output.Write(string.Create(CultureInfo.InvariantCulture, $"{address.Index}: {NameOf(address.Index)}"));
        Address(address, Links.FirstOrDefault(link => link.Index == address.Index));
    }

    private void AppendLink(StringBuilder text, RtLink link, bool tellsMode, bool tellsHardware = true)
    {
        Append(text, $"{link.Index}: {TitleOf(link)}: <{string.Join(',', IpNames.LinkFlags(link.Flags))}> mtu {link.Mtu} ");
        if (link.QueueingDiscipline is { } discipline) Append(text, $"qdisc {discipline} ");
        Append(text, $"state {IpNames.OperationalState(link.OperationalState)} ");
        if (tellsMode) text.Append("mode DEFAULT ");
        Append(text, $"group {IpNames.Group(link.Group)} ");
        if (link.QueueLength != 0) Append(text, $"qlen {link.QueueLength}");
        if (!tellsHardware) return;
        Append(text, $"{Break}    link/{IpNames.Hardware(link.HardwareType)} ");
        if (!link.Address.IsEmpty) text.Append(IpNames.LinkAddress(link.Address.Span));
        if (!link.Broadcast.IsEmpty) Append(text, $" {((link.Flags & 0x10) != 0 ? "peer" : "brd")} {IpNames.LinkAddress(link.Broadcast.Span)}");
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
    private void AppendWay(StringBuilder text, RtRoute route, bool tellsTable, IpRouteFields shown)
    {
        if (route.Type != 1) Append(text, $"{IpNames.RouteType(route.Type)} ");
        int whole = route.Family == AddressFamily.Inet ? 32 : 128;
        if (route.Destination is not { } destination) text.Append("default ");
        else if (route.PrefixLength == whole) Append(text, $"{TextOf(destination)} ");
        else Append(text, $"{TextOf(destination)}/{route.PrefixLength} ");
        if (route.Source is { } from) Append(text, $"from {TextOf(from)} ");
        if (route.Gateway is { } gateway && (shown & IpRouteFields.Gateway) != 0) Append(text, $"via {TextOf(gateway)} ");
        if (route.Index != 0 && (shown & IpRouteFields.Device) != 0) Append(text, $"dev {NameOf(route.Index)} ");
        if (tellsTable) Append(text, $"table {IpNames.Table(route.Table)} ");
    }

    private static void AppendRoute(StringBuilder text, RtRoute route, IpRouteFields shown)
    {
        if (route.Protocol is not (0 or 3) && (shown & IpRouteFields.Protocol) != 0) Append(text, $"proto {IpNames.Protocol(route.Protocol)} ");
        if (route.Scope != 0 && (shown & IpRouteFields.Scope) != 0) Append(text, $"scope {IpNames.Scope(route.Scope)} ");
        if (route.PreferredSource is { } source && (shown & IpRouteFields.Source) != 0) Append(text, $"src {TextOf(source)} ");
        if (route.Metric != 0 || route.Family == AddressFamily.Inet6) Append(text, $"metric {route.Metric} ");
        foreach (string flag in IpNames.RouteFlags(route.Flags)) Append(text, $"{flag} ");
        AppendMtu(text, route);
        if (route.Preference is { } preference) Append(text, $"pref {IpNames.Preference(preference)}");
    }

    private static void AppendMtu(StringBuilder text, RtRoute route)
    {
        if (route.Mtu != 0) Append(text, $"mtu {(route.IsMtuLocked ? "lock " : "")}{route.Mtu} ");
    }

    private static string Lifetime(uint seconds) => seconds == RtAddress.Forever ? "forever" : string.Create(CultureInfo.InvariantCulture, $"{seconds}sec");

    /// <summary>The name, and the link that it stands on where there is one: in another namespace by its index.</summary>
    private string TitleOf(RtLink link)
        => link.Parent == 0 ? link.Name : link.IsParentElsewhere ? string.Create(CultureInfo.InvariantCulture, $"{link.Name}@if{link.Parent}") : $"{link.Name}@{NameOf(link.Parent)}";

    private void Line(string text) => output.WriteLine(text);

    private void Line(StringBuilder text)
    {
        foreach (string line in text.ToString().Split('\n')) output.WriteLine(line);
    }

    private static void Append(StringBuilder text, FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture));
}
