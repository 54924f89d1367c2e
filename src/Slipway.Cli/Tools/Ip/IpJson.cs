using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Prints links, addresses, routes, neighbours and rules as <c>ip -j</c> does: one array of objects.</summary>
internal sealed class IpJson : IpOutput, IDisposable
{
    private readonly TextWriter _output;
    private readonly MemoryStream _bytes = new();
    private readonly Utf8JsonWriter _json;

    public IpJson(TextWriter output, IpStyle style, IReadOnlyList<RtLink> links) : base(style, links)
    {
        _output = output;
        _json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Indented = style.IsPretty, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartArray();
    }

    public override void Finish()
    {
        _json.WriteEndArray();
        _json.Flush();
        _output.WriteLine(Encoding.UTF8.GetString(_bytes.ToArray()));
    }

    public void Dispose()
    {
        _json.Dispose();
        _bytes.Dispose();
    }

    public override void Link(RtLink link)
    {
        _json.WriteStartObject();
        if (Style.IsBrief)
        {
            WriteTitle(link);
            _json.WriteString("operstate", IpNames.OperationalState(link.OperationalState));
            _json.WriteString("address", IpNames.LinkAddress(link.Address.Span));
            WriteFlags(link);
        }
        else
        {
            WriteLink(link, tellsMode: true, tellsHardware: true);
            if (Style.HasStatistics) WriteStatistics(link.Statistics);
        }
        _json.WriteEndObject();
    }

    public override void LinkWithAddresses(RtLink link, IReadOnlyList<RtAddress> addresses)
    {
        if (Style.Family != AddressFamily.Unspecified && addresses.Count == 0) return;
        _json.WriteStartObject();
        if (Style.IsBrief)
        {
            WriteTitle(link);
            _json.WriteString("operstate", IpNames.OperationalState(link.OperationalState));
        }
        else
        {
            WriteLink(link, tellsMode: false, tellsHardware: Style.Family == AddressFamily.Unspecified);
        }
        _json.WriteStartArray("addr_info");
        foreach (RtAddress address in addresses) WriteAddress(address);
        _json.WriteEndArray();
        if (Style is { HasStatistics: true, IsBrief: false }) WriteStatistics(link.Statistics);
        _json.WriteEndObject();
    }

    public override void Route(RtRoute route, IpRouteFields shown)
    {
        _json.WriteStartObject();
        WriteWay(route, (shown & IpRouteFields.Table) != 0 && route.Table != 254, shown);
        WriteRoute(route, shown);
        _json.WriteEndObject();
    }

    public override void Way(RtRoute route)
    {
        _json.WriteStartObject();
        WriteWay(route, tellsTable: route.Table is not (254 or 0), IpRouteFields.All);
        if (route.Family == AddressFamily.Inet6 || (route.Flags & Cloned) == 0)
        {
            WriteRoute(route, IpRouteFields.All);
        }
        else
        {
            if (route.PreferredSource is { } source) _json.WriteString("prefsrc", IpText.TextOf(source));
            WriteNames("flags", []);
            if (route.User is { } user) _json.WriteNumber("uid", user);
            WriteNames("cache", IpNames.CacheFlags(route.Flags));
            WriteMetrics(route);
        }
        _json.WriteEndObject();
    }

    public override void Neighbor(RtNeighbor neighbor, bool tellsDevice = true)
    {
        _json.WriteStartObject();
        _json.WriteString("dst", IpText.TextOf(neighbor.Address));
        if (tellsDevice) _json.WriteString("dev", NameOf(neighbor.Index));
        if (!neighbor.LinkAddress.IsEmpty) _json.WriteString("lladdr", IpNames.LinkAddress(neighbor.LinkAddress.Span));
        if ((neighbor.Flags & 0x80) != 0) _json.WriteNull("router");
        WriteNames("state", [IpNames.NeighborState(neighbor.State)]);
        _json.WriteEndObject();
    }

    public override void Rule(RtRule rule)
    {
        _json.WriteStartObject();
        _json.WriteNumber("priority", rule.Priority);
        _json.WriteString("src", "all");
        _json.WriteString("table", IpNames.Table(rule.Table));
        _json.WriteEndObject();
    }

    /// <summary>The name, behind the link that it stands on where there is one.</summary>
    private void WriteTitle(RtLink link)
    {
        if (link.Parent != 0 && link.IsParentElsewhere) _json.WriteNumber("link_index", link.Parent);
        else if (link.Parent != 0) _json.WriteString("link", NameOf(link.Parent));
        _json.WriteString("ifname", link.Name);
    }

    private void WriteFlags(RtLink link) => WriteNames("flags", IpNames.LinkFlags(link.Flags));

