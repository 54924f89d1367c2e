using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The ip of this house: addresses, links, routes, neighbours and rules of a host over rtnetlink, in the words and the format of ip(8).</summary>
internal static class IpTool
{
    private const string Usage = "usage: ip [-4|-6] [-o] [-br] [-s] {addr|link|route|neigh|rule|monitor} [show|add|del|replace|set|get] [words]";

    public static void Run(HostProcess process)
    {
        try
        {
            Run(process, new ToolWords(process.Arguments));
        }
        catch (ToolException failure)
        {
            process.Error.WriteLine(failure.Message);
            process.ExitCode = failure.ExitCode;
        }
        catch (NetlinkException refused)
        {
            process.Error.WriteLine(refused.Explanation is { } explanation ? $"Error: {explanation}." : $"RTNETLINK answers: {refused.Errno.Describe()}");
            process.ExitCode = 2;
        }
    }

    private static void Run(HostProcess process, ToolWords words)
    {
        var style = new IpStyle();
        string? word;
        while (words.TryNext(out word) && word.StartsWith('-')) style.Take(word);
        if (word is null) throw ToolWords.Wrong(Usage);
        using var network = new NetlinkRoute(process.Sockets);
        var text = new IpText(process.Out, style, network.Links());
        if (Is(word, "address")) Addresses(network, text, words);
        else if (Is(word, "link")) Links(network, text, words);
        else if (Is(word, "route")) Routes(network, text, words);
        else if (Is(word, "neighbour") || Is(word, "neighbor")) Neighbors(network, text, words);
        else if (Is(word, "rule")) Rules(network, text);
        else if (Is(word, "monitor")) Monitor(network, text);
        else throw ToolWords.Wrong($"Object \"{word}\" is unknown, try \"ip help\".");
    }

    private static bool Is(string word, string whole) => word.Length > 0 && whole.StartsWith(word, StringComparison.Ordinal);

    /// <summary>The command: <c>show</c> where none is given.</summary>
    private static string Command(ToolWords words, params ReadOnlySpan<string> known)
    {
        if (words.IsEmpty || words.TryTake("show", 1) || words.TryTake("list", 1)) return "show";
        foreach (string command in known)
        {
            if (words.TryTake(command, command == "add" ? 1 : 3)) return command;
        }
        return words.TryTake("delete", 1) ? "del" : "show";
    }

    private static void Addresses(NetlinkRoute network, IpText text, ToolWords words)
    {
        string command = Command(words, "add", "del", "replace");
        if (command != "show")
        {
            IpChanges.Address(network, text, words, command);
            return;
        }
        RtLink? only = DeviceOf(text, words);
        List<RtAddress> addresses = network.Addresses(text.Style.Family);
        foreach (RtLink link in text.Links)
        {
            if (only is null || link.Index == only.Index) text.LinkWithAddresses(link, [.. addresses.Where(address => address.Index == link.Index)]);
        }
    }

    private static void Links(NetlinkRoute network, IpText text, ToolWords words)
    {
        if (words.TryTake("set", 3))
        {
            IpChanges.Link(network, text, words);
            return;
        }
        _ = Command(words);
        RtLink? only = DeviceOf(text, words);
        foreach (RtLink link in text.Links)
        {
            if (only is null || link.Index == only.Index) text.Link(link);
        }
    }

    private static void Routes(NetlinkRoute network, IpText text, ToolWords words)
    {
        if (words.TryTake("get", 3))
        {
            InetAddress destination = words.Address("an address");
            InetAddress? source = words.TryTake("from", 4) ? words.Address("an address") : default(InetAddress?);
            text.Way(network.RouteTo(destination, source, words.TryTake("oif", 3) || words.TryTake("dev", 3) ? text.Find(words.Next("a device")).Index : 0));
            return;
        }
        string command = Command(words, "add", "del", "replace");
        if (command != "show")
        {
            IpChanges.Route(network, text, words, command);
            return;
        }
        int table = 254;
        RtLink? device = null;
        while (!words.IsEmpty)
        {
            if (words.TryTake("table", 3)) table = IpNames.Table(words.Next("a table"));
            else if (words.TryTake("dev", 3)) device = text.Find(words.Next("a device"));
            else throw ToolWords.Wrong($"Error: \"{words.Next("a word")}\" is no selector of routes here.");
        }
        AddressFamily family = text.Style.Family == AddressFamily.Unspecified && table != 0 ? AddressFamily.Inet : text.Style.Family;
        foreach (RtRoute route in network.Routes(family))
        {
            if ((table == 0 || table == route.Table) && (device is null || device.Index == route.Index)) text.Route(route, tellsTable: table == 0);
        }
    }

    private static void Neighbors(NetlinkRoute network, IpText text, ToolWords words)
    {
        const int NeedsNone = 0x40;
        string command = Command(words, "add", "del", "replace");
        if (command != "show")
        {
            IpChanges.Neighbor(network, text, words, command);
            return;
        }
        RtLink? only = DeviceOf(text, words);
        foreach (RtNeighbor neighbor in network.Neighbors(text.Style.Family))
        {
            if ((neighbor.State & ~NeedsNone) != 0 && (only is null || only.Index == neighbor.Index)) text.Neighbor(neighbor, tellsDevice: only is null);
        }
    }

    private static void Rules(NetlinkRoute network, IpText text)
    {
        AddressFamily family = text.Style.Family == AddressFamily.Unspecified ? AddressFamily.Inet : text.Style.Family;
        foreach (RtRule rule in network.Rules(family)) text.Rule(rule);
    }

    private static void Monitor(NetlinkRoute network, IpText text)
    {
        using NetlinkWatch watch = network.Watch();
        while (true) text.Event(watch.Next());
    }

    private static RtLink? DeviceOf(IpText text, ToolWords words)
    {
        if (words.IsEmpty) return null;
        _ = words.TryTake("dev", 3);
        return text.Find(words.Next("a device"));
    }
}
