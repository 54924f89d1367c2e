using FsCheck.Fluent;

namespace Slipway.Wire.Tests;

public class PcapngTests
{
    private const string SectionBig = "0A0D0D0A" + "0000001C" + "1A2B3C4D" + "00010000" + "FFFFFFFFFFFFFFFF" + "0000001C";

    // Microseconds, as files without if_tsresol have them.
    private const string InterfaceBig = "00000001" + "00000014" + "0065" + "0000" + "00000000" + "00000014";

    [Fact]
    public void The_writer_s_bytes_depend_on_the_calls_alone()
    {
        using var stream = new MemoryStream();
        using (var writer = new PcapngWriter(stream, leaveOpen: true))
        {
            writer.AddInterface("tun0", LinkType.RawIp, 96).ShouldBe(0);
            writer.WritePacket(0, 0x1_0000_0002, [1, 2, 3], originalLength: 9, comment: "hi");
        }

        Convert.ToHexString(stream.ToArray()).ShouldBe(
            "0A0D0D0A" + "2C000000" + "4D3C2B1A" + "01000000" + "FFFFFFFFFFFFFFFF" + "04000700" + "536C697077617900" + "00000000" + "2C000000"
            + "01000000" + "28000000" + "6500" + "0000" + "60000000" + "02000400" + "74756E30" + "09000100" + "09000000" + "00000000" + "28000000"
            + "06000000" + "30000000" + "00000000" + "01000000" + "02000000" + "03000000" + "09000000" + "01020300" + "01000200" + "68690000" + "00000000" + "30000000");
    }

    [Fact]
    public void What_is_written_is_read()
        => Property.Holds(
            from packets in (from time in Any.UInt64 from data in Any.Bytes(60) from more in Gen.Choose(0, 5) from hasComment in Any.Bool select (time: (long)(time >> 1), data, more, hasComment)).ListOf(6)
            select packets,
            static packets =>
            {
                using var stream = new MemoryStream();
                using (var writer = new PcapngWriter(stream, leaveOpen: true))
                {
                    writer.AddInterface("eth0", LinkType.Ethernet);
                    writer.AddInterface("tun0", LinkType.RawIp);
                    foreach (var packet in packets)
                        writer.WritePacket(packet.data.Length & 1, packet.time, packet.data, packet.data.Length + packet.more, packet.hasComment ? "ein Wörtchen" : null);
                }

                List<PcapngPacket> read = Read(stream.ToArray());

                read.Count.ShouldBe(packets.Count);
                foreach ((PcapngPacket got, var put) in read.Zip(packets))
                {
                    got.Timestamp.ShouldBe(put.time);
                    got.Data.ToArray().ShouldBe(put.data);
                    got.OriginalLength.ShouldBe(put.data.Length + put.more);
                    got.Comment.ShouldBe(put.hasComment ? "ein Wörtchen" : null);
                    got.Interface.Name.ShouldBe((put.data.Length & 1) == 0 ? "eth0" : "tun0");
                    got.Interface.LinkType.ShouldBe((put.data.Length & 1) == 0 ? LinkType.Ethernet : LinkType.RawIp);
                }
            });

    [Fact]
    public void A_packet_is_cut_to_the_snap_length_of_its_interface()
    {
        using var stream = new MemoryStream();
        using (var writer = new PcapngWriter(stream, leaveOpen: true))
            writer.WritePacket(writer.AddInterface("eth0", LinkType.Ethernet, snapLength: 4), 1, [1, 2, 3, 4, 5, 6]);

        PcapngPacket packet = Read(stream.ToArray()).ShouldHaveSingleItem();
        packet.Data.ToArray().ShouldBe([1, 2, 3, 4]);
        packet.OriginalLength.ShouldBe(6);
    }

    [Fact]
    public void The_other_byte_order_simple_packets_and_unknown_blocks_are_read()
    {
        string unknown = "00000BAD" + "00000010" + "12345678" + "00000010";
        string enhanced = "00000006" + "00000028" + "00000000" + "00000000" + "0000000A" + "00000005" + "00000007" + "AABBCCDD" + "EE000000" + "00000028";
        string simple = "00000003" + "00000014" + "00000003" + "11223300" + "00000014";

        List<PcapngPacket> packets = Read(Convert.FromHexString(SectionBig + unknown + InterfaceBig + enhanced + unknown + simple));

        packets.Count.ShouldBe(2);
        (packets[0].Timestamp, packets[0].OriginalLength, Convert.ToHexString(packets[0].Data.Span)).ShouldBe((10_000, 7, "AABBCCDDEE"));
        (packets[1].Timestamp, packets[1].OriginalLength, Convert.ToHexString(packets[1].Data.Span)).ShouldBe((0, 3, "112233"));
        packets[0].Interface.LinkType.ShouldBe(LinkType.RawIp);
    }

    [Fact]
    public void A_new_section_starts_with_no_interfaces_and_its_own_byte_order()
    {
        using var stream = new MemoryStream();
        stream.Write(Convert.FromHexString(SectionBig + InterfaceBig));
        using (var writer = new PcapngWriter(stream, leaveOpen: true))
            writer.WritePacket(writer.AddInterface("later", LinkType.Ethernet), 5, [9]);

        Read(stream.ToArray()).ShouldHaveSingleItem().Interface.Name.ShouldBe("later");
    }

