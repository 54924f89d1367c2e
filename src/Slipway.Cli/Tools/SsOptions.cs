using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The options of ss: which sockets, and what of them.</summary>
internal sealed class SsOptions
{
    private const uint Listening = 1 << 10, Closed = 1 << 7, TimeWait = 1 << 6, Opening = 1 << 3;

    private bool _tcp, _udp, _raw, _unix, _netlink, _all, _listening;

    public AddressFamily Family { get; private set; }

    public bool HasHeader { get; private set; } = true;

    public bool TellsTimers { get; private set; }

    public bool TellsDetails { get; private set; }

    public bool TellsInternals { get; private set; }

    private bool IsAnyKind => !(_tcp || _udp || _raw || _unix || _netlink);

    private bool AllowsInternet => Family is AddressFamily.Unspecified or AddressFamily.Inet or AddressFamily.Inet6;

    public bool Tcp => (IsAnyKind || _tcp) && AllowsInternet;

    public bool Udp => (IsAnyKind || _udp) && AllowsInternet;

    public bool Raw => (IsAnyKind || _raw) && AllowsInternet;

    public bool Unix => _unix || IsAnyKind && Family == AddressFamily.Unspecified;

    public bool Netlink => _netlink || IsAnyKind && Family == AddressFamily.Unspecified;

    /// <summary>Whether more than one kind of sockets can come, so that a column names it.</summary>
    public bool NamesKinds => new[] { Tcp, Udp, Raw, Unix, Netlink }.Count(static kind => kind) > 1 || Unix || Netlink;

    public uint States => _all ? SocketDiagnostics.AllStates : _listening ? Listening | Closed : SocketDiagnostics.AllStates & ~(Listening | Closed | TimeWait | Opening);

    /// <summary>Reads the words of a call; letters may stand together.</summary>
    public static SsOptions Parse(IReadOnlyList<string> words)
    {
        var options = new SsOptions();
        foreach (string word in words)
        {
            if (word.StartsWith("--", StringComparison.Ordinal)) options.Take(word[2..]);
            else if (word.StartsWith('-') && word.Length > 1) foreach (char letter in word.AsSpan(1)) options.Take(letter.ToString());
            else throw ToolWords.Wrong($"ss: \"{word}\": filters by expression are not of this ss");
        }
        return options;
    }

    private void Take(string option)
    {
        switch (option)
        {
            case "t" or "tcp": _tcp = true; break;
            case "u" or "udp": _udp = true; break;
            case "w" or "raw": _raw = true; break;
            case "x" or "unix": _unix = true; break;
            case "a" or "all": _all = true; break;
            case "l" or "listening": _listening = true; break;
            case "4" or "ipv4": Family = AddressFamily.Inet; break;
            case "6" or "ipv6": Family = AddressFamily.Inet6; break;
            case "H" or "no-header": HasHeader = false; break;
            case "o" or "options": TellsTimers = true; break;
            case "e" or "extended": TellsDetails = TellsTimers = true; break;
            case "i" or "info": TellsInternals = true; break;
            case "netlink": _netlink = true; break;
            case "n" or "numeric": break; // numbers are all that there is
            default: throw ToolWords.Wrong($"ss: invalid option -- '{option}'");
        }
    }
}
