using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The words of a call of ss: which sockets, and what of them.</summary>
internal sealed class SsOptions
{
    private SsKinds _kinds, _unconnected;
    private bool _all, _listening;
    private uint? _states;

    /// <summary>The only family of the internet that is wanted; unspecified for both.</summary>
    public AddressFamily Family { get; private set; }

    public bool HasHeader { get; private set; } = true;

    public bool TellsTimers { get; private set; }

    public bool TellsDetails { get; private set; }

    public bool TellsInternals { get; private set; }

    public bool TellsMemory { get; private set; }

    public bool TellsUsers { get; private set; }

    /// <summary>The filters of packet sockets are told.</summary>
    public bool TellsFilters { get; private set; }

    /// <summary>What stands below a socket otherwise stands behind it.</summary>
    public bool IsOneLine { get; private set; }

    /// <summary>The sockets that are found are ended, and those that could be are shown.</summary>
    public bool Kills { get; private set; }

    public bool WantsHelp { get; private set; }

    /// <summary>The expression; empty for none.</summary>
    public string Expression { get; private set; } = "";

    /// <summary>What the expression says; null for no expression.</summary>
    public SsFilter? Filter { get; private set; }

    public SsKinds Kinds => _kinds != SsKinds.None ? _kinds : Family == AddressFamily.Unspecified ? SsKinds.All : SsKinds.Internet;

    /// <summary>Whether more than one kind of sockets can come, so that a column names it.</summary>
    public bool NamesKinds => !System.Numerics.BitOperations.IsPow2((int)Kinds);

    /// <summary>Whether more than one state can come, so that a column names it.</summary>
    public bool NamesStates => !System.Numerics.BitOperations.IsPow2(States);

    public uint States => _states ?? (_all ? SsStates.All : _listening ? SsStates.Listening | SsStates.Closed : UsualStates);

    /// <summary>Who is connected; and where sockets are asked for that never are, by an option of theirs, those.</summary>
    private uint UsualStates
    {
        get
        {
            const uint Connected = SsStates.All & ~(SsStates.Listening | SsStates.Closed | SsStates.TimeWait | SsStates.Opening);
            return ((_kinds & ~_unconnected) != 0 || _kinds == SsKinds.None ? Connected : 0) | (_unconnected != SsKinds.None ? SsStates.Closed : 0);
        }
    }

    /// <summary>Whether local sockets alone are wanted, so that addresses of the expression are their names.</summary>
    public bool IsOnlyUnix => _kinds != SsKinds.None && (_kinds & ~SsKinds.Unix) == 0;

    /// <summary>Reads the words of a call. Letters may stand together; options may stand between the words of the filter.</summary>
    /// <exception cref="ToolException">They make no sense.</exception>
    public static SsOptions Parse(IReadOnlyList<string> words)
    {
        var options = new SsOptions();
        var filter = new List<string>();
        for (int at = 0; at < words.Count; at++)
        {
            string word = words[at];
            if (word.StartsWith("--", StringComparison.Ordinal)) options.TakeLong(word[2..], words, ref at);
            else if (word.StartsWith('-') && word.Length > 1) options.TakeLetters(word, words, ref at);
            else filter.Add(word);
        }
        options.TakeFilter(filter);
        return options;
    }

    /// <summary>Reads the expression, which may leave one family only.</summary>
    public void ReadExpression(Func<SsFilterText, bool, SsFilterParser> parser)
    {
        if (Expression.Length == 0) return;
        SsFilterParser reader = parser(new SsFilterText(Expression), IsOnlyUnix);
        Filter = reader.Parse();
        if (reader.Family == AddressFamily.Unspecified) return;
        bool isUnix = reader.Family == AddressFamily.Unix;
        _kinds = Kinds & (isUnix ? SsKinds.Unix : SsKinds.Internet);
        if (!isUnix) Family = reader.Family;
    }

    private void TakeLetters(string word, IReadOnlyList<string> words, ref int at)
    {
        for (int place = 1; place < word.Length; place++)
        {
            char letter = word[place];
            if (letter is 'A' or 'f')
            {
                string value = place + 1 < word.Length ? word[(place + 1)..] : ValueOf($"-{letter}", words, ref at);
                TakeValue(letter, value);
                return;
            }
            Take(letter.ToString());
        }
    }

