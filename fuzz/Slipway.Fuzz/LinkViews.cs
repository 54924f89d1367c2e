using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Reads Ethernet and ARP.</summary>
internal static class LinkViews
{
    internal static void Read(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        digest.Add(InternetChecksum.Compute(bytes));
        if (EthernetView.TryParse(bytes, out EthernetView frame, out WireError error))
        {
            digest.Add(frame.Destination);
            digest.Add(frame.Source);
            digest.Add((long)frame.Type);
            digest.Add(frame.Tag.Id + frame.Tag.Priority);
            digest.Add(frame.Tag.IsDropEligible);
            digest.Add(frame.HeaderLength);
            digest.Add(frame.Payload);
        }
        digest.Add((long)error);
        if (ArpView.TryParse(bytes, out ArpView arp, out error))
        {
            digest.Add((long)arp.Operation);
            digest.Add(arp.SenderHardware);
            digest.Add(arp.SenderProtocol);
            digest.Add(arp.TargetHardware);
            digest.Add(arp.TargetProtocol);
            digest.Add(arp.IsGratuitous);
        }
        digest.Add((long)error);
    }
}
