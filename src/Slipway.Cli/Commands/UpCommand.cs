using System.CommandLine;
using System.CommandLine.Parsing;
using Slipway.Samples;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Cli;

/// <summary><c>slipway up</c>: a virtual host on a TUN or TAP device of this machine.</summary>
internal sealed class UpCommand : Command
{
    private const int LeastMtuOfIPv6 = 1280; // RFC 8200 section 5
    private const int DefaultMtu = 1500;

    private readonly CommandConsole _console;

    private readonly Option<string?> _tun = new("--tun") { Description = "The TUN device to use; made if there is none of that name.", HelpName = "NAME" };

    private readonly Option<string?> _tap = new("--tap") { Description = "The TAP device to use; made if there is none of that name.", HelpName = "NAME" };

    private readonly Option<IpPrefix[]> _addresses = new("--address")
    {
        Description = "An address of the virtual host.", HelpName = "A/LEN", Required = true, CustomParser = WordParsers.Addresses,
    };

    private readonly Option<IpPrefix[]> _peers = new("--peer")
    {
        Description = "An address for the kernel's end, which is then brought up.", HelpName = "A/LEN", CustomParser = WordParsers.Addresses,
    };

    private readonly Option<InternetService[]> _services = new("--service")
    {
        Description = "Services over UDP and TCP, joined by commas: " + string.Join(',', InternetServices.All.Select(static service => service.Name)) + ".",
        HelpName = "NAME,…", CustomParser = Services,
    };

    private readonly Option<string?> _http = new("--http")
    {
        Description = "Serve a directory over HTTP at port 80: GET shows its files, PUT stores one in it. Nothing outside is reached, and hidden files are not shown.", HelpName = "DIR",
    };

    private readonly Option<bool> _httpReadOnly = new("--http-read-only") { Description = "With --http: PUT is refused." };

    private readonly Option<int?> _mtu = new("--mtu") { Description = "Largest IP packet in bytes; 1500 if not given.", HelpName = "N" };

    private readonly Option<string> _offload = new("--offload")
    {
        Description = "Exchange long chains of segments and open checksums with the kernel: on or off; on if not given.", HelpName = "on|off",
        DefaultValueFactory = static _ => "on",
    };

    private readonly Option<TimeSpan?> _delay = new("--delay") { Description = "Every packet takes so long, each way.", HelpName = "TIME", CustomParser = WordParsers.Time };

    private readonly Option<double?> _loss = new("--loss") { Description = "So many packets are lost, each way: 0.01, or 1%.", HelpName = "P", CustomParser = WordParsers.Probability };

    private readonly Option<long?> _rate = new("--rate") { Description = "So many bits pass in a second, each way: 10mbit.", HelpName = "RATE", CustomParser = WordParsers.Rate };

    private readonly Option<string?> _congestion = new("--congestion")
    {
        Description = $"Congestion control of the host's TCP: {string.Join(", ", SysctlCongestion.Names)}; cubic if not given.", HelpName = "NAME",
    };

    private readonly Option<string?> _capture = CommonOptions.Capture();

    /// <summary>The command, which writes to the console.</summary>
    public UpCommand(CommandConsole console) : base("up", "Puts a host of the stack on a TUN or TAP device, until SIGINT or SIGTERM.")
    {
        _console = console;
        _offload.AcceptOnlyFromAmong("on", "off");
        Option[] options = [_tun, _tap, _addresses, _peers, _services, _http, _httpReadOnly, _mtu, _offload, _delay, _loss, _rate, _congestion, _capture];
        foreach (Option option in options) Add(option);
        SetAction(RunAsync);
    }

    private Task<int> RunAsync(ParseResult words, CancellationToken cancellationToken)
    {
        if (FindFault(words) is { } fault) throw CommandException.WrongWords(fault);
        var settings = new UpSettings
        {
            Device = words.GetValue(_tun) ?? words.GetValue(_tap)!,
            IsTap = words.GetValue(_tap) is not null,
            Addresses = words.GetValue(_addresses)!,
            Peers = words.GetValue(_peers) ?? [],
            Services = words.GetValue(_services) ?? [],
            Http = words.GetValue(_http) is { } directory ? new HttpDirectory(directory, words.GetValue(_httpReadOnly)) : null,
            Mtu = words.GetValue(_mtu) ?? DefaultMtu,
            Offload = words.GetValue(_offload) == "on",
            Model = new LinkModel { Delay = words.GetValue(_delay) ?? TimeSpan.Zero, Loss = words.GetValue(_loss) ?? 0, Rate = words.GetValue(_rate) },
            Congestion = words.GetValue(_congestion),
            Capture = words.GetValue(_capture),
        };
        // The host's threads block: they are not the caller's.
        return Task.Factory.StartNew(() => UpHost.Run(settings, _console, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What words that are right each for itself get wrong together; null if nothing.</summary>
    private string? FindFault(ParseResult words)
    {
        if (words.GetValue(_httpReadOnly) && words.GetValue(_http) is null) return "--http-read-only needs --http DIR";
        if (words.GetValue(_http) is { } directory && !Directory.Exists(directory)) return $"--http: '{directory}' is no directory";
        if (words.GetValue(_congestion) is { } name && !SysctlCongestion.Names.Contains(name, StringComparer.Ordinal))
            return $"--congestion: '{name}' is no congestion control: there are {string.Join(", ", SysctlCongestion.Names)}";
        if (words.GetValue(_tun) is null == words.GetValue(_tap) is null) return "one of --tun NAME and --tap NAME is needed";
        IpPrefix[] addresses = words.GetValue(_addresses) ?? [], peers = words.GetValue(_peers) ?? [];
        if (TwiceGiven([.. addresses, .. peers]) is { } twice) return $"the address {twice} is given twice";
        foreach (IpPrefix prefix in addresses.Concat(peers))
            if (IsUnusable(prefix.Address)) return $"{prefix} is no address for an interface";
        int mtu = words.GetValue(_mtu) ?? DefaultMtu, least = addresses.Any(static prefix => !prefix.Address.IsIPv4) ? LeastMtuOfIPv6 : LinkDevice.MinMtu;
        return mtu < least || mtu > ushort.MaxValue ? $"--mtu takes {least} to {ushort.MaxValue}" : null;
    }

    private static bool IsUnusable(IpAddress address) => address.IsUnspecified || address.IsMulticast || address.IsLoopback;

    private static IpAddress? TwiceGiven(IpPrefix[] prefixes)
    {
        var seen = new HashSet<IpAddress>();
        foreach (IpPrefix prefix in prefixes)
            if (!seen.Add(prefix.Address)) return prefix.Address;
        return null;
    }

    private static InternetService[] Services(ArgumentResult words)
    {
        var services = new List<InternetService>();
        foreach (string name in words.Tokens.SelectMany(static token => token.Value.Split(',')))
        {
            if (InternetServices.Find(name) is not { } service)
                words.AddError($"'{name}' is no service: there are {string.Join(", ", InternetServices.All.Select(static known => known.Name))}");
            else if (!services.Contains(service)) services.Add(service);
        }
        return [.. services];
    }
}
