using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The ip of this house: addresses, links, routes, neighbours and rules of a host over rtnetlink, in the words and the format of ip(8).</summary>
internal static class IpTool
{
    private const string Usage = "usage: ip [-4|-6] [-o] [-br] [-s] [-j] [-p] {addr|link|route|neigh|rule|monitor} [show|add|del|replace|set|get|flush] [words]";

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
        if (Is(word, "monitor"))
        {
            if (style.IsJson) throw ToolWords.Wrong("Error: monitor prints text only.");
            Monitor(network, new IpText(process.Out, style, network.Links()));
            return;
        }
        using IpJson? json = style.IsJson ? new IpJson(process.Out, style, network.Links()) : null;
        IpOutput text = json is not null ? json : new IpText(process.Out, style, network.Links());
        if (Is(word, "address")) Addresses(network, text, words);
        else if (Is(word, "link")) Links(network, text, words);
        else if (Is(word, "route")) Routes(network, text, words);
        else if (Is(word, "neighbour") || Is(word, "neighbor")) Neighbors(network, text, words);
        else if (Is(word, "rule")) Rules(network, text);
        else throw ToolWords.Wrong($"Object \"{word}\" is unknown, try \"ip help\".");
        text.Finish();
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

    private static void Addresses(NetlinkRoute network, IpOutput text, ToolWords words)
    {
        string command = Command(words, "add", "del", "replace", "flush");
        if (command == "flush") IpChanges.FlushAddresses(network, text, words);
        else if (command != "show") IpChanges.Address(network, text, words, command);
        if (command != "show") return;
        (RtLink? only, bool isUp) = DeviceOf(text, words);
        List<RtAddress> addresses = network.Addresses(text.Style.Family);
        foreach (RtLink link in text.Links)
        {
            if (Fits(link, only, isUp)) text.LinkWithAddresses(link, [.. addresses.Where(address => address.Index == link.Index)]);
        }
    }

    private static void Links(NetlinkRoute network, IpOutput text, ToolWords words)
    {
        if (words.TryTake("set", 3))
        {
            IpChanges.Link(network, text, words);
            return;
        }
        _ = Command(words);
        (RtLink? only, bool isUp) = DeviceOf(text, words);
        foreach (RtLink link in text.Links)
        {
            if (Fits(link, only, isUp)) text.Link(link);
        }
    }

    private static void Routes(NetlinkRoute network, IpOutput text, ToolWords words)
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
        IpRouteSelector selector = IpRouteSelector.Parse(text, words);
        AddressFamily family = text.Style.Family != AddressFamily.Unspecified ? text.Style.Family : selector.Family;
        if (family == AddressFamily.Unspecified && selector.Table != 0) family = AddressFamily.Inet;
        foreach (RtRoute route in network.Routes(family).Where(selector.Takes)) text.Route(route, selector.Shown);
    }

    private static void Neighbors(NetlinkRoute network, IpOutput text, ToolWords words)
    {
        const int NeedsNone = 0x40;
        string command = Command(words, "add", "del", "replace");
        if (command != "show")
        {
            IpChanges.Neighbor(network, text, words, command);
            return;
        }
        (RtLink? only, _) = DeviceOf(text, words);
        foreach (RtNeighbor neighbor in network.Neighbors(text.Style.Family))
        {
            if ((neighbor.State & ~NeedsNone) != 0 && (only is null || only.Index == neighbor.Index)) text.Neighbor(neighbor, tellsDevice: only is null);
        }
    }

    private static void Rules(NetlinkRoute network, IpOutput text)
    {
        AddressFamily family = text.Style.Family == AddressFamily.Unspecified ? AddressFamily.Inet : text.Style.Family;
        foreach (RtRule rule in network.Rules(family)) text.Rule(rule);
    }

    private static void Monitor(NetlinkRoute network, IpText text)
    {
        using NetlinkWatch watch = network.Watch();
        while (true) text.Event(watch.Next());
    }

    private static bool Fits(RtLink link, RtLink? only, bool isUp)
    {
        const uint Up = 1;
        return (only is null || link.Index == only.Index) && (!isUp || (link.Flags & Up) != 0);
    }

    /// <summary>The device that is wanted, and whether only those that are up.</summary>
    private static (RtLink? Only, bool IsUp) DeviceOf(IpOutput text, ToolWords words)
    {
        RtLink? only = null;
        bool isUp = false;
        while (words.TryNext(out string? word))
        {
            if (word == "up") isUp = true;
            else only = text.Find(word == "dev" ? words.Next("a device") : word);
        }
        return (only, isUp);
    }
}
