using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Raw sockets of a host (raw(7)): they see packets of their protocol before its transport does, each a copy of its own.</summary>
internal sealed class RawLayer(StackHost host)
{
    /// <summary>Those of IPv4.</summary>
    public RawTable Table4 { get; } = new();

    /// <summary>Those of IPv6.</summary>
    public RawTable Table6 { get; } = new();

    /// <summary>Those that look at packets on their way.</summary>
    public RouterAlerts Alerts { get; } = new();

    /// <summary>A socket for a protocol; the process has CAP_NET_RAW.</summary>
    public RawSocket CreateSocket(ProcessContext creator, AddressFamily family, int protocol)
    {
        ulong cookie = ++host.Udp.LastCookie;
        return family == AddressFamily.Inet6 ? new RawSocket6(host, creator, protocol, cookie) : new RawSocket4(host, creator, protocol, cookie);
    }

    /// <summary>An ICMP error about a packet of this host.</summary>
    public void ReceiveError(in IcmpError error) => (error.IsIPv4 ? Table4 : Table6).ReceiveError(error);
}
