using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>One well-formed neighbour discovery message of each kind.</summary>
internal static class NeighborSamples
{
    internal static IEnumerable<(string Name, byte[] Message)> Build(IpAddress source, IpAddress destination, MacAddress mac)
    {
        yield return ("router solicitation", Solicitation(source, destination, mac));
        yield return ("router advertisement", Advertisement(source, destination, mac));
        yield return ("neighbour solicitation", NeighborSolicitation(source, destination, mac));
        yield return ("neighbour advertisement", NeighborAdvertisement(source, destination, mac));
        yield return ("redirect", Redirect(source, destination, mac));
    }

    private static byte[] Solicitation(IpAddress source, IpAddress destination, MacAddress mac)
    {
        byte[] message = new byte[16];
        new NeighborOptionsBuilder(message.AsSpan(8)).AddLinkAddress(NeighborOptionKind.SourceLinkAddress, mac);
        Icmpv6Header.RouterSolicitation().Write(message, source, destination);
        return message;
    }

    private static byte[] Advertisement(IpAddress source, IpAddress destination, MacAddress mac)
    {
        byte[] message = new byte[256];
        var options = new NeighborOptionsBuilder(message.AsSpan(RouterAdvertisementHeader.Length));
        options.AddLinkAddress(NeighborOptionKind.SourceLinkAddress, mac);
        options.AddMtu(1500);
        options.AddPrefix(new PrefixInformation(IpPrefix.Parse("fd00::/64"), IsOnLink: true, IsAutonomous: true, 86400, 14400));
        options.AddRecursiveDnsServers(600, [source, destination]);
        Array.Resize(ref message, RouterAdvertisementHeader.Length + options.Length);
        new RouterAdvertisementHeader(64, 1800) { IsManaged = true, HasOtherConfiguration = true, Preference = 1, ReachableTime = 30000, RetransmitTimer = 1000 }
            .Write(message, source, destination);
        return message;
    }

    private static byte[] NeighborSolicitation(IpAddress source, IpAddress destination, MacAddress mac)
    {
        byte[] message = new byte[NeighborSolicitationHeader.Length + 16];
        var options = new NeighborOptionsBuilder(message.AsSpan(NeighborSolicitationHeader.Length));
        options.AddLinkAddress(NeighborOptionKind.SourceLinkAddress, mac);
        options.AddNonce([1, 2, 3, 4, 5, 6]);
        new NeighborSolicitationHeader(destination).Write(message, source, destination);
        return message;
    }

    private static byte[] NeighborAdvertisement(IpAddress source, IpAddress destination, MacAddress mac)
    {
        byte[] message = new byte[NeighborAdvertisementHeader.Length + 8];
        new NeighborOptionsBuilder(message.AsSpan(NeighborAdvertisementHeader.Length)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, mac);
        new NeighborAdvertisementHeader(source, IsRouter: false, IsSolicited: true, IsOverride: true).Write(message, source, destination);
        return message;
    }

    private static byte[] Redirect(IpAddress source, IpAddress destination, MacAddress mac)
    {
        byte[] quoted = new byte[48];
        new Ipv6Header(destination, source, IpProtocolNumber.Udp) { PayloadLength = 8 }.Write(quoted);
        new UdpHeader(1, 2, 0).Write(quoted.AsSpan(Ipv6Header.Length), destination, source);
        byte[] message = new byte[RedirectHeader.Length + 8 + 8 + quoted.Length];
        var options = new NeighborOptionsBuilder(message.AsSpan(RedirectHeader.Length));
        options.AddLinkAddress(NeighborOptionKind.TargetLinkAddress, mac);
        options.AddRedirectedHeader(quoted);
        new RedirectHeader(source, source).Write(message, source, destination);
        return message;
    }
}
