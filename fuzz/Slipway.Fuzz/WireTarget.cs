using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>
/// Feeds any bytes to every view, the printer, the pcapng reader and the checksum, and reads all that they offer. Throws if anything
/// throws, if bytes behind the input change what is read from it, or if a view contradicts its builder.
/// </summary>
public static class WireTarget
{
    private const int Guard = 64;

    /// <summary>Runs one input.</summary>
    public static void Run(ReadOnlySpan<byte> input)
    {
        // The same bytes twice, with different bytes around them: whoever reads outside the span sees a difference.
        if (DigestOf(input, 0x00) != DigestOf(input, 0xFF))
            throw new BrokenPromiseException("what was read depends on bytes outside the input");
        RoundTrips.Check(input);
        GroupViews.CheckQuery(input, isIPv4: true);
        GroupViews.CheckQuery(input, isIPv4: false);
        Edits.Check(input);
    }

    /// <summary>What is wrong with an input, or null.</summary>
    public static Exception? Try(byte[] input)
    {
        try
        {
            Run(input);
            return null;
        }
        catch (Exception problem)
        {
            return problem;
        }
    }

    private static ulong DigestOf(ReadOnlySpan<byte> input, byte around)
    {
        byte[] guarded = new byte[input.Length + 2 * Guard];
        guarded.AsSpan().Fill(around);
        input.CopyTo(guarded.AsSpan(Guard));
        ReadOnlySpan<byte> bytes = guarded.AsSpan(Guard, input.Length);
        var digest = new Digest();
        LinkViews.Read(bytes, ref digest);
        IpViews.Read(bytes, ref digest);
        IcmpViews.Read(bytes, ref digest);
        NeighborViews.Read(bytes, ref digest);
        GroupViews.Read(bytes, ref digest);
        TransportViews.Read(bytes, ref digest);
        digest.Add(FramePrinter.Print(LinkType.Ethernet, bytes));
        digest.Add(FramePrinter.Print(LinkType.RawIp, bytes));
        digest.Add(FramePrinter.Print((LinkType)9, bytes));
        ReadCapture(bytes, ref digest);
        return digest.Value;
    }

    private static void ReadCapture(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        using var stream = new MemoryStream(bytes.ToArray());
        var reader = new PcapngReader(stream);
        try
        {
            foreach (PcapngPacket packet in reader.ReadPackets())
            {
                digest.Add(packet.Timestamp);
                digest.Add(packet.OriginalLength);
                digest.Add(packet.Data.Span);
                digest.Add(packet.Comment ?? "");
                digest.Add(packet.Interface.Name);
            }
        }
        catch (PcapFormatException refusal)
        {
            if (refusal.Offset < 0 || refusal.Offset > bytes.Length + 8L) throw new BrokenPromiseException($"the refusal points at byte {refusal.Offset} of {bytes.Length}");
            digest.Add(refusal.Offset);
        }
    }
}
