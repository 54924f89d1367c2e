using FsCheck;
using FsCheck.Fluent;

namespace Slipway.Wire.Tests;

/// <summary>What is built is parsed as it was.</summary>
public class RoundTripTests
{
    [Fact]
    public void Ethernet()
        => Property.Holds(
            from destination in Any.Mac
            from source in Any.Mac
            from type in Any.UInt16
            where type != (ushort)EtherType.Vlan
            from tag in Any.UInt16
            from isTagged in Any.Bool
            from payload in Any.Bytes(40)
            select (header: new EthernetHeader(destination, source, (EtherType)type) { Tag = isTagged ? new VlanTag(tag) : null }, payload),
            static sample =>
            {
                byte[] frame = [.. new byte[sample.header.Length], .. sample.payload];
                sample.header.Write(frame);

                EthernetView.TryParse(frame, out EthernetView view, out _).ShouldBeTrue();
                view.ToHeader().ShouldBe(sample.header);
                view.Payload.SequenceEqual(sample.payload).ShouldBeTrue();
            });

    [Fact]
    public void Arp()
        => Property.Holds(
            from operation in Any.UInt16
            from sender in Any.Mac
            from target in Any.Mac
            from senderAddress in Any.IPv4
            from targetAddress in Any.IPv4
            select new ArpHeader((ArpOperation)operation, sender, senderAddress, target, targetAddress),
            static header =>
            {
                byte[] packet = new byte[ArpHeader.Length + 18];
                header.Write(packet);

                ArpView.TryParse(packet, out ArpView view, out _).ShouldBeTrue();
                view.ToHeader().ShouldBe(header);
            });

    [Fact]
    public void IPv4()
        => Property.Holds(
            from source in Any.IPv4
            from destination in Any.IPv4
            from protocol in Any.Protocol
            from tos in Any.Byte
            from identification in Any.UInt16
            from flags in Any.Byte
            from offset in Any.Number(0x1FFF)
            from ttl in Any.Byte
            from options in Gen.Choose(0, 10).SelectMany(static words => Any.Byte.ArrayOf(words * 4))
            from payload in Any.Bytes(60)
            from padding in Gen.Choose(0, 20)
            select (header: new Ipv4Header(source, destination, protocol)
            {
                Tos = tos,
                Identification = identification,
                DontFragment = (flags & 1) != 0,
                MoreFragments = (flags & 2) != 0,
                FragmentOffset = offset * 8,
                Ttl = ttl,
                Options = options,
                PayloadLength = payload.Length,
            }, payload, padding),
            static sample =>
            {
                byte[] packet = [.. new byte[sample.header.Length], .. sample.payload, .. new byte[sample.padding]];
                sample.header.Write(packet);

                Ipv4View.TryParse(packet, out Ipv4View view, out _).ShouldBeTrue();
                view.ToHeader().ShouldBe(sample.header);
                view.HasValidChecksum.ShouldBeTrue();
                view.Payload.SequenceEqual(sample.payload).ShouldBeTrue("the link's padding is not payload");
            });

    [Fact]
    public void IPv6()
        => Property.Holds(
            from source in Any.IPv6
            from destination in Any.IPv6
            from next in Any.Protocol
            from trafficClass in Any.Byte
            from label in Any.Number(0xF_FFFF)
            from hopLimit in Any.Byte
            from payload in Any.Bytes(60)
            where payload.Length > 0 || next != IpProtocolNumber.HopByHop
            select (header: new Ipv6Header(source, destination, next) { TrafficClass = trafficClass, FlowLabel = label, HopLimit = hopLimit, PayloadLength = payload.Length }, payload),
            static sample =>
            {
                byte[] packet = [.. new byte[Ipv6Header.Length], .. sample.payload, 1, 2, 3];
                sample.header.Write(packet);

                Ipv6View.TryParse(packet, out Ipv6View view, out _).ShouldBeTrue();
                view.ToHeader().ShouldBe(sample.header);
                view.Payload.SequenceEqual(sample.payload).ShouldBeTrue();
            });

    [Fact]
    public void IPv6_fragment_header()
        => Property.Holds(
            from next in Any.Protocol
            from offset in Any.Number(0x1FFF)
            from more in Any.Bool
            from identification in Any.UInt32
            select new Ipv6FragmentHeader(next, offset * 8, more, identification),
            static header =>
            {
                byte[] bytes = new byte[Ipv6FragmentHeader.Length];
                header.Write(bytes);

                Ipv6FragmentView.TryParse(bytes, out Ipv6FragmentView view, out _).ShouldBeTrue();
                view.ToHeader().ShouldBe(header);
                view.IsAtomic.ShouldBe(header is { FragmentOffset: 0, MoreFragments: false });
            });

    [Fact]
    public void Udp()
        => Property.Holds(
            from addresses in Any.Addresses
            from source in Any.UInt16
            from destination in Any.UInt16
            from payload in Any.Bytes(80)
            select (addresses, source, destination, payload),
            static sample =>
            {
                (IpAddress from, IpAddress to) = sample.addresses;
                byte[] datagram = [.. new byte[UdpHeader.Length], .. sample.payload];
                new UdpHeader(sample.source, sample.destination, sample.payload.Length).Write(datagram, from, to);

                UdpView.TryParse(datagram, out UdpView view, out _).ShouldBeTrue();
                view.HasValidChecksum(from, to).ShouldBeTrue();
                view.HasChecksum.ShouldBeTrue();
                view.ToHeader().ShouldBe(new UdpHeader(sample.source, sample.destination, sample.payload.Length) { Checksum = view.Checksum });
                view.Payload.SequenceEqual(sample.payload).ShouldBeTrue();
            });

