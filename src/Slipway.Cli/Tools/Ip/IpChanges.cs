using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Cli;

/// <summary>The commands of ip that change something.</summary>
internal static class IpChanges
{
    private const int ScopeLink = 253, ScopeHost = 254, Boot = 3, Permanent = 128;

    public static void Address(NetlinkRoute network, IpOutput text, ToolWords words, string command)
    {
        (InetAddress address, int length) = words.Prefix("an address");
        var request = new RtAddress(0, address, length);
        bool isIPv4 = address.Family == AddressFamily.Inet;
        bool hasScope = false;
        while (words.TryNext(out string? word))
        {
            switch (word)
            {
                case "dev":
                    request = request with { Index = text.Find(words.Next("a device")).Index };
                    break;
                case "peer":
                    (InetAddress peer, int peerLength) = words.Prefix("an address");
                    request = request with { Peer = peer, PrefixLength = peerLength };
                    break;
                case "brd" or "broadcast":
                    string broadcast = words.Next("an address");
                    request = request with { Broadcast = broadcast == "+" ? LastOf(address, length) : new InetAddress(broadcast, 0) };
                    break;
                case "label":
                    request = request with { Label = words.Next("a label") };
                    break;
                case "metric":
                    request = request with { Metric = words.Number("a metric") };
                    break;
                case "scope":
                    request = request with { Scope = words.Next("a scope") switch { "global" => 0, "link" => ScopeLink, "host" => ScopeHost, var scope => throw ToolWords.Wrong($"invalid scope value \"{scope}\".") } };
                    hasScope = true;
                    break;
                case "nodad":
                    request = request with { Flags = request.Flags | 0x02 };
                    break;
                case "noprefixroute":
                    request = request with { Flags = request.Flags | 0x200 };
                    break;
                default:
                    throw ToolWords.Wrong($"Error: \"{word}\" is unknown.");
            }
        }
        if (request.Index == 0) throw ToolWords.Wrong("Not enough information: \"dev\" argument is required.");
        if (isIPv4 && !hasScope && address.IPv4Bits >> 24 == 127) request = request with { Scope = ScopeHost };
        if (command == "del") network.RemoveAddress(request);
        else network.AddAddress(request);
    }

    /// <summary>Removes all addresses of a link; those that others brought along go with them.</summary>
    public static void FlushAddresses(NetlinkRoute network, IpOutput text, ToolWords words)
    {
        _ = words.TryTake("dev", 3);
        RtLink link = text.Find(words.Next("a device"));
        foreach (RtAddress address in network.Addresses(text.Style.Family).Where(address => address.Index == link.Index))
        {
            try
            {
                network.RemoveAddress(address);
            }
            catch (NetlinkException gone) when (gone.Errno == Errno.EADDRNOTAVAIL)
            {
                // A secondary address goes with its primary one.
            }
        }
    }

    public static void Link(NetlinkRoute network, IpOutput text, ToolWords words)
    {
        _ = words.TryTake("dev", 3);
        RtLink link = text.Find(words.Next("a device"));
        bool? up = null;
        int? mtu = null, queueLength = null;
        byte[] address = [];
        while (words.TryNext(out string? word))
        {
            switch (word)
            {
                case "up" or "down":
                    up = word == "up";
                    break;
                case "mtu":
                    mtu = words.Number("an MTU");
                    break;
                case "txqueuelen" or "qlen" or "txqlen":
                    queueLength = words.Number("a length");
                    break;
                case "address":
                    address = LinkAddress(words.Next("a link-layer address"));
                    break;
                default:
                    throw ToolWords.Wrong($"Error: either \"dev\" is duplicate, or \"{word}\" is a garbage.");
            }
        }
        network.SetLink(link.Index, up, mtu, address, queueLength);
    }

