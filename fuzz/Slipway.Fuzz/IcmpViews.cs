using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Reads ICMP of both families.</summary>
internal static class IcmpViews
{
    internal static void Read(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        if (Icmpv4View.TryParse(bytes, out Icmpv4View four, out WireError error))
        {
            digest.Add((long)four.Type);
            digest.Add((long)four.Code);
            digest.Add(four.Checksum);
            digest.Add(four.Rest);
            digest.Add(four.Identifier);
            digest.Add(four.Sequence);
            digest.Add(four.Mtu);
            digest.Add((long)four.Pointer);
            digest.Add(four.Gateway);
            digest.Add(four.IsError);
            digest.Add(four.HasValidChecksum);
            digest.Add(four.Payload);
            digest.Add(four.Message);
        }
        digest.Add((long)error);
        if (Icmpv4TimestampView.TryParse(bytes, out Icmpv4TimestampView stamp, out error))
        {
            digest.Add(stamp.IsReply);
            digest.Add(stamp.Identifier);
            digest.Add(stamp.Sequence);
            digest.Add(stamp.Originate);
            digest.Add(stamp.Receive);
            digest.Add(stamp.Transmit);
        }
        digest.Add((long)error);
        if (Icmpv6View.TryParse(bytes, out Icmpv6View six, out error))
        {
            digest.Add((long)six.Type);
            digest.Add((long)six.Code);
            digest.Add(six.Checksum);
            digest.Add(six.Rest);
            digest.Add(six.Identifier);
            digest.Add(six.Sequence);
            digest.Add(six.Mtu);
            digest.Add(six.Pointer);
            digest.Add(six.IsError);
            digest.Add(six.HasValidChecksum(IpAddress.LoopbackIPv6, IpAddress.LoopbackIPv6));
            digest.Add(six.Payload);
            digest.Add(six.Message);
        }
        digest.Add((long)error);
    }
}