    [Fact]
    public void Tcp()
        => Property.Holds(
            from addresses in Any.Addresses
            from ports in Any.UInt32
            from sequence in Any.UInt32
            from acknowledgment in Any.UInt32
            from flags in Any.Byte
            from window in Any.UInt16
            from urgent in Any.UInt16
            from options in Options((flags & 2) != 0)
            from payload in Any.Bytes(80)
            select (addresses, header: new TcpHeader((ushort)(ports >> 16), (ushort)ports, sequence, acknowledgment, (TcpFlags)flags, window)
            {
                UrgentPointer = urgent,
                Options = options,
            }, payload),
            static sample =>
            {
                (IpAddress from, IpAddress to) = sample.addresses;
                byte[] segment = [.. new byte[sample.header.Length], .. sample.payload];
                sample.header.Write(segment, from, to);

                TcpView.TryParse(segment, out TcpView view, out _).ShouldBeTrue();
                view.HasValidChecksum(from, to).ShouldBeTrue();
                (view.ToHeader() with { Checksum = 0 }).ShouldBe(sample.header);
                view.Payload.SequenceEqual(sample.payload).ShouldBeTrue();
            });

    [Fact]
    public void Icmp_of_both_families()
        => Property.Holds(
            from addresses in Any.Addresses
            from type in Any.Byte
            from code in Any.Byte
            from rest in Any.UInt32
            from payload in Any.Bytes(80)
            select (addresses, type, code, rest, payload),
            static sample =>
            {
                (IpAddress from, IpAddress to) = sample.addresses;
                byte[] message = [.. new byte[8], .. sample.payload];

                var four = new Icmpv4Header((Icmpv4Type)sample.type, sample.code, sample.rest);
                four.Write(message);
                Icmpv4View.TryParse(message, out Icmpv4View fourView, out _).ShouldBeTrue();
                fourView.ToHeader().ShouldBe(four);
                fourView.HasValidChecksum.ShouldBeTrue();

                var six = new Icmpv6Header((Icmpv6Type)sample.type, sample.code, sample.rest);
                six.Write(message, from, to);
                Icmpv6View.TryParse(message, out Icmpv6View sixView, out _).ShouldBeTrue();
                sixView.ToHeader().ShouldBe(six);
                sixView.HasValidChecksum(from, to).ShouldBeTrue();
                sixView.Payload.SequenceEqual(sample.payload).ShouldBeTrue();
            });

    [Fact]
    public void Icmp_timestamp()
        => Property.Holds(
            from isReply in Any.Bool
            from id in Any.UInt32
            from times in Any.UInt32.ArrayOf(3)
            select new Icmpv4Timestamp(isReply, (ushort)(id >> 16), (ushort)id, times[0], times[1], times[2]),
            static header =>
            {
                byte[] message = new byte[Icmpv4Timestamp.Length];
                header.Write(message);

                Icmpv4TimestampView.TryParse(message, out Icmpv4TimestampView view, out _).ShouldBeTrue();
                view.ToHeader().ShouldBe(header);
                InternetChecksum.IsValid(message).ShouldBeTrue();
            });

    [Fact]
    public void A_checksum_made_while_copying_equals_one_made_afterwards()
        => Property.Holds(
            from addresses in Any.Addresses
            from payload in Any.Bytes(200)
            select (addresses, payload),
            static sample =>
            {
                (IpAddress from, IpAddress to) = sample.addresses;
                var header = new TcpHeader(1, 2, 3, 4, TcpFlags.Ack, 5);
                byte[] afterwards = [.. new byte[header.Length], .. sample.payload], copied = new byte[afterwards.Length];

                header.Write(afterwards, from, to);
                PartialSum sum = InternetChecksum.CopyAndSum(sample.payload, copied.AsSpan(header.Length));
                header.Write(copied, from, to, sum, sample.payload.Length);

                copied.ShouldBe(afterwards);
            });

    /// <summary>Options that fit a header: of a SYN without SACK blocks, of others without those of the handshake.</summary>
    private static Gen<TcpOptions> Options(bool isSyn)
        => from mss in Any.Number(ushort.MaxValue - 1).Select(static n => (ushort?)(n + 1))
           from scale in Any.Number(14).Select(static n => (byte?)n)
           from sackPermitted in Any.Bool
           from which in Any.Byte
           from times in Any.UInt64
           from edges in Any.UInt32.ArrayOf(6)
           from blocks in Gen.Choose(0, 3)
           from cookie in Gen.Elements(0, 4, 6, 8, 10, 12).SelectMany(static length => Any.Byte.ArrayOf(length))
           select new TcpOptions
           {
               MaximumSegmentSize = isSyn && (which & 1) != 0 ? mss : null,
               WindowScale = isSyn && (which & 2) != 0 ? scale : null,
               SackPermitted = isSyn && sackPermitted,
               Timestamps = (which & 4) != 0 ? new TcpTimestamps((uint)(times >> 32), (uint)times) : null,
               FastOpen = isSyn && (which & 8) != 0 ? new FastOpenCookie(cookie) : null,
               Sack = isSyn ? default : new SackBlocks(Enumerable.Range(0, blocks).Select(i => new SackBlock(edges[2 * i], edges[2 * i + 1])).ToArray()),
           };
}