    [Theory]
    [InlineData(6, 1_500_000UL, 1_500_000_000)] // microseconds
    [InlineData(9, 77UL, 77)]
    [InlineData(0, 3UL, 3_000_000_000)]
    [InlineData(0x80 | 10, 1024UL + 512, 1_500_000_000)] // 1/1024 s
    [InlineData(12, 2_000UL, 2)] // picoseconds
    [InlineData(127, ulong.MaxValue, 0)]
    [InlineData(0, ulong.MaxValue, long.MaxValue)] // beyond what 63 bits of nanoseconds hold
    public void Times_of_every_resolution_become_nanoseconds(int resolution, ulong units, long expected)
    {
        string description = "00000001" + "00000020" + "0001" + "0000" + "00000000" + "00090001" + $"{resolution:X2}000000" + "00000000" + "00000020";
        string packet = "00000006" + "00000020" + "00000000" + $"{units >> 32:X8}" + $"{(uint)units:X8}" + "00000000" + "00000000" + "00000020";

        Read(Convert.FromHexString(SectionBig + description + packet)).ShouldHaveSingleItem().Timestamp.ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "00010203" + "00000010" + "00000000" + "00000010", "does not begin with a section header", 0)]
    [InlineData("", "0A0D0D0A" + "0000001C" + "11111111" + "00010000" + "FFFFFFFFFFFFFFFF" + "0000001C", "magic", 8)]
    [InlineData("", "0A0D0D0A" + "0000001C" + "1A2B3C4D" + "00020000" + "FFFFFFFFFFFFFFFF" + "0000001C", "version 2", 12)]
    [InlineData("", "0A0D0D0A" + "00000018" + "1A2B3C4D" + "00010000" + "FFFFFFFF" + "00000018", "block length 24", 4)]
    [InlineData(SectionBig, "00000001" + "0000", "ends within a block's header", 28)]
    [InlineData(SectionBig, "00000001" + "00000014" + "0065", "ends within a block of 20 bytes", 28)]
    [InlineData(SectionBig, "00000001" + "0000000D" + "0065", "block length 13", 32)]
    [InlineData(SectionBig, "00000001" + "00000008" + "0065", "block length 8", 32)]
    [InlineData(SectionBig, "00000001" + "7FFFFFFC" + "0065", "above the bound", 32)]
    [InlineData(SectionBig, "00000001" + "00000014" + "0065" + "0000" + "00000000" + "00000018", "not that before it", 44)]
    [InlineData(SectionBig, "00000001" + "00000010" + "0065" + "0000" + "00000010", "interface description is too short", 28)]
    [InlineData(SectionBig, "00000003" + "00000014" + "00000003" + "11223300" + "00000014", "names interface 0", 28)]
    [InlineData(SectionBig + InterfaceBig, "00000003" + "00000010" + "00000003" + "00000010", "3 captured bytes do not fit", 56)]
    [InlineData(SectionBig + InterfaceBig, "00000003" + "0000000C" + "0000000C", "simple packet block is too short", 48)]
    [InlineData(SectionBig + InterfaceBig, "00000006" + "00000010" + "00000000" + "00000010", "enhanced packet block is too short", 48)]
    [InlineData(SectionBig + InterfaceBig, "00000006" + "00000020" + "00000000" + "00000000" + "00000000" + "00000001" + "00000001" + "00000020", "1 captured bytes do not fit", 68)]
    [InlineData(SectionBig + InterfaceBig, "00000006" + "00000024" + "00000000" + "00000000" + "00000000" + "00000000" + "00000000" + "00010004" + "00000024", "option 1 of 4 bytes", 76)]
    public void A_broken_file_is_refused_with_the_place(string before, string broken, string message, long offset)
    {
        PcapFormatException refusal = Should.Throw<PcapFormatException>(() => Read(Convert.FromHexString(before + broken)));

        refusal.Message.ShouldContain(message);
        refusal.Offset.ShouldBe(offset);
    }

    [Fact]
    public void A_great_length_in_a_short_file_costs_no_great_allocation()
    {
        byte[] file = Convert.FromHexString(SectionBig + "00000BAD" + "00FFFFFC" + "0065");
        long before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<PcapFormatException>(() => Read(file));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void The_writer_refuses_what_makes_no_sense()
    {
        using var writer = new PcapngWriter(new MemoryStream());
        Should.Throw<ArgumentOutOfRangeException>(() => writer.WritePacket(0, 0, [1]));
        int id = writer.AddInterface("eth0", LinkType.Ethernet);
        Should.Throw<ArgumentOutOfRangeException>(() => writer.WritePacket(id, -1, [1]));
        Should.Throw<ArgumentOutOfRangeException>(() => writer.WritePacket(id, 0, [1, 2], originalLength: 1));
        Should.Throw<ArgumentOutOfRangeException>(() => writer.AddInterface("eth1", LinkType.Ethernet, -1));
        writer.Dispose();
        Should.Throw<ObjectDisposedException>(() => writer.WritePacket(id, 0, [1]));
    }

    private static List<PcapngPacket> Read(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return [.. new PcapngReader(stream).ReadPackets()];
    }
}
