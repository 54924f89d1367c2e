namespace Slipway.Wire.Tests;

/// <summary>What Linux writes is read as Linux meant it, and written again byte for byte.</summary>
public class KernelFrameTests
{
    [Fact]
    public void Every_checksum_of_the_kernel_is_found_right()
    {
        int checkedSums = 0;
        foreach ((string name, string hex) in KernelFrames.All)
        {
            byte[] packet = Convert.FromHexString(hex)[14..];
            if (Ipv4View.TryParse(packet, out Ipv4View four, out _))
            {
                four.HasValidChecksum.ShouldBeTrue(name);
                if (!four.IsFragment) checkedSums += CheckUpper(name, four.Protocol, four.Payload, four.Source, four.Destination);
            }
            else if (Ipv6View.TryParse(packet, out Ipv6View six, out _))
            {
                Ipv6ExtensionWalker walker = six.WalkExtensions();
                walker.MoveToEnd().ShouldBeTrue(name);
                checkedSums += CheckUpper(name, walker.Next, walker.Payload, six.Source, six.Destination);
            }
        }
        checkedSums.ShouldBe(18, "each frame but the two of ARP and the fragment has a checksum of an upper protocol");
    }

    [Fact]
    public void A_TCP_SYN_and_ACK_is_read_and_written_again_as_the_kernel_wrote_it()
    {
        byte[] packet = KernelFrames.Packet("tcp SYN and ACK");
        Ipv4View.TryParse(packet, out Ipv4View ip, out _).ShouldBeTrue();
        TcpView.TryParse(ip.Payload, out TcpView tcp, out _).ShouldBeTrue();

        tcp.ToHeader().ShouldBe(new TcpHeader(7, 5555, 1715534778, 908528407, TcpFlags.Syn | TcpFlags.Ack, 65160)
        {
            Checksum = tcp.Checksum,
            Options = new TcpOptions { MaximumSegmentSize = 1460, SackPermitted = true, Timestamps = new TcpTimestamps(1658799131, 1486236001), WindowScale = 10 },
        });
        byte[] again = new byte[packet.Length];
        ip.ToHeader().Write(again);
        tcp.ToHeader().Write(again.AsSpan(ip.HeaderLength), ip.Source, ip.Destination);
        again.ShouldBe(packet);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("udp over IPv6")]
    public void A_UDP_datagram_is_written_again_as_the_kernel_wrote_it(string name)
    {
        byte[] packet = KernelFrames.Packet(name);
        IpAddress source, destination;
        int header;
        byte[] again = new byte[packet.Length];
        if (Ipv4View.TryParse(packet, out Ipv4View four, out _))
        {
            (source, destination, header) = (four.Source, four.Destination, four.HeaderLength);
            four.ToHeader().Write(again);
        }
        else
        {
            Ipv6View.TryParse(packet, out Ipv6View six, out _).ShouldBeTrue();
            (source, destination, header) = (six.Source, six.Destination, Ipv6Header.Length);
            six.ToHeader().Write(again);
        }
        "hello"u8.CopyTo(again.AsSpan(header + UdpHeader.Length));
        new UdpHeader(4444, 9, 5).Write(again.AsSpan(header), source, destination);

        again.ShouldBe(packet);
    }

    [Theory]
    [InlineData("port unreachable", 20)]
    [InlineData("port unreachable over IPv6", 40)]
    public void An_ICMP_error_quotes_the_datagram_it_is_about(string name, int ipHeader)
    {
        ReadOnlySpan<byte> message = KernelFrames.Packet(name).AsSpan(ipHeader);

        QuotedPacketView.TryParse(message[8..], out QuotedPacketView quoted, out _).ShouldBeTrue();

        quoted.Protocol.ShouldBe(IpProtocolNumber.Udp);
        quoted.Source.ToString().ShouldBe(ipHeader == 20 ? "10.9.0.1" : "fd09::1");
        quoted.Destination.ToString().ShouldBe(ipHeader == 20 ? "10.9.0.2" : "fd09::2");
        quoted.HasTransport.ShouldBeTrue();
        quoted.SourcePort.ShouldBe((ushort)4444);
        quoted.DestinationPort.ShouldBe((ushort)9);
        quoted.Transport[8..].SequenceEqual("hello"u8).ShouldBeTrue();
    }

    [Fact]
    public void A_neighbour_advertisement_is_read_and_written_again_as_the_kernel_wrote_it()
    {
        byte[] packet = KernelFrames.Packet("neighbour advertisement");
        Ipv6View.TryParse(packet, out Ipv6View ip, out _).ShouldBeTrue();
        NeighborAdvertisementView.TryParse(ip.Payload, out NeighborAdvertisementView view, out _).ShouldBeTrue();

        view.Options.TryGetLinkAddress(NeighborOptionKind.TargetLinkAddress, out MacAddress mac).ShouldBeTrue();
        mac.ToString().ShouldBe("02:00:00:00:00:0b");
        byte[] again = new byte[ip.Payload.Length];
        new NeighborOptionsBuilder(again.AsSpan(NeighborAdvertisementHeader.Length)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, mac);
        new NeighborAdvertisementHeader(IpAddress.Parse("fd09::2"), IsRouter: false, IsSolicited: true, IsOverride: true).Write(again, ip.Source, ip.Destination);
        again.ShouldBe(ip.Payload.ToArray());
    }

    [Fact]
    public void A_listener_report_is_behind_a_router_alert()
    {
        Ipv6View.TryParse(KernelFrames.Packet("listener report"), out Ipv6View ip, out _).ShouldBeTrue();
        Ipv6ExtensionWalker walker = ip.WalkExtensions();

        walker.MoveNext().ShouldBeTrue();
        walker.Kind.ShouldBe(IpProtocolNumber.HopByHop);
        Ipv6OptionsView.TryParse(walker.Header, out Ipv6OptionsView options, out _).ShouldBeTrue();
        int count = 0;
        foreach (Ipv6Option option in options)
        {
            option.Kind.ShouldBe(Ipv6OptionKind.RouterAlert);
            option.Action.ShouldBe(Ipv6OptionAction.Skip);
            option.Data.SequenceEqual((ReadOnlySpan<byte>)[0, 0]).ShouldBeTrue();
            count++;
        }
        count.ShouldBe(1);
        walker.MoveNext().ShouldBeFalse();
        walker.Error.ShouldBe(WireError.None);
        walker.Next.ShouldBe(IpProtocolNumber.Icmpv6);
    }

    private static int CheckUpper(string name, IpProtocolNumber protocol, ReadOnlySpan<byte> payload, IpAddress source, IpAddress destination)
    {
        bool isRight = protocol switch
        {
            IpProtocolNumber.Tcp => TcpView.TryParse(payload, out TcpView tcp, out _) && tcp.HasValidChecksum(source, destination),
            IpProtocolNumber.Udp => UdpView.TryParse(payload, out UdpView udp, out _) && udp.HasValidChecksum(source, destination) && udp.HasChecksum,
            IpProtocolNumber.Icmpv4 => Icmpv4View.TryParse(payload, out Icmpv4View icmp, out _) && icmp.HasValidChecksum,
            IpProtocolNumber.Icmpv6 => Icmpv6View.TryParse(payload, out Icmpv6View icmp, out _) && icmp.HasValidChecksum(source, destination),
            _ => false,
        };
        isRight.ShouldBeTrue(name);
        return 1;
    }
}