    private void TakeLong(string option, IReadOnlyList<string> words, ref int at)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? option : option[..equals];
        char letter = name switch { "query" or "socket" => 'A', "family" => 'f', _ => '\0' };
        if (letter != '\0') TakeValue(letter, equals < 0 ? ValueOf("--" + name, words, ref at) : option[(equals + 1)..]);
        else Take(option);
    }

    private static string ValueOf(string option, IReadOnlyList<string> words, ref int at) => ++at < words.Count ? words[at] : throw ToolWords.Wrong($"ss: option requires an argument -- '{option}'");

    private void TakeValue(char option, string value)
    {
        if (option == 'f')
        {
            TakeFamily(value);
            return;
        }
        foreach (string query in value.Split(','))
        {
            _kinds |= query switch
            {
                "all" => SsKinds.All,
                "inet" => SsKinds.Internet,
                "tcp" => SsKinds.Tcp,
                "udp" => SsKinds.Udp,
                "raw" => SsKinds.Raw,
                "unix" => SsKinds.Unix,
                "unix_stream" or "u_str" => SsKinds.UnixStream,
                "unix_dgram" or "u_dgr" => SsKinds.UnixDatagram,
                "unix_seqpacket" or "u_seq" => SsKinds.UnixPacket,
                "netlink" => SsKinds.Netlink,
                "packet" => SsKinds.Packet,
                "packet_raw" or "p_raw" => SsKinds.PacketRaw,
                "packet_dgram" or "p_dgr" => SsKinds.PacketDatagram,
                _ => throw ToolWords.Wrong($"ss: \"{query}\" is illegal socket table id"),
            };
        }
    }

    private void TakeUnconnected(SsKinds kind)
    {
        _kinds |= kind;
        _unconnected |= kind;
    }

    private void TakeFamily(string family)
    {
        switch (family)
        {
            case "inet": Family = AddressFamily.Inet; break;
            case "inet6": Family = AddressFamily.Inet6; break;
            case "unix": _kinds |= SsKinds.Unix; break;
            case "netlink": TakeUnconnected(SsKinds.Netlink); break;
            case "link": TakeUnconnected(SsKinds.Packet); break;
            default: throw ToolWords.Wrong($"ss: \"{family}\" is invalid family");
        }
    }

    /// <summary>States come first, then the expression (ss(8), FILTER).</summary>
    private void TakeFilter(List<string> words)
    {
        int at = 0;
        for (; at + 1 < words.Count && words[at] is "state" or "exclude" or "excl"; at += 2)
        {
            uint states = SsStates.Named(words[at + 1]) ?? throw ToolWords.Wrong($"ss: wrong state name: {words[at + 1]}");
            _states = words[at] == "state" ? (_states ?? 0) | states : (_states ?? SsStates.All) & ~states;
        }
        if (at < words.Count && words[at] is "state" or "exclude" or "excl") throw ToolWords.Wrong($"ss: {words[at]}: the name of a state is missing");
        Expression = string.Join(' ', words.Skip(at));
    }

    private void Take(string option)
    {
        switch (option)
        {
            case "t" or "tcp": _kinds |= SsKinds.Tcp; break;
            case "u" or "udp": _kinds |= SsKinds.Udp; break;
            case "w" or "raw": _kinds |= SsKinds.Raw; break;
            case "x" or "unix": _kinds |= SsKinds.Unix; break;
            case "netlink": TakeUnconnected(SsKinds.Netlink); break;
            case "0" or "packet": TakeUnconnected(SsKinds.Packet); break;
            case "b" or "bpf": TellsFilters = true; break;
            case "a" or "all": _all = true; break;
            case "l" or "listening": _listening = true; break;
            case "4" or "ipv4": Family = AddressFamily.Inet; break;
            case "6" or "ipv6": Family = AddressFamily.Inet6; break;
            case "H" or "no-header": HasHeader = false; break;
            case "o" or "options": TellsTimers = true; break;
            case "e" or "extended": TellsDetails = TellsTimers = true; break;
            case "i" or "info": TellsInternals = true; break;
            case "m" or "memory": TellsMemory = true; break;
            case "p" or "processes": TellsUsers = true; break;
            case "O" or "oneline": IsOneLine = true; break;
            case "K" or "kill": Kills = true; break;
            case "h" or "help": WantsHelp = true; break;
            case "n" or "numeric": break; // numbers are all that there is
            default: throw ToolWords.Wrong($"ss: invalid option -- '{option}'");
        }
    }
}
