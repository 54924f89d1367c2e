using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A transport that only writes down what it gets. Its protocol is one of the two for experiments (RFC 3692).</summary>
internal sealed class TestTransport : ITransport
{
    public const IpProtocolNumber Protocol = (IpProtocolNumber)253;

    private readonly StackHost _host;

    public TestTransport(StackHost host)
    {
        _host = host;
        host.Ip.Register(Protocol, this);
    }

    public List<Datagram> Received { get; } = [];

    public List<Error> Errors { get; } = [];

    public void Receive(PacketBuffer packet, in ReceivedIp info)
    {
        Received.Add(new Datagram($"{info.Source} > {info.Destination} {info.DestinationKind} on {info.Interface.Name}, hop limit {info.HopLimit}", packet.Span.ToArray()));
        packet.Release();
    }

    public void ReceiveError(in IcmpError error)
        => Errors.Add(new Error(error.Errno, error.IsFatal, error.Info, $"{error.Source} > {error.Destination} from {error.Offender}"));

    /// <summary>Routes and sends a payload of the given length, in which each byte can be told by its place.</summary>
    public Errno Send(string destination, int length = 16, IpSendFields? fields = null, FlowKey flow = default)
    {
        using LoopScope scope = _host.Loop.Enter();
        Errno errno = _host.Ip.Route(flow with { Destination = IpAddress.Parse(destination) }, out RouteDecision decision);
        if (errno != Errno.None) return errno;
        return _host.Ip.Send(_host.Loop.Packets.RentCopy(Pattern(length)), decision, fields ?? new IpSendFields(Protocol));
    }

    public static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)(i * 7 + (i >> 8));
        return bytes;
    }

    internal sealed record Datagram(string Description, byte[] Payload);

    internal sealed record Error(Errno Errno, bool IsFatal, uint Info, string Description);
}
