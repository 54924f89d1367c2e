using System.Globalization;
using System.Text;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A route. It does not change; to change one, remove it and add another.</summary>
public sealed record Route
{
    /// <summary>Metric of IPv6 routes that a user adds without one, as Linux has it (IP6_RT_PRIO_USER).</summary>
    public const int DefaultIPv6Metric = 1024;

    /// <summary>Metric of IPv6 routes that come with an address (IP6_RT_PRIO_ADDRCONF).</summary>
    public const int ConnectedIPv6Metric = 256;

    private const byte RouteProtocolKernel = 2, RouteProtocolStatic = 4;

    private readonly byte _protocol = RouteProtocolStatic;

    internal Route? NextSamePrefix;
    internal long Order;

    /// <summary>Where it leads: a network, host bits cleared.</summary>
    public required IpPrefix Destination { get; init; }

    /// <summary>The interface; the loopback for kinds that send nothing.</summary>
    public required NetworkInterface Interface { get; init; }

    /// <summary>What it does.</summary>
    public RouteKind Kind { get; init; } = RouteKind.Unicast;

    /// <summary>The gateway, unspecified for hosts on the link.</summary>
    public IpAddress Gateway { get; init; }

    /// <summary>The least wins among equal prefixes.</summary>
    public int Metric { get; init; }

    /// <summary>Source address for packets whose sender leaves it open; unspecified for the usual choice.</summary>
    public IpAddress PreferredSource { get; init; }

    /// <summary>MTU in bytes, 0 for the interface's.</summary>
    public int Mtu { get; init; }

    /// <summary>Path MTU discovery must not change the MTU (<c>mtu lock</c>).</summary>
    public bool IsMtuLocked { get; init; }

    /// <summary>The gateway is taken to be on the link, whatever the addresses say.</summary>
    public bool IsOnLink { get; init; }

    /// <summary>Among default routers with the same metric: 1 high, 0 medium, -1 low (RFC 4191 §2.1).</summary>
    public int Preference { get; init; }

    /// <summary>To an anycast address of this host (RTN_ANYCAST): a local route, to an address that nothing is sent from unless it is asked for.</summary>
    public bool IsAnycast { get; init; }

    /// <summary>A router said so in an advertisement (RFC 4861 §6.3.4): it ends in time.</summary>
    public bool IsLearnt { get; init; }

    /// <summary>When it ends, a time of the loop in nanoseconds.</summary>
    internal long ValidUntil { get; set; } = AddressLifetime.Forever;

    /// <summary>It came with an address of an interface and goes with it (proto kernel).</summary>
    public bool IsConnected { get; init; }

    /// <summary>RTPROT_: who made it. What came with an address is the kernel's, else what its maker says.</summary>
    internal byte Protocol { get => IsConnected ? RouteProtocolKernel : _protocol; init => _protocol = value; }

    /// <summary>RT_SCOPE_ of an IPv4 route, where its maker said one; null to tell from the route.</summary>
    internal byte? GivenScope { get; init; }

    /// <summary>Whether packets go through a gateway.</summary>
    public bool HasGateway => !Gateway.IsUnspecified;

    /// <summary>One line in the manner of ip-route(8).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Kind != RouteKind.Unicast) text.Append(Kind switch
        {
            RouteKind.Local => IsAnycast ? "anycast " : "local ",
            RouteKind.Broadcast => "broadcast ",
            RouteKind.Multicast => "multicast ",
            RouteKind.Blackhole => "blackhole ",
            RouteKind.Unreachable => "unreachable ",
            _ => "prohibit ",
        });
        if (Destination.Length == 0) text.Append(Destination.Address.IsIPv4 ? "default" : "default inet6");
        else text.Append(CultureInfo.InvariantCulture, $"{Destination}");
        if (HasGateway) text.Append(CultureInfo.InvariantCulture, $" via {Gateway}");
        text.Append(CultureInfo.InvariantCulture, $" dev {Interface.Name}");
        if (!PreferredSource.IsUnspecified) text.Append(CultureInfo.InvariantCulture, $" src {PreferredSource}");
        if (Metric != 0) text.Append(CultureInfo.InvariantCulture, $" metric {Metric}");
        if (Mtu != 0) text.Append(CultureInfo.InvariantCulture, $" mtu {(IsMtuLocked ? "lock " : "")}{Mtu}");
        if (IsOnLink) text.Append(" onlink");
        if (Preference != 0) text.Append(Preference > 0 ? " pref high" : " pref low");
        return text.ToString();
    }
}
