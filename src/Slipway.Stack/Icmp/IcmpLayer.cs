using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// ICMP of a host, both families: answers echoes, sends errors within limits, tells transports of errors about their packets. All by the owner of the loop.
/// </summary>
public sealed class IcmpLayer
{
    private readonly Icmpv4Input _input4;
    private readonly Icmpv6Input _input6;
    private readonly Icmpv4Errors _errors4;
    private readonly Icmpv6Errors _errors6;

    internal IcmpLayer(StackHost host)
    {
        var limiter = new IcmpRateLimiter(host);
        _errors4 = new Icmpv4Errors(host, limiter);
        _errors6 = new Icmpv6Errors(host, limiter);
        _input4 = new Icmpv4Input(host);
        _input6 = new Icmpv6Input(host);
    }

    /// <summary>Answers a packet for a port on which nobody listens (RFC 1122 §4.1.3.1, RFC 4443 §3.1). The packet stays the caller's.</summary>
    /// <param name="packet">The packet as the transport got it.</param>
    /// <param name="info">What came with it.</param>
    public void SendPortUnreachable(PacketBuffer packet, in ReceivedIp info)
    {
        if (info.IsIPv4) _errors4.Send(packet, Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.Port));
        else _errors6.Send(packet, Icmpv6Header.DestinationUnreachable(Icmpv6UnreachableCode.Port));
    }

    internal void Receive4(PacketBuffer packet, in ReceivedIp info) => _input4.Receive(packet, info);

    internal void Receive6(PacketBuffer packet, in ReceivedIp info) => _input6.Receive(packet, info);

    internal void SendUnreachable4(PacketBuffer packet, Icmpv4UnreachableCode code) => _errors4.Send(packet, Icmpv4Header.DestinationUnreachable(code));

    internal void SendUnreachable6(PacketBuffer packet, Icmpv6UnreachableCode code) => _errors6.Send(packet, Icmpv6Header.DestinationUnreachable(code));

    internal void SendParameterProblem4(PacketBuffer packet, byte pointer) => _errors4.Send(packet, Icmpv4Header.ParameterProblem(pointer));

    internal void SendParameterProblem6(PacketBuffer packet, Icmpv6ParameterCode code, int pointer, bool evenToMulticast = false)
        => _errors6.Send(packet, Icmpv6Header.ParameterProblem(code, pointer), evenToMulticast);

    /// <summary>Sends a redirect to the source of a packet that is sent on by the interface it came by, if the source is on that link (RFC 1812 §5.2.7.2).</summary>
    internal void SendRedirect(NetworkInterface device, PacketBuffer packet, Ipv4View ip, IpAddress nextHop) => _errors4.SendRedirect(device, packet, ip, nextHop);

    /// <summary>The same for IPv6 (RFC 4861 §8.2).</summary>
    internal void SendRedirect(NetworkInterface device, PacketBuffer packet, Ipv6View ip, IpAddress nextHop) => _errors6.SendRedirect(device, packet, ip, nextHop);

    internal void SendTimeExceeded(PacketBuffer packet, IcmpTimeExceededCode code)
    {
        if (IsIPv4(packet)) _errors4.Send(packet, Icmpv4Header.TimeExceeded(code));
        else _errors6.Send(packet, Icmpv6Header.TimeExceeded(code));
    }

    internal void SendPacketTooBig(PacketBuffer packet, int mtu)
    {
        if (IsIPv4(packet)) _errors4.Send(packet, Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.FragmentationNeeded, mtu));
        else _errors6.Send(packet, Icmpv6Header.PacketTooBig(mtu), evenToMulticast: true);
    }

    /// <summary>A neighbour does not answer: host or address unreachable to the sender of a packet that waited for it. Ownership moves.</summary>
    internal void ReportLinkFailure(PacketBuffer packet)
    {
        if (IsIPv4(packet)) _errors4.Send(packet, Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.Host));
        else _errors6.Send(packet, Icmpv6Header.DestinationUnreachable(Icmpv6UnreachableCode.Address));
        packet.Release();
    }

    private static bool IsIPv4(PacketBuffer packet) => packet.FromNetworkHeader[0] >> 4 == 4;
}
