using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IGMP of a host: takes messages in, checks them, and sends those of its interfaces (RFC 9776, RFC 2236, RFC 1112). All by the owner of the loop.</summary>
internal sealed class IgmpLayer : ITransport
{
    /// <summary>Internetwork control (RFC 9776 §4).</summary>
    private const byte Precedence = 0xC0;

    private const int LeastLength = 8, GroupOffset = 4;

    /// <summary>RFC 2113: routers on the way look at the packet though it is not theirs.</summary>
    private static readonly IpOptions RouterAlert = new() { Ipv4 = new byte[] { (byte)Ipv4OptionKind.RouterAlert, 4, 0, 0 } };

    private readonly StackHost _host;

    public IgmpLayer(StackHost host)
    {
        _host = host;
        host.Ip.Register(IpProtocolNumber.Igmp, this);
    }

    /// <inheritdoc/>
    public void Receive(PacketBuffer packet, in ReceivedIp info)
    {
        if (info.IsIPv4 && packet.Length >= LeastLength && (packet.Checksum != PacketChecksum.Unverified || InternetChecksum.Compute(packet.Span) == 0)) Take(packet, info);
        packet.Release();
    }

    /// <inheritdoc/>
    public void ReceiveError(in IcmpError error)
    {
        // Nobody waits for an answer to a report: what is not heard is told again.
    }

    /// <summary>Sends a message whose checksum is still to be made. Ownership moves.</summary>
    public void Send(NetworkInterface device, PacketBuffer packet, IpAddress destination)
    {
        Span<byte> message = packet.Span;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Compute(message));
        packet.Checksum = PacketChecksum.Trusted;
        var decision = new RouteDecision
        {
            Interface = device,
            Source = SourceOf(device),
            Destination = destination,
            NextHop = destination,
            Kind = RouteKind.Multicast,
            Mtu = device.Mtu,
            Generation = _host.RoutingGeneration,
        };
        _host.Ip.Send(packet, decision, new IpSendFields(IpProtocolNumber.Igmp) { HopLimit = 1, Tos = Precedence, PathMtu = PathMtuMode.Do, Options = RouterAlert });
    }

    /// <summary>The interface's first address; a host that has none yet reports from 0.0.0.0 (RFC 9776 §4.2.13).</summary>
    internal static IpAddress SourceOf(NetworkInterface device)
    {
        foreach (LocalAddress local in device.Addresses)
        {
            if (local.Address.IsIPv4 && !local.IsSecondary) return local.Address;
        }
        return IpAddress.AnyIPv4;
    }

    private static void Take(PacketBuffer packet, in ReceivedIp info)
    {
        ReadOnlySpan<byte> message = packet.Span;
        IgmpReporter reporter = info.Interface.Groups.Igmp;
        var type = (IgmpType)message[0];
        switch (type)
        {
            case IgmpType.MembershipQuery:
                if (!GroupQueryView.TryParse(message, isIPv4: true, out GroupQueryView query, out _)) return;
                reporter.ReceiveQuery(query);
                reporter.Querier?.ReceiveQuery(query, info.Source);
                return;
            case IgmpType.MembershipReportV1 or IgmpType.MembershipReportV2:
                IpAddress group = IpAddress.ReadIPv4(message[GroupOffset..]);
                // This host's own reports come back to it where it is in the group; reports to one address are nobody's who may rely on them.
                if (packet.Destination is LinkDestination.Multicast or LinkDestination.Broadcast) reporter.ReceiveReport(group);
                reporter.Querier?.ReceiveOldReport(group, version: type == IgmpType.MembershipReportV1 ? 1 : 2);
                return;
            case IgmpType.LeaveGroup:
                reporter.Querier?.ReceiveLeave(IpAddress.ReadIPv4(message[GroupOffset..]));
                return;
            case IgmpType.MembershipReportV3:
                if (reporter.Querier is { } querier && GroupReportView.TryParse(message, isIPv4: true, out GroupReportView report, out _)) querier.ReceiveReport(report);
                return;
        }
    }
}
