using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Reads neighbour discovery.</summary>
internal static class NeighborViews
{
    internal static void Read(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        if (RouterSolicitationView.TryParse(bytes, out RouterSolicitationView rs, out WireError error)) Read(rs.Options, ref digest);
        digest.Add((long)error);
        if (RouterAdvertisementView.TryParse(bytes, out RouterAdvertisementView ra, out error))
        {
            digest.Add((long)ra.HopLimit);
            digest.Add(ra.IsManaged);
            digest.Add(ra.HasOtherConfiguration);
            digest.Add(ra.Preference);
            digest.Add(ra.RouterLifetime);
            digest.Add(ra.ReachableTime);
            digest.Add(ra.RetransmitTimer);
            Read(ra.Options, ref digest);
        }
        digest.Add((long)error);
        if (NeighborSolicitationView.TryParse(bytes, out NeighborSolicitationView ns, out error))
        {
            digest.Add(ns.Target);
            Read(ns.Options, ref digest);
        }
        digest.Add((long)error);
        if (NeighborAdvertisementView.TryParse(bytes, out NeighborAdvertisementView na, out error))
        {
            digest.Add(na.Target);
            digest.Add(na.IsRouter);
            digest.Add(na.IsSolicited);
            digest.Add(na.IsOverride);
            Read(na.Options, ref digest);
        }
        digest.Add((long)error);
        if (RedirectView.TryParse(bytes, out RedirectView redirect, out error))
        {
            digest.Add(redirect.Target);
            digest.Add(redirect.Destination);
            Read(redirect.Options, ref digest);
        }
        digest.Add((long)error);
        if (NeighborOptionsView.TryParse(bytes, out NeighborOptionsView options, out error)) Read(options, ref digest);
        digest.Add((long)error);
    }

    private static void Read(NeighborOptionsView options, ref Digest digest)
    {
        foreach (NeighborOption option in options)
        {
            digest.Add((long)option.Kind);
            digest.Add(option.Bytes);
            digest.Add(option.Data);
            if (option.TryGetLinkAddress(out MacAddress mac)) digest.Add(mac);
            if (option.TryGetPrefix(out PrefixInformation prefix)) digest.Add(prefix.ToString());
            if (option.TryGetMtu(out uint mtu)) digest.Add(mtu);
            if (option.TryGetRedirectedHeader(out ReadOnlySpan<byte> packet)) digest.Add(packet);
            if (option.TryGetRecursiveDnsServers(out uint lifetime, out ReadOnlySpan<byte> servers))
            {
                digest.Add(lifetime);
                digest.Add(servers);
            }
        }
        digest.Add(options.TryGetLinkAddress(NeighborOptionKind.SourceLinkAddress, out _));
        digest.Add(options.TryGetLinkAddress(NeighborOptionKind.TargetLinkAddress, out _));
    }
}