    public static void Route(NetlinkRoute network, IpOutput text, ToolWords words, string command)
    {
        string first = words.Next("a destination");
        int type = 1;
        if (IpNames.RouteType(first) is { } given)
        {
            type = given;
            first = words.Next("a destination");
        }
        bool isDefault = first == "default";
        (InetAddress destination, int length) = isDefault ? default : new ToolWords([first]).Prefix("a destination");
        var route = new RtRoute(isDefault ? text.Style.Family : destination.Family, isDefault ? default(InetAddress?) : destination, length) { Type = type, Protocol = command == "del" ? 0 : Boot };
        bool hasScope = false;
        while (words.TryNext(out string? word))
        {
            route = word switch
            {
                "via" => WithGateway(route, words.Address("a gateway")),
                "dev" => route with { Index = text.Find(words.Next("a device")).Index },
                "src" => route with { PreferredSource = words.Address("an address") },
                "metric" => route with { Metric = words.Number("a metric") },
                "mtu" => words.TryTake("lock", 4) ? route with { IsMtuLocked = true, Mtu = words.Number("an MTU") } : route with { Mtu = words.Number("an MTU") },
                "table" => route with { Table = IpNames.Table(words.Next("a table")) },
                "proto" => route with { Protocol = words.Next("a protocol") switch { "static" => 4, "boot" => Boot, "kernel" => 2, var name => throw ToolWords.Wrong($"argument \"{name}\" is wrong: \"protocol\" value is invalid") } },
                "onlink" => route with { Flags = route.Flags | 4 },
                "scope" => route with { Scope = words.Next("a scope") switch { "global" => 0, "link" => ScopeLink, "host" => ScopeHost, var name => throw ToolWords.Wrong($"argument \"{name}\" is wrong: invalid \"scope\" value") } },
                _ => throw ToolWords.Wrong($"Error: either \"to\" is duplicate, or \"{word}\" is a garbage."),
            };
            hasScope |= word == "scope";
        }
        if (route.Family == AddressFamily.Unspecified) route = route with { Family = AddressFamily.Inet };
        // As ip(8) does: what has no gateway is on the link, and what is to be removed may have any scope.
        if (route.Family == AddressFamily.Inet && !hasScope) route = route with { Scope = command == "del" ? 255 : route.Type == 2 ? ScopeHost : route is { Type: 1, Gateway: null } ? ScopeLink : 0 };
        if (command == "del") network.RemoveRoute(route);
        else network.AddRoute(route, replace: command == "replace");
    }

    public static void Neighbor(NetlinkRoute network, IpOutput text, ToolWords words, string command)
    {
        var neighbor = new RtNeighbor(0, words.Address("an address")) { State = Permanent };
        while (words.TryNext(out string? word))
        {
            neighbor = word switch
            {
                "dev" => neighbor with { Index = text.Find(words.Next("a device")).Index },
                "lladdr" => neighbor with { LinkAddress = LinkAddress(words.Next("a link-layer address")) },
                "nud" => neighbor with { State = IpNames.NeighborState(words.Next("a state")) ?? throw ToolWords.Wrong("nud state is bad") },
                "router" => neighbor with { Flags = 0x80 },
                _ => throw ToolWords.Wrong($"Error: \"{word}\" is unknown."),
            };
        }
        if (neighbor.Index == 0) throw ToolWords.Wrong("Device and destination are required arguments.");
        if (command == "del") network.RemoveNeighbor(neighbor);
        else network.SetNeighbor(neighbor, isNew: command == "add");
    }

    private static RtRoute WithGateway(RtRoute route, InetAddress gateway)
        => route with { Gateway = gateway, Family = route.Family == AddressFamily.Unspecified ? gateway.Family : route.Family };

    private static byte[] LinkAddress(string text)
    {
        if (!MacAddress.TryParse(text, out MacAddress address)) throw ToolWords.Wrong($"\"{text}\" is invalid lladdr.");
        byte[] bytes = new byte[MacAddress.Length];
        address.Write(bytes);
        return bytes;
    }

    private static InetAddress LastOf(InetAddress address, int length) => InetAddress.IPv4(length >= 32 ? address.IPv4Bits : address.IPv4Bits | uint.MaxValue >> length, 0);
}
