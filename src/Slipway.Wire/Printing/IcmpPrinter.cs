using System.Text;

namespace Slipway.Wire;

/// <summary>The part of <see cref="FramePrinter"/> that reads ICMP of both families, neighbour discovery and the names of group membership messages.</summary>
internal static class IcmpPrinter
{
    internal static void AppendIcmpv4(StringBuilder text, ReadOnlySpan<byte> message, AddressPair addresses)
    {
        if (!Icmpv4View.TryParse(message, out Icmpv4View icmp, out WireError error))
        {
            FramePrinter.AppendRefusal(text, "ICMP", error, message.Length);
            return;
        }
        text.Append("ICMP ");
        switch (icmp.Type)
        {
            case Icmpv4Type.Echo or Icmpv4Type.EchoReply or Icmpv4Type.Timestamp or Icmpv4Type.TimestampReply:
                text.Append($"{Name(icmp.Type)}, id {icmp.Identifier}, seq {icmp.Sequence}");
                break;
            case Icmpv4Type.DestinationUnreachable when icmp.Code == (byte)Icmpv4UnreachableCode.FragmentationNeeded:
                text.Append($"unreachable, need to frag (mtu {icmp.Mtu})");
                break;
            case Icmpv4Type.DestinationUnreachable:
                text.Append(UnreachableName((Icmpv4UnreachableCode)icmp.Code));
                break;
            case Icmpv4Type.TimeExceeded:
                text.Append(TimeExceededName(icmp.Code));
                break;
            case Icmpv4Type.ParameterProblem:
                text.Append($"parameter problem, code {icmp.Code}, octet {icmp.Pointer}");
                break;
            case Icmpv4Type.Redirect:
                text.Append($"redirect to {icmp.Gateway}, code {icmp.Code}");
                break;
            default:
                text.Append($"{Name(icmp.Type)}, code {icmp.Code}");
                break;
        }
        Finish(text, icmp.IsError, icmp.Payload, message.Length, addresses.CanVerify && !icmp.HasValidChecksum);
    }

    internal static void AppendIcmpv6(StringBuilder text, ReadOnlySpan<byte> message, AddressPair addresses)
    {
        if (!Icmpv6View.TryParse(message, out Icmpv6View icmp, out WireError error))
        {
            FramePrinter.AppendRefusal(text, "ICMP6", error, message.Length);
            return;
        }
        text.Append("ICMP6 ");
        switch (icmp.Type)
        {
            case Icmpv6Type.EchoRequest or Icmpv6Type.EchoReply:
                text.Append($"{Name(icmp.Type)}, id {icmp.Identifier}, seq {icmp.Sequence}");
                break;
            case Icmpv6Type.DestinationUnreachable:
                text.Append(UnreachableName((Icmpv6UnreachableCode)icmp.Code));
                break;
            case Icmpv6Type.PacketTooBig:
                text.Append($"packet too big, mtu {icmp.Mtu}");
                break;
            case Icmpv6Type.TimeExceeded:
                text.Append(TimeExceededName(icmp.Code));
                break;
            case Icmpv6Type.ParameterProblem:
                text.Append($"parameter problem, code {icmp.Code}, octet {icmp.Pointer}");
                break;
            case >= Icmpv6Type.RouterSolicitation and <= Icmpv6Type.Redirect:
                NeighborPrinter.Append(text, icmp);
                break;
            case (>= Icmpv6Type.MulticastListenerQuery and <= Icmpv6Type.MulticastListenerDone) or Icmpv6Type.MulticastListenerReportV2:
                MulticastPrinter.AppendMld(text, message);
                break;
            default:
                text.Append($"{Name(icmp.Type)}, code {icmp.Code}");
                break;
        }
        Finish(text, icmp.IsError, icmp.Payload, message.Length, addresses.CanVerify && !icmp.HasValidChecksum(addresses.Source, addresses.Destination));
    }

    private static void Finish(StringBuilder text, bool isError, ReadOnlySpan<byte> quoted, int length, bool isBad)
    {
        if (isError)
        {
            text.Append(", ");
            IpPrinter.AppendQuoted(text, quoted);
        }
        text.Append($", length {length}");
        if (isBad) text.Append(" [bad checksum]");
    }

    private static string Name(Icmpv4Type type) => type switch
    {
        Icmpv4Type.Echo => "echo request",
        Icmpv4Type.EchoReply => "echo reply",
        Icmpv4Type.SourceQuench => "source quench",
        Icmpv4Type.RouterAdvertisement => "router advertisement",
        Icmpv4Type.RouterSolicitation => "router solicitation",
        Icmpv4Type.Timestamp => "time stamp query",
        Icmpv4Type.TimestampReply => "time stamp reply",
        Icmpv4Type.InformationRequest => "information request",
        Icmpv4Type.InformationReply => "information reply",
        Icmpv4Type.AddressMaskRequest => "address mask request",
        Icmpv4Type.AddressMaskReply => "address mask reply",
        Icmpv4Type.ExtendedEchoRequest => "extended echo request",
        Icmpv4Type.ExtendedEchoReply => "extended echo reply",
        _ => $"type {(byte)type}",
    };

    private static string Name(Icmpv6Type type) => type switch
    {
        Icmpv6Type.EchoRequest => "echo request",
        Icmpv6Type.EchoReply => "echo reply",
        Icmpv6Type.ExtendedEchoRequest => "extended echo request",
        Icmpv6Type.ExtendedEchoReply => "extended echo reply",
        _ => $"type {(byte)type}",
    };

    private static string UnreachableName(Icmpv4UnreachableCode code) => code switch
    {
        Icmpv4UnreachableCode.Network => "net unreachable",
        Icmpv4UnreachableCode.Host => "host unreachable",
        Icmpv4UnreachableCode.Protocol => "protocol unreachable",
        Icmpv4UnreachableCode.Port => "port unreachable",
        Icmpv4UnreachableCode.SourceRouteFailed => "unreachable, source route failed",
        Icmpv4UnreachableCode.NetworkProhibited or Icmpv4UnreachableCode.HostProhibited or Icmpv4UnreachableCode.CommunicationProhibited => "unreachable, admin prohibited",
        _ => $"unreachable, code {(byte)code}",
    };

    private static string UnreachableName(Icmpv6UnreachableCode code) => code switch
    {
        Icmpv6UnreachableCode.NoRoute => "unreachable, no route",
        Icmpv6UnreachableCode.Prohibited => "unreachable, admin prohibited",
        Icmpv6UnreachableCode.BeyondScope => "unreachable, beyond scope",
        Icmpv6UnreachableCode.Address => "address unreachable",
        Icmpv6UnreachableCode.Port => "port unreachable",
        _ => $"unreachable, code {(byte)code}",
    };

    private static string TimeExceededName(byte code) => (IcmpTimeExceededCode)code switch
    {
        IcmpTimeExceededCode.Transit => "time exceeded in-transit",
        IcmpTimeExceededCode.Reassembly => "reassembly time exceeded",
        _ => $"time exceeded, code {code}",
    };
}
