using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A host on a link whose other end is a router in the hands of the test: it sends queries and reads what the host says of its groups, with the time.</summary>
internal sealed class GroupLink
{
    private static readonly IpAddress RouterIPv4 = IpAddress.Parse("10.0.0.254"), RouterIPv6 = IpAddress.Parse("fe80::fe");

    private readonly TestNetwork _network = new() { ShowsGroupMessages = true };
    private readonly TestPeer _router;

    public GroupLink(string addresses = "10.0.0.1/24", bool checksAddresses = false)
    {
        Host = _network.AddHost("host");
        if (checksAddresses) Do(() => Host.Sysctl.Set("net.ipv6.conf.default.accept_dad", "1"));
        (Interface, _router) = _network.ConnectPeer(Host, addresses);
    }

    public StackHost Host { get; }

    public NetworkInterface Interface { get; }

    public TestNetwork Network => _network;

    public long Milliseconds => _network.Clock.Now / StackClock.Millisecond;

    public void Do(Action action) => _network.Do(action);

    public void Pass(double milliseconds) => _network.Pass(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>What the host has said since the last call about groups other than its own of IPv6: <c>MILLISECONDS TEXT</c>, without what every such message has.</summary>
    public string[] Take() => [.. TakeAll().Where(static said => !said.Contains("ff02::1:ff", StringComparison.Ordinal)).Select(static said => said)];

    /// <summary>What the host has said since the last call.</summary>
    public string[] TakeAll()
    {
        var said = new List<string>();
        foreach (string frame in _network.TakeFrames().Where(TestPeer.IsGroupMessage))
        {
            string time = frame[..frame.IndexOf(' ', StringComparison.Ordinal)];
            string text = frame[(frame.IndexOf(": IP", StringComparison.Ordinal) + 2)..];
            text = text[..text.LastIndexOf(", length", StringComparison.Ordinal)];
            text = text.Replace("IP [ttl 1] (options RA) ", "", StringComparison.Ordinal).Replace("IP6 HBH alert ", "", StringComparison.Ordinal)
                .Replace("IGMP ", "", StringComparison.Ordinal).Replace("ICMP6 multicast listener ", "", StringComparison.Ordinal);
            said.Add($"{time} {text}");
        }
        return [.. said];
    }

    /// <summary>The time, in milliseconds, at which something was said.</summary>
    public static int TimeOf(string said) => int.Parse(said.AsSpan(0, said.IndexOf(' ', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What was said, without its time.</summary>
    public static string TextOf(string said) => said[(said.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    /// <summary>The router asks, by IGMP or MLD.</summary>
    public void Ask(GroupQuery query, params string[] sources)
    {
        IpAddress[] asked = [.. sources.Select(static source => IpAddress.Parse(source))];
        var message = new byte[query.LengthWith(asked.Length)];
        query.Write(message, asked);
        Send(message, query.Group.IsUnspecified ? IpAddress.Parse(query.Group.IsIPv4 ? "224.0.0.1" : "ff02::1") : query.Group);
    }

    /// <summary>Another host says something: a message without its checksum.</summary>
    public void Send(byte[] message, IpAddress destination, IpAddress? source = null, int hopLimit = 1, bool alert = true)
    {
        IpAddress from = source ?? (destination.IsIPv4 ? RouterIPv4 : RouterIPv6);
        if (destination.IsIPv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Compute(message));
            _router.Send(new Ipv4Header(from, destination, IpProtocolNumber.Igmp) { Ttl = (byte)hopLimit }, message, MacAddress.ForMulticast(destination));
            return;
        }
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), PartialSum.PseudoHeader(from, destination, IpProtocolNumber.Icmpv6, message.Length).Add(message).Checksum);
        byte[] option = [(byte)IpProtocolNumber.Icmpv6, 0, 5, 2, 0, 0, 1, 0];
        var header = new Ipv6Header(from, destination, alert ? IpProtocolNumber.HopByHop : IpProtocolNumber.Icmpv6) { HopLimit = (byte)hopLimit };
        _router.Send(header, alert ? [.. option, .. message] : message, MacAddress.ForMulticast(destination));
    }
}
