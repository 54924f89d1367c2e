using System.Buffers.Binary;
using FsCheck.Fluent;

namespace Slipway.Wire.Tests;

public class PacketEditorTests
{
    [Fact]
    public void Every_hop_of_an_IPv4_packet_keeps_its_checksum_right()
        => Property.Holds(
            from source in Any.IPv4
            from destination in Any.IPv4
            from tos in Any.Byte
            from id in Any.UInt16
            select new Ipv4Header(source, destination, IpProtocolNumber.Udp) { Tos = tos, Identification = id, Ttl = 255 },
            static header =>
            {
                byte[] packet = new byte[20], expected = new byte[20];
                header.Write(packet);
                for (int ttl = 254; ttl >= 1; ttl--)
                {
                    PacketEditor.TryDecrementTtl(packet).ShouldBeTrue();
                    (header with { Ttl = (byte)ttl }).Write(expected);
                    packet.AsSpan().SequenceEqual(expected).ShouldBeTrue($"TTL {ttl}");
                }
                PacketEditor.TryDecrementTtl(packet).ShouldBeFalse();
                packet.AsSpan().SequenceEqual(expected).ShouldBeTrue("a packet that may go no further is not changed");
            });

    [Fact]
    public void The_hop_limit_of_IPv6_goes_down_to_one()
    {
        byte[] packet = new byte[40];
        new Ipv6Header(IpAddress.LoopbackIPv6, IpAddress.LoopbackIPv6, IpProtocolNumber.Udp) { HopLimit = 2 }.Write(packet);

        PacketEditor.TryDecrementHopLimit(packet).ShouldBeTrue();
        packet[7].ShouldBe((byte)1);
        PacketEditor.TryDecrementHopLimit(packet).ShouldBeFalse();
        packet[7].ShouldBe((byte)1);
    }

    [Theory]
    [InlineData(0x00, false, 0x00)] // the sender does not speak ECN
    [InlineData(0x01, true, 0x03)]
    [InlineData(0xB2, true, 0xB3)]
    [InlineData(0x03, true, 0x03)]
    public void Congestion_is_marked_where_the_sender_speaks_ECN(byte before, bool isMarked, byte after)
    {
        byte[] four = new byte[20], six = new byte[40];
        new Ipv4Header(IpAddress.LoopbackIPv4, IpAddress.LoopbackIPv4, IpProtocolNumber.Tcp) { Tos = before }.Write(four);
        new Ipv6Header(IpAddress.LoopbackIPv6, IpAddress.LoopbackIPv6, IpProtocolNumber.Tcp) { TrafficClass = before, FlowLabel = 0xABCDE }.Write(six);

        PacketEditor.TryMarkCongestion(four).ShouldBe(isMarked);
        PacketEditor.TryMarkCongestion(six).ShouldBe(isMarked);

        Ipv4View.TryParse(four, out Ipv4View view4, out _).ShouldBeTrue();
        (view4.Tos, view4.HasValidChecksum).ShouldBe((after, true));
        Ipv6View.TryParse(six, out Ipv6View view6, out _).ShouldBeTrue();
        (view6.TrafficClass, view6.FlowLabel).ShouldBe((after, 0xABCDE));
    }

    [Fact]
    public void Ports_and_MTU_change_as_if_they_had_been_built_so()
        => Property.Holds(
            from addresses in Any.Addresses
            from payload in Any.Bytes(40)
            from port in Any.UInt16
            select (addresses, payload, port),
            static sample =>
            {
                ((IpAddress from, IpAddress to), byte[] payload, ushort port) = sample;
                byte[] udp = [.. new byte[8], .. payload], tcp = [.. new byte[20], .. payload], four = [.. new byte[8], .. payload], six = [.. four];
                new UdpHeader(1, 2, payload.Length).Write(udp, from, to);
                new TcpHeader(1, 2, 3, 4, TcpFlags.Ack, 5).Write(tcp, from, to);
                Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.FragmentationNeeded, 1500).Write(four);
                Icmpv6Header.PacketTooBig(1500).Write(six, from, to);

                PacketEditor.SetSourcePort(IpProtocolNumber.Udp, udp, port);
                PacketEditor.SetDestinationPort(IpProtocolNumber.Tcp, tcp, port);
                PacketEditor.SetIcmpv4Mtu(four, port);
                PacketEditor.SetIcmpv6Mtu(six, 70_000);

                byte[] udpNew = [.. udp], tcpNew = [.. tcp], fourNew = [.. four], sixNew = [.. six];
                new UdpHeader(port, 2, payload.Length).Write(udpNew, from, to);
                new TcpHeader(1, port, 3, 4, TcpFlags.Ack, 5).Write(tcpNew, from, to);
                Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.FragmentationNeeded, port).Write(fourNew);
                Icmpv6Header.PacketTooBig(70_000).Write(sixNew, from, to);
                udp.ShouldBe(udpNew);
                tcp.ShouldBe(tcpNew);
                four.ShouldBe(fourNew);
                six.ShouldBe(sixNew);
            });

    [Fact]
    public void A_datagram_without_a_checksum_stays_without()
    {
        byte[] udp = new byte[8];
        new UdpHeader(1, 2, 0).Write(udp);

        PacketEditor.SetDestinationPort(IpProtocolNumber.Udp, udp, 53);

        UdpView.TryParse(udp, out UdpView view, out _).ShouldBeTrue();
        (view.DestinationPort, view.HasChecksum).ShouldBe(((ushort)53, false));
    }

    // RFC 768: a checksum that comes out as zero is written as all ones, as zero says that there is none.
    [Fact]
    public void A_datagram_whose_sum_comes_out_as_zero_still_has_a_checksum()
    {
        IpAddress from = IpAddress.Parse("192.0.2.1"), to = IpAddress.Parse("192.0.2.2");
        byte[] built = new byte[10], edited = new byte[10];
        new UdpHeader(1, 2, 2).Write(built, from, to);
        UdpView.TryParse(built, out UdpView before, out _).ShouldBeTrue();
        ushort missing = before.Checksum;
        built.CopyTo(edited, 0);

        // What is missing to all ones, once in the payload and once added to the port.
        BinaryPrimitives.WriteUInt16BigEndian(built.AsSpan(8), missing);
        new UdpHeader(1, 2, 2).Write(built, from, to);
        PacketEditor.SetSourcePort(IpProtocolNumber.Udp, edited, (ushort)(missing + 1));

        foreach (byte[] datagram in (byte[][])[built, edited])
        {
            UdpView.TryParse(datagram, out UdpView view, out _).ShouldBeTrue();
            view.Checksum.ShouldBe((ushort)0xFFFF);
            view.HasValidChecksum(from, to).ShouldBeTrue();
        }
    }

    [Fact]
    public void Protocols_without_ports_are_refused()
        => Should.Throw<ArgumentOutOfRangeException>(static () => PacketEditor.SetSourcePort(IpProtocolNumber.Icmpv4, new byte[20], 1));
}
