using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Linux.Tests;

/// <summary>TUN and TAP devices in namespaces of their own: the kernel is the other end.</summary>
public sealed class TunTests
{
    [TunFact]
    public void Packets_of_the_kernel_come_out_and_what_is_written_arrives()
    {
        using var network = NetworkNamespace.Create();
        using TunDevice device = Open(network, new TunOptions { Name = "sw0", Mtu = 1400 });
        device.Name.ShouldBe("sw0");
        device.HasEthernetHeader.ShouldBeFalse();
        NetworkInterfaceInfo link = network.GetInterfaces().Single(static candidate => candidate.Name == "sw0");
        link.Mtu.ShouldBe(1400);
        link.IsUp.ShouldBeTrue();
        Echo(network, device, new InetAddress("10.77.0.2", 7), addressOffset: 12, addressLength: 4, portOffset: 20);
        Echo(network, device, new InetAddress("fd77::2", 7), addressOffset: 8, addressLength: 16, portOffset: 40);
    }

    [TunFact]
    public void The_kernel_pings_a_trivial_reader()
    {
        using var network = NetworkNamespace.Create();
        network.WriteSysctl("net.ipv4.ping_group_range", "0 2147483647");
        using TunDevice device = Open(network, new TunOptions { Name = "sw0" });
        using Socket ping = LinuxSystem.In(network).Open(AddressFamily.Inet, SocketType.Datagram, IpProtocol.Icmp);
        for (byte sequence = 1; sequence <= 5; sequence++)
        {
            ping.SendTo([8, 0, 0, 0, 0, 0, 0, sequence, .. "payload"u8], new InetAddress("10.77.0.2", 0));
            byte[] packet = ReadUntil(device, static bytes => bytes[0] >> 4 == 4 && bytes[9] == 1);
            Swap(packet, 12, 4);
            packet[20].ShouldBe((byte)8);
            packet[20] = 0; // echo reply; the checksum grows by what the type lost (RFC 1624)
            uint sum = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(22)) + 0x0800u;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)(sum + (sum >> 16)));
            device.Write(packet, default).ShouldBeTrue();
            byte[] reply = new byte[64];
            ping.Receive(reply).ShouldBe(15);
            reply[0].ShouldBe((byte)0);
            reply[7].ShouldBe(sequence);
        }
    }

    [TunFact]
    public void A_tap_device_carries_Ethernet_frames_and_the_kernel_asks_for_the_address()
    {
        using var network = NetworkNamespace.Create();
        using TunDevice device = Open(network, new TunOptions { Ethernet = true });
        device.Name.ShouldBe("tap0");
        device.HasEthernetHeader.ShouldBeTrue();
        using Socket asking = LinuxSystem.In(network).Open(AddressFamily.Inet, SocketType.Datagram);
        asking.SendTo("x"u8, new InetAddress("10.77.0.2", 7));
        byte[] frame = ReadUntil(device, static bytes => BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]) == 0x0806);
        frame.AsSpan(0, 6).ToArray().ShouldAllBe(static value => value == 0xFF);
        frame.AsSpan(38, 4).ToArray().ShouldBe([10, 77, 0, 2]); // the address asked for
    }

    [TunFact]
    public void A_device_vanishes_when_it_is_disposed_and_a_waiting_read_ends()
    {
        using var network = NetworkNamespace.Create();
        TunDevice device = Open(network, new TunOptions { Name = "sw0" });
        using var process = new LinuxProcess();
        int count = -1;
        ProcessThread reader = process.StartThread("reader", () =>
        {
            byte[] room = new byte[2048];
            while ((count = device.Read(room, out _)) > 0)
            {
            }
        });
        reader.WaitUntilBlocked();
        device.Dispose();
        reader.Join();
        count.ShouldBe(0);
        device.Dispose();
        device.Read(new byte[1], out _).ShouldBe(0);
        device.Write(new byte[20], default).ShouldBeFalse();
        network.GetInterfaces().ShouldHaveSingleItem().Name.ShouldBe("lo");
    }

    [TunFact]
    public void A_device_that_is_deleted_by_somebody_else_ends_the_read()
    {
        using var network = NetworkNamespace.Create();
        using TunDevice device = Open(network, new TunOptions { Name = "sw0" });
        network.RemoveLink("sw0");
        byte[] room = new byte[2048];
        while (device.Read(room, out _) > 0)
        {
        }
        device.Write(new byte[20], default).ShouldBeFalse();
    }

    [TunFact]
    public void What_cannot_be_opened_says_why_in_one_line()
    {
        using var network = NetworkNamespace.Create();
        using TunDevice device = Open(network, new TunOptions { Name = "sw0" });
        Refused(new TunOptions { Name = "sw0", Namespace = network }).ShouldBe((Errno.EBUSY, "'sw0' is in use by another program"));
        Refused(new TunOptions { Name = "lo", Namespace = network }).Error.ShouldBe(Errno.EINVAL);
        Refused(new TunOptions { Name = "a name that is too long", Namespace = network }).Error.ShouldBe(Errno.EINVAL);
        Refused(new TunOptions { Name = "sw/1", Namespace = network }).Error.ShouldBe(Errno.EINVAL);
        Refused(new TunOptions { Name = "sw1", Mtu = 70000, Namespace = network }).ShouldBe((Errno.EINVAL, "cannot set the MTU of sw1 to 70000: Invalid argument (EINVAL)"));
        Should.Throw<TunException>(() => device.AddKernelAddress(IpPrefix.Parse("10.77.0.1/24"))).Error.ShouldBe(Errno.EEXIST);
        network.GetInterfaces().Count.ShouldBe(2); // lo and sw0: nothing was left behind

        static (Errno Error, string Message) Refused(TunOptions options)
        {
            TunException refused = Should.Throw<TunException>(() => TunDevice.Open(options));
            return (refused.Error, refused.Message);
        }
    }

    [TunTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_offloads_the_kernel_hands_over_many_datagrams_at_once_with_their_checksum_open(bool isIPv6)
    {
        using var network = NetworkNamespace.Create();
        using TunDevice device = Open(network, new TunOptions { Name = "sw0", Offload = true });
        device.Offload.ShouldBe(PortOffload.Checksum | PortOffload.TcpSegmentation | PortOffload.UdpSegmentation);
        using Socket sending = LinuxSystem.In(network).Open(isIPv6 ? AddressFamily.Inet6 : AddressFamily.Inet, SocketType.Datagram);
        sending.SetOption(SocketLevel.IPPROTO_UDP, SocketOptionName.UDP_SEGMENT, 1000);
        sending.SendTo(new byte[3500], new InetAddress(isIPv6 ? "fd77::2" : "10.77.0.2", 7));
        int headers = isIPv6 ? 48 : 28;

        (byte[] chain, PacketOffload offload) = ReadChain(device);

        chain.Length.ShouldBe(headers + 3500);
        offload.ShouldBe(new PacketOffload { Checksum = OffloadChecksum.Partial, ChecksumStart = (ushort)(headers - 8), ChecksumOffset = 6, SegmentSize = 1000 });

        // The same back: the kernel cuts it for its socket. The sum of addresses and ports is the same both ways.
        Swap(chain, isIPv6 ? 8 : 12, isIPv6 ? 16 : 4);
        Swap(chain, headers - 8, 2);
        device.Write(chain, offload).ShouldBeTrue();
        byte[] room = new byte[4096];
        int[] lengths = [sending.Receive(room), sending.Receive(room), sending.Receive(room), sending.Receive(room)];
        lengths.ShouldBe([1000, 1000, 1000, 500]);
    }

    [TunFact]
    public void Without_offloads_nothing_is_left_to_do_also_on_a_device_that_had_them_before()
    {
        using var network = NetworkNamespace.Create();
        Open(network, new TunOptions { Name = "sw0", Offload = true }).Dispose();
        using TunDevice device = Open(network, new TunOptions { Name = "sw0" });
        device.Offload.ShouldBe(PortOffload.None);
        using Socket sending = LinuxSystem.In(network).Open(AddressFamily.Inet, SocketType.Datagram);
        sending.SetOption(SocketLevel.IPPROTO_UDP, SocketOptionName.UDP_SEGMENT, 1000);
        sending.SendTo(new byte[1500], new InetAddress("10.77.0.2", 7));

        byte[] first = ReadUntil(device, static bytes => bytes[0] >> 4 == 4 && bytes[9] == 17);

        first.Length.ShouldBe(28 + 1000);
        PartialSum.PseudoHeader(IpAddress.ReadIPv4(first.AsSpan(12)), IpAddress.ReadIPv4(first.AsSpan(16)), IpProtocolNumber.Udp, 1008).Add(first.AsSpan(20)).IsValid.ShouldBeTrue();
        device.TryRead(new byte[2048], out PacketOffload offload).ShouldBe(28 + 500);
        offload.ShouldBe(default);
        device.TryRead(new byte[2048], out _).ShouldBe(0);
    }

    private static (byte[] Chain, PacketOffload Offload) ReadChain(TunDevice device)
    {
        byte[] room = new byte[70_000];
        while (true)
        {
            int count = device.Read(room, out PacketOffload offload);
            count.ShouldBeGreaterThan(0);
            if (offload.SegmentSize != 0) return (room[..count], offload);
        }
    }

    private static TunDevice Open(NetworkNamespace network, TunOptions options)
    {
        TunDevice device = TunDevice.Open(options with { Namespace = network });
        device.SetUp();
        device.AddKernelAddress(IpPrefix.Parse("10.77.0.1/24"));
        device.AddKernelAddress(IpPrefix.Parse("fd77::1/64"));
        return device;
    }

    // Swapping addresses and ports leaves both checksums true, so that is all an echo over UDP takes.
    private static void Echo(NetworkNamespace network, TunDevice device, InetAddress target, int addressOffset, int addressLength, int portOffset)
    {
        using Socket asking = LinuxSystem.In(network).Open(target.Family, SocketType.Datagram);
        asking.SendTo("are you there"u8, target);
        byte[] packet = ReadUntil(device, bytes => bytes.IndexOf("are you there"u8) > 0);
        Swap(packet, addressOffset, addressLength);
        Swap(packet, portOffset, 2);
        device.Write(packet, default).ShouldBeTrue();
        byte[] room = new byte[64];
        int count = asking.ReceiveFrom(room, out InetAddress from);
        Encoding.ASCII.GetString(room, 0, count).ShouldBe("are you there");
        from.ShouldBe(target);
    }

    private delegate bool PacketTest(ReadOnlySpan<byte> packet);

    // The kernel sends things of its own, such as reports of its multicast groups: they are passed over.
    private static byte[] ReadUntil(TunDevice device, PacketTest wanted)
    {
        byte[] room = new byte[2048];
        while (true)
        {
            int count = device.Read(room, out _);
            count.ShouldBeGreaterThan(0);
            if (wanted(room.AsSpan(0, count))) return room[..count];
        }
    }

    private static void Swap(byte[] packet, int offset, int length)
    {
        byte[] first = packet[offset..(offset + length)];
        packet.AsSpan(offset + length, length).CopyTo(packet.AsSpan(offset));
        first.CopyTo(packet, offset + length);
    }
}
