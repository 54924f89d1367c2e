using Slipway.Fuzz;

namespace Slipway.Wire.Tests;

public class AllocationTests
{
    // Parsing, checking, building and editing a segment is what a stack does for every packet.
    [Fact]
    public void The_path_of_a_segment_allocates_nothing()
    {
        byte[] packet = SamplePackets.Frames.Single(static sample => sample.Name == "tcp SACK over IPv4").Frame[14..];
        byte[] built = new byte[packet.Length];
        int steps = Pass(packet, built);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++) steps += Pass(packet, built);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        steps.ShouldBe(101 * 5, "every step of the path was taken");
    }

    private static int Pass(byte[] packet, byte[] built)
    {
        int steps = 0;
        if (!Ipv4View.TryParse(packet, out Ipv4View ip, out _) || !ip.HasValidChecksum) return steps;
        steps++;
        if (Ipv4OptionsView.TryParse(ip.Options, out _, out _, out _)) steps++;
        if (!TcpView.TryParse(ip.Payload, out TcpView tcp, out _) || !tcp.HasValidChecksum(ip.Source, ip.Destination)) return steps;
        steps++;
        TcpHeader header = tcp.ToHeader();
        PartialSum sum = InternetChecksum.CopyAndSum(tcp.Payload, built.AsSpan(ip.HeaderLength + header.Length));
        ip.ToHeader().Write(built);
        header.Write(built.AsSpan(ip.HeaderLength), ip.Source, ip.Destination, sum, tcp.Payload.Length);
        if (built.AsSpan().SequenceEqual(packet)) steps++;
        if (PacketEditor.TryDecrementTtl(built)) steps++;
        return steps;
    }
}
