using Slipway.Fuzz;

namespace Slipway.Wire.Tests;

public class FramePrinterTests
{
    [Theory]
    [InlineData("arp request", "02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff, ARP, request who-has 10.9.0.2 tell 10.9.0.1")]
    [InlineData("arp reply", "02:00:00:00:00:0b > 02:00:00:00:00:0a, ARP, reply 10.9.0.2 is-at 02:00:00:00:00:0b")]
    [InlineData("listener report", "02:00:00:00:00:0a > 33:33:00:00:00:16, IP6 HBH alert :: > ff02::16: ICMP6 multicast listener report v2, ff02::1:ff00:1 to_ex {}, ff02::1:ff00:a to_ex {}, length 48")]
    [InlineData("router solicitation", "02:00:00:00:00:0b > 33:33:00:00:00:02, IP6 fe80::ff:fe00:b > ff02::2: ICMP6 router solicitation, source 02:00:00:00:00:0b, length 16")]
    [InlineData("echo request", "02:00:00:00:00:0a > 02:00:00:00:00:0b, IP 10.9.0.1 > 10.9.0.2: ICMP echo request, id 30570, seq 1, length 16")]
    [InlineData("record route reply", "02:00:00:00:00:0b > 02:00:00:00:00:0a, IP (options RR{10.9.0.1,10.9.0.2,10.9.0.2|0.0.0.0,0.0.0.0,0.0.0.0,0.0.0.0,0.0.0.0,0.0.0.0}) 10.9.0.2 > 10.9.0.1: ICMP echo reply, id 30571, seq 1, length 16")]
    [InlineData("neighbour advertisement", "02:00:00:00:00:0b > 02:00:00:00:00:0a, IP6 fd09::2 > fd09::1: ICMP6 neighbor advertisement, tgt is fd09::2, solicited, override, target 02:00:00:00:00:0b, length 32")]
    [InlineData("udp", "02:00:00:00:00:0a > 02:00:00:00:00:0b, IP 10.9.0.1.4444 > 10.9.0.2.9: UDP, length 5")]
    [InlineData("port unreachable", "02:00:00:00:00:0b > 02:00:00:00:00:0a, IP 10.9.0.2 > 10.9.0.1: ICMP port unreachable, about UDP 10.9.0.1.4444 > 10.9.0.2.9, length 41")]
    [InlineData("port unreachable over IPv6", "02:00:00:00:00:0b > 02:00:00:00:00:0a, IP6 fd09::2 > fd09::1: ICMP6 port unreachable, about UDP fd09::1.4444 > fd09::2.9, length 61")]
    [InlineData("tcp SYN and ACK", "02:00:00:00:00:0b > 02:00:00:00:00:0a, IP 10.9.0.2.7 > 10.9.0.1.5555: Flags [S.], seq 1715534778, ack 908528407, win 65160, options [mss 1460,sackOK,TS val 1658799131 ecr 1486236001,wscale 10], length 0")]
    [InlineData("tcp data", "02:00:00:00:00:0a > 02:00:00:00:00:0b, IP 10.9.0.1.5555 > 10.9.0.2.7: Flags [P.], seq 908528407:908528415, ack 1715534779, win 63, options [TS val 1486236002 ecr 1658799131], length 8")]
    [InlineData("last fragment", "02:00:00:00:00:0a > 02:00:00:00:00:0b, IP 10.9.0.1 > 10.9.0.2: ICMP (frag 63032:128@1480)")]
    public void A_frame_of_the_kernel_prints_as(string name, string expected)
    {
        FramePrinter.PrintFrame(KernelFrames.Frame(name)).ShouldBe(expected);
        if (expected.Contains(", IP", StringComparison.Ordinal))
            FramePrinter.Print(LinkType.RawIp, KernelFrames.Packet(name)).ShouldBe(expected[(expected.IndexOf(", IP", StringComparison.Ordinal) + 2)..]);
    }

    [Theory]
    [InlineData("", "IP [truncated], length 0")]
    [InlineData("45", "IP [truncated], length 1")]
    [InlineData("55000014000000004000000000000000000000000000", "IP [bad version], length 22")]
    [InlineData("44000014000000004000000000000000000000000000", "IP [bad header length], length 22")]
    [InlineData("45000013000000004000000000000000000000000000", "IP [bad length], length 22")]
    [InlineData("450000640000000001110000010203040506070800350035", "IP [truncated, 76 bytes missing] [bad header checksum] [ttl 1] 1.2.3.4.53 > 5.6.7.8.53: UDP [truncated], length 4")]
    [InlineData("6000000000000040000000000000000000000000000000000000000000000000000000000000000000", "IP6 [jumbogram], length 41")]
    [InlineData("600000000000", "IP6 [truncated], length 6")]
    public void Malformed_packets_say_what_is_wrong(string hex, string expected)
        => FramePrinter.PrintPacket(Convert.FromHexString(hex)).ShouldBe(expected);

    [Fact]
    public void A_wrong_checksum_is_told_unless_checksums_do_not_count()
    {
        byte[] frame = KernelFrames.Frame("tcp data");
        frame[^1] ^= 1;

        FramePrinter.PrintFrame(frame).ShouldEndWith(", length 8 [bad checksum]");
        FramePrinter.PrintFrame(frame, verifyChecksums: false).ShouldEndWith(", length 8");
    }

    [Fact]
    public void Frames_that_carry_no_IP_print_too()
    {
        FramePrinter.PrintFrame([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x88, 0xCC, 1, 2]).ShouldBe("00:00:00:00:00:02 > 00:00:00:00:00:01, ethertype 0x88cc, length 2");
        FramePrinter.PrintFrame([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 3, 1, 2, 3]).ShouldBe("00:00:00:00:00:02 > 00:00:00:00:00:01, 802.3, length 3");
        FramePrinter.PrintFrame([1, 2, 3]).ShouldBe("Ethernet [truncated], length 3");
        FramePrinter.Print((LinkType)9, [1, 2, 3]).ShouldBe("link type 9, length 3");
    }

    [Fact]
    public void Every_sample_prints_one_line_without_a_complaint()
    {
        foreach ((string name, byte[] frame) in SamplePackets.Frames)
        {
            string line = FramePrinter.PrintFrame(frame);
            line.ShouldNotContain('\n', name);
            line.Split("options [")[0].Split("Flags [")[0].ShouldNotContain('[', $"{name}: {line}");
        }
    }
}
