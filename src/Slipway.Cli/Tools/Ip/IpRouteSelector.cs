using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>Which routes are wanted (ip-route(8), SELECTOR).</summary>
internal sealed class IpRouteSelector
{
    private enum Match
    {
        Exact,
        Root,
        Covering,
    }

    private int _table = 254;
    private RtLink? _device;
    private InetAddress? _gateway, _source, _prefix;
    private int? _protocol, _scope, _type;
    private int _length;
    private bool _hasPrefix;
    private Match _match;

    /// <summary>The table; 0 for all.</summary>
    public int Table => _table;

    /// <summary>The family that the words leave; unspecified for any.</summary>
    public AddressFamily Family { get; private set; }

    /// <summary>What each route must still tell.</summary>
    public IpRouteFields Shown { get; private set; } = IpRouteFields.All & ~IpRouteFields.Table;

    /// <exception cref="ToolException">A word makes no sense.</exception>
    public static IpRouteSelector Parse(IpOutput output, ToolWords words)
    {
        var selector = new IpRouteSelector();
        while (words.TryNext(out string? word)) selector.Take(output, word, words);
        return selector;
    }

    public bool Takes(RtRoute route)
        => (_table == 0 || _table == route.Table) && (_device is null || _device.Index == route.Index)
        && (_gateway is null || _gateway == route.Gateway) && (_source is null || _source == route.PreferredSource)
        && (_protocol is null || _protocol == route.Protocol) && (_scope is null || _scope == route.Scope) && (_type is null || _type == route.Type)
        && (!_hasPrefix || Fits(route));

    private void Take(IpOutput output, string word, ToolWords words)
    {
        switch (word)
        {
            case "table":
                _table = IpNames.Table(words.Next("a table"));
                if (_table == 0) Shown |= IpRouteFields.Table;
                break;
            case "dev":
                _device = output.Find(words.Next("a device"));
                Shown &= ~IpRouteFields.Device;
                break;
            case "via":
                _gateway = words.Address("a gateway");
                Family = _gateway.Value.Family;
                Shown &= ~IpRouteFields.Gateway;
                break;
            case "src":
                _source = words.Address("an address");
                Family = _source.Value.Family;
                Shown &= ~IpRouteFields.Source;
                break;
            case "proto" or "protocol":
                _protocol = IpNames.Protocol(words.Next("a protocol"));
                if (_protocol is not null) Shown &= ~IpRouteFields.Protocol;
                break;
            case "scope":
                _scope = IpNames.Scope(words.Next("a scope"));
                if (_scope is not null) Shown &= ~IpRouteFields.Scope;
                break;
            case "type":
                string type = words.Next("a type");
                _type = IpNames.RouteType(type) ?? throw ToolWords.Wrong($"Error: argument \"{type}\" is wrong: node type value is invalid");
                break;
            case "root" or "match" or "exact" or "to":
                _match = word switch { "root" => Match.Root, "match" => Match.Covering, _ => Match.Exact };
                TakePrefix(words.Next("a prefix"));
                break;
            default:
                TakePrefix(word);
                break;
        }
    }

    private void TakePrefix(string word)
    {
        _hasPrefix = true;
        if (word is "default" or "any" or "all") return;
        (InetAddress prefix, _length) = new ToolWords([word]).Prefix("a prefix");
        (_prefix, Family) = (prefix, prefix.Family);
    }

    /// <summary>The same prefix, one below it, or one that covers it.</summary>
    private bool Fits(RtRoute route) => _match switch
    {
        Match.Root => route.PrefixLength >= _length && SharesPrefix(route.Destination, _length),
        Match.Covering => route.PrefixLength <= _length && SharesPrefix(route.Destination, route.PrefixLength),
        _ => route.PrefixLength == _length && SharesPrefix(route.Destination, _length),
    };

    private bool SharesPrefix(InetAddress? destination, int length)
    {
        if (length == 0) return true;
        if (destination is not { } address || _prefix is not { } prefix || address.Family != prefix.Family) return false;
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        address.WriteAddress(left);
        prefix.WriteAddress(right);
        int whole = length / 8, rest = length % 8;
        return left[..whole].SequenceEqual(right[..whole]) && (rest == 0 || (left[whole] ^ right[whole]) >> 8 - rest == 0);
    }
}