    private void WriteLink(RtLink link, bool tellsMode, bool tellsHardware)
    {
        _json.WriteNumber("ifindex", link.Index);
        WriteTitle(link);
        WriteFlags(link);
        _json.WriteNumber("mtu", link.Mtu);
        if (link.QueueingDiscipline is { } discipline) _json.WriteString("qdisc", discipline);
        _json.WriteString("operstate", IpNames.OperationalState(link.OperationalState));
        if (tellsMode) _json.WriteString("linkmode", "DEFAULT");
        _json.WriteString("group", IpNames.Group(link.Group));
        if (link.QueueLength != 0) _json.WriteNumber("txqlen", link.QueueLength);
        if (!tellsHardware) return;
        _json.WriteString("link_type", IpNames.Hardware(link.HardwareType));
        if (!link.Address.IsEmpty) _json.WriteString("address", IpNames.LinkAddress(link.Address.Span));
        if (link.Broadcast.IsEmpty) return;
        const uint PointToPoint = 0x10;
        if ((link.Flags & PointToPoint) != 0) _json.WriteBoolean("link_pointtopoint", true);
        _json.WriteString("broadcast", IpNames.LinkAddress(link.Broadcast.Span));
    }

    private void WriteStatistics(IReadOnlyList<ulong> counters)
    {
        if (counters.Count < 12) return;
        _json.WriteStartObject("stats64");
        WriteDirection("rx", counters, first: 0, "over_errors", "multicast", counters[8]);
        WriteDirection("tx", counters, first: 1, "carrier_errors", "collisions", counters[9]);
        _json.WriteEndObject();
    }

    private void WriteDirection(string name, IReadOnlyList<ulong> counters, int first, string lost, string last, ulong lastValue)
    {
        _json.WriteStartObject(name);
        _json.WriteNumber("bytes", counters[2 + first]);
        _json.WriteNumber("packets", counters[first]);
        _json.WriteNumber("errors", counters[4 + first]);
        _json.WriteNumber("dropped", counters[6 + first]);
        _json.WriteNumber(lost, 0);
        _json.WriteNumber(last, lastValue);
        _json.WriteEndObject();
    }

    private void WriteAddress(RtAddress address)
    {
        _json.WriteStartObject();
        bool isIPv4 = address.Address.Family == AddressFamily.Inet;
        if (!Style.IsBrief) _json.WriteString("family", isIPv4 ? "inet" : "inet6");
        _json.WriteString("local", IpText.TextOf(address.Address));
        if (address.Peer is { } peer) _json.WriteString("address", IpText.TextOf(peer));
        _json.WriteNumber("prefixlen", address.PrefixLength);
        if (!Style.IsBrief)
        {
            if (address.Broadcast is { } broadcast) _json.WriteString("broadcast", IpText.TextOf(broadcast));
            _json.WriteString("scope", IpNames.Scope(address.Scope));
            foreach (string flag in IpNames.AddressFlags(address)) _json.WriteBoolean(flag, true);
            if (address.Label is { } label) _json.WriteString("label", label);
            _json.WriteNumber("valid_life_time", address.ValidSeconds);
            _json.WriteNumber("preferred_life_time", address.PreferredSeconds);
        }
        _json.WriteEndObject();
    }

    private void WriteWay(RtRoute route, bool tellsTable, IpRouteFields shown)
    {
        if (route.Type != 1) _json.WriteString("type", IpNames.RouteType(route.Type));
        int whole = route.Family == AddressFamily.Inet ? 32 : 128;
        string destination = route.Destination is not { } address ? "default" : IpText.TextOf(address);
        _json.WriteString("dst", route.Destination is null || route.PrefixLength == whole ? destination : FormattableString.Invariant($"{destination}/{route.PrefixLength}"));
        if (route.Source is { } from) _json.WriteString("from", IpText.TextOf(from));
        if (route.Gateway is { } gateway && (shown & IpRouteFields.Gateway) != 0) _json.WriteString("gateway", IpText.TextOf(gateway));
        if (route.Index != 0 && (shown & IpRouteFields.Device) != 0) _json.WriteString("dev", NameOf(route.Index));
        if (tellsTable) _json.WriteString("table", IpNames.Table(route.Table));
    }

    private void WriteRoute(RtRoute route, IpRouteFields shown)
    {
        if (route.Protocol is not (0 or 3) && (shown & IpRouteFields.Protocol) != 0) _json.WriteString("protocol", IpNames.Protocol(route.Protocol));
        if (route.Scope != 0 && (shown & IpRouteFields.Scope) != 0) _json.WriteString("scope", IpNames.Scope(route.Scope));
        if (route.PreferredSource is { } source && (shown & IpRouteFields.Source) != 0) _json.WriteString("prefsrc", IpText.TextOf(source));
        if (route.Metric != 0 || route.Family == AddressFamily.Inet6) _json.WriteNumber("metric", route.Metric);
        WriteNames("flags", IpNames.RouteFlags(route.Flags));
        WriteMetrics(route);
        if (route.Preference is { } preference) _json.WriteString("pref", IpNames.Preference(preference));
    }

    private void WriteMetrics(RtRoute route)
    {
        if (route.Mtu == 0) return;
        _json.WriteStartArray("metrics");
        _json.WriteStartObject();
        _json.WriteNumber("mtu", route.Mtu);
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    private void WriteNames(string name, IEnumerable<string> names)
    {
        _json.WriteStartArray(name);
        foreach (string entry in names) _json.WriteStringValue(entry);
        _json.WriteEndArray();
    }
}
