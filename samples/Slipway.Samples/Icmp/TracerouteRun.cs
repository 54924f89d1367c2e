using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>The probes of one traceroute, a line for each hop.</summary>
internal sealed class TracerouteRun
{
    /// <summary>The port of the first probe; each has one of its own, so that an answer names it (traceroute(8)).</summary>
    private const ushort FirstPort = 33434;

    /// <summary>Bytes of data: with the headers of IPv4 and UDP a packet of 60.</summary>
    private const int DataLength = 32;

    private readonly HostProcess _process;
    private readonly IcmpProbe _probe;
    private readonly Socket? _datagrams;
    private readonly InetAddress _address;
    private readonly ushort _identifier;
    private int _sent;

    /// <param name="process">Whose names and clock are used.</param>
    /// <param name="probe">What hears the answers, and sends the echo requests.</param>
    /// <param name="datagrams">What sends datagrams; null to send echo requests.</param>
    /// <param name="address">The end of the way.</param>
    public TracerouteRun(HostProcess process, IcmpProbe probe, Socket? datagrams, InetAddress address)
    {
        _process = process;
        _probe = probe;
        _datagrams = datagrams;
        _address = address;
        _datagrams?.Bind(IsIPv4 ? InetAddress.AnyIPv4() : InetAddress.AnyIPv6());
        // Answers name the probe by its identifier and sequence number, or by its ports.
        _identifier = datagrams is null ? (ushort)process.Id : datagrams.LocalAddress.Port;
    }

    /// <summary>Probes for each hop.</summary>
    public int Probes { get; init; }

    /// <summary>How long each is waited for.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>No names.</summary>
    public bool IsNumeric { get; init; }

    private bool IsIPv4 => _address.Family == AddressFamily.Inet;

    /// <summary>Sends the probes that live for so many hops, and prints who answered.</summary>
    /// <returns>Whether this was the end: the host itself, or one that says that there is no way.</returns>
    public bool TryHop(int hops)
    {
        IcmpProbe.SetTtl(_datagrams ?? _probe.Socket, IsIPv4, hops);
        var line = new System.Text.StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{hops,2} "));
        InetAddress last = default;
        bool isThere = false;
        for (int i = 0; i < Probes; i++)
        {
            if (!TryProbe(out InetAddress from, out IcmpNews news, out TimeSpan time))
            {
                line.Append(" *");
                continue;
            }
            if (from != last) line.Append(' ').Append(Name(from));
            last = from;
            line.Append(CultureInfo.InvariantCulture, $"  {time.TotalMilliseconds:0.000} ms{news.Mark}");
            isThere |= !news.IsTimeExceeded;
        }
        _process.Out.Write(line.Append('\n').ToString());
        return isThere;
    }

    private bool TryProbe(out InetAddress from, out IcmpNews news, out TimeSpan time)
    {
        long began = _process.Time.GetTimestamp();
        ushort number = Send();
        while (true)
        {
            TimeSpan left = Patience - _process.Time.GetElapsedTime(began);
            bool isNews = _probe.TryReceive(left, out from, out news);
            time = _process.Time.GetElapsedTime(began);
            bool isOurs = isNews && news.First == _identifier && news.Second == number && (_datagrams is null ? news.Quoted != IcmpNews.Udp : news.Quoted == IcmpNews.Udp);
            if (isOurs) return true;
            if (time >= Patience) return false;
        }
    }

    private ushort Send()
    {
        int number = _sent++;
        if (_datagrams is null)
        {
            _probe.SendEcho(_address, _identifier, (ushort)number, DataLength);
            return (ushort)number;
        }
        var port = (ushort)(FirstPort + number);
        _datagrams.SendTo(new byte[DataLength], _address.WithPort(port));
        return port;
    }

    private string Name(InetAddress address)
    {
        string numbers = Ping.Text(address);
        if (IsNumeric) return numbers;
        NameInfoResult found = _process.Names.GetNameInfo(address);
        return $"{(found.Succeeded ? found.Host : numbers)} ({numbers})";
    }
}
