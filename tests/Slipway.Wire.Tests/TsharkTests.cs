using Slipway.Fuzz;

namespace Slipway.Wire.Tests;

public class TsharkTests
{
    // What the builders make and the writer writes, read by another parser with all its checksums on.
    [TsharkFact]
    public void Every_kind_of_packet_is_read_by_tshark_without_a_complaint()
    {
        using var capture = new MemoryStream();
        using (var writer = new PcapngWriter(capture, leaveOpen: true))
        {
            int ethernet = writer.AddInterface("eth0", LinkType.Ethernet);
            long time = 0;
            foreach ((string name, byte[] frame) in SamplePackets.Frames) writer.WritePacket(ethernet, time += 1_000_000_000, frame, comment: name);
        }

        // The parts of one fragmented datagram are put together and checked as one; "_ws.expert.severity" of error is 0x00800000 = 8388608.
        string[][] rows = Tshark.Read(capture.ToArray(), "frame.comment", "_ws.malformed", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status", "_ws.expert.severity");

        rows.Select(static row => row[0]).ShouldBe(SamplePackets.Frames.Select(static sample => sample.Name));
        foreach (string[] row in rows)
        {
            row[1].ShouldBe("", $"{row[0]} is malformed");
            // 1 is good, 2 not verified: tshark leaves the datagram quoted in a redirect unverified.
            foreach (string status in row[2..7].SelectMany(static cell => cell.Split(',', StringSplitOptions.RemoveEmptyEntries)))
                status.ShouldBeOneOf(row[0] == "icmp redirect" ? ["1", "2"] : ["1"], $"{row[0]} has a checksum that is not good: {string.Join('|', row)}");
            row[7].Split(',').ShouldNotContain("8388608", $"{row[0]} has an error");
        }
        rows.Count(static row => row[2..7].Any(static cell => cell.Length > 0)).ShouldBeGreaterThan(SamplePackets.Frames.Count / 2, "tshark did not verify the checksums");
    }

    [TsharkFact]
    public void Names_times_lengths_and_remarks_arrive_in_tshark()
    {
        using var capture = new MemoryStream();
        using (var writer = new PcapngWriter(capture, leaveOpen: true))
        {
            int raw = writer.AddInterface("tun0", LinkType.RawIp, snapLength: 28);
            writer.WritePacket(raw, 1_700_000_000_123_456_789, KernelFrames.Packet("udp"), comment: "grüße");
        }

        string[][] rows = Tshark.Read(capture.ToArray(), "frame.time_epoch", "frame.interface_name", "frame.len", "frame.cap_len", "frame.comment", "udp.dstport");

        rows.ShouldHaveSingleItem().ShouldBe(["1700000000.123456789", "tun0", "33", "28", "grüße", "9"]);
    }
}
