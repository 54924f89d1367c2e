using System.Buffers.Binary;
using Slipway.Linux;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>The kernel as a router between two TUN devices: what it makes of a chain of segments is what we make of it, byte for byte.</summary>
public sealed class KernelSegmentationTests
{
    private readonly StackLoop _loop = new(new VirtualClock());

    public static TheoryData<string, SuperPacket> Chains => new()
    {
        { "IPv4", new SuperPacket { Identification = 500 } },
        { "IPv4, flags", new SuperPacket { Identification = 65535, Flags = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr | TcpFlags.Ece } },
        { "IPv4, may be fragmented", new SuperPacket { DontFragment = false, Identification = 0, HasTimestamps = false } },
        { "IPv4, sequence numbers wrap", new SuperPacket { Identification = 9, Sequence = uint.MaxValue - 100, PayloadLength = 60_000, SegmentSize = 1000 } },
        { "IPv6", new SuperPacket { IsIPv4 = false, SegmentSize = 1400, Flags = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr } },
        { "IPv6, whole segments", new SuperPacket { IsIPv4 = false, SegmentSize = 1000, PayloadLength = 5000 } },
        { "IPv4, datagrams", new SuperPacket { IsUdp = true, Identification = 77, SegmentSize = 1200, PayloadLength = 12_345 } },
        { "IPv6, datagrams", new SuperPacket { IsIPv4 = false, IsUdp = true, SegmentSize = 1200, PayloadLength = 12_345 } },
    };

    [TunTheory]
    [MemberData(nameof(Chains), DisableDiscoveryEnumeration = true)]
    public void The_kernel_cuts_as_we_do(string name, SuperPacket chain)
    {
        using KernelRouter router = KernelRouter.Create(offloadOut: false);

        Write(router.In, chain);

        foreach (byte[] expected in chain.Pieces()) router.Read(out PacketOffload offload).ShouldBe(OneHopFurther(expected), name + offload);
    }

    [TunTheory]
    [MemberData(nameof(Chains), DisableDiscoveryEnumeration = true)]
    public void With_offloads_a_chain_passes_whole(string name, SuperPacket chain)
    {
        using KernelRouter router = KernelRouter.Create(offloadOut: true);

        byte[] written = Write(router.In, chain);

        router.Read(out PacketOffload offload).ShouldBe(OneHopFurther(written), name);
        offload.ShouldBe(new PacketOffload
        {
            Checksum = OffloadChecksum.Partial,
            ChecksumStart = (ushort)chain.NetworkHeader,
            ChecksumOffset = chain.IsUdp ? (ushort)6 : (ushort)16,
            SegmentSize = (ushort)chain.SegmentSize,
        });
    }

    private byte[] Write(TunDevice device, SuperPacket chain)
    {
        using var port = new PortDevice(_loop, "tun0", new Borrowed(device));
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = chain.Rent(_loop.Packets);
        byte[] bytes = packet.Span.ToArray();
        port.Send(packet);
        port.Counters.TxDropped.ShouldBe(0);
        return bytes;
    }

    private static byte[] OneHopFurther(byte[] packet)
    {
        byte[] further = [.. packet];
        if (further[0] >> 4 == 4) PacketEditor.TryDecrementTtl(further).ShouldBeTrue();
        else PacketEditor.TryDecrementHopLimit(further).ShouldBeTrue();
        return further;
    }

    /// <summary>A device that its user does not close.</summary>
    private sealed class Borrowed(TunDevice device) : IPacketPort
    {
        public bool HasEthernetHeader => device.HasEthernetHeader;

        public int Mtu => device.Mtu;

        public PortOffload Offload => device.Offload;

        public int Read(Span<byte> packet, out PacketOffload offload) => device.Read(packet, out offload);

        public int TryRead(Span<byte> packet, out PacketOffload offload) => device.TryRead(packet, out offload);

        public bool Write(ReadOnlySpan<byte> packet, in PacketOffload offload) => device.Write(packet, offload);

        public void Dispose()
        {
        }
    }

    /// <summary>A namespace that forwards from one TUN device to another.</summary>
    private sealed class KernelRouter : IDisposable
    {
        private readonly NetworkNamespace _network;
        private readonly TunDevice _out;

        private KernelRouter(NetworkNamespace network, TunDevice into, TunDevice outOf)
        {
            _network = network;
            In = into;
            _out = outOf;
        }

        public TunDevice In { get; }

        public static KernelRouter Create(bool offloadOut)
        {
            var network = NetworkNamespace.Create();
            network.WriteSysctl("net.ipv4.ip_forward", "1");
            network.WriteSysctl("net.ipv6.conf.all.forwarding", "1");
            TunDevice into = Open("in0", true, "10.9.0.1/32", "10.0.0.1", "fd09::1/128", "fd00::1"), outOf = Open("out0", offloadOut, "10.9.0.2/32", "10.0.0.2", "fd09::2/128", "fd00::2");
            return new KernelRouter(network, into, outOf);

            TunDevice Open(string name, bool offload, string own4, string peer4, string own6, string peer6)
            {
                TunDevice device = TunDevice.Open(new TunOptions { Name = name, Offload = offload, Namespace = network });
                device.SetUp();
                device.AddKernelAddress(IpPrefix.Parse(own4), IpAddress.Parse(peer4));
                device.AddKernelAddress(IpPrefix.Parse(own6), IpAddress.Parse(peer6));
                return device;
            }
        }

        /// <summary>The next TCP segment or UDP datagram of the test that was forwarded; the kernel also sends things of its own.</summary>
        public byte[] Read(out PacketOffload offload)
        {
            byte[] room = new byte[70_000];
            while (true)
            {
                int length = _out.Read(room, out offload);
                length.ShouldBeGreaterThan(0);
                if (SegmentLayout.TryParse(room.AsSpan(0, length), out SegmentLayout layout) && BinaryPrimitives.ReadUInt16BigEndian(room.AsSpan(layout.TransportOffset)) is 40000 or 5000)
                    return room[..length];
            }
        }

        public void Dispose()
        {
            In.Dispose();
            _out.Dispose();
            _network.Dispose();
        }
    }
}
