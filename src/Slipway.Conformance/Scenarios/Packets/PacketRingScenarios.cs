using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketRings;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Rings of packet sockets: what can be one, and how it is mapped (packet(7), PACKET_RX_RING).</summary>
public static class PacketRingScenarios
{
    /// <summary>Lengths and values of the options that belong to rings.</summary>
    [Scenario("PKT-24")]
    public static void OptionsOfRings(HostProcess host)
    {
        foreach (int option in new[] { PACKET_COPY_THRESH, PACKET_VERSION, PACKET_RESERVE, PACKET_LOSS, PACKET_TIMESTAMP, PACKET_TX_HAS_OFF })
        {
            using Socket socket = host.Packet();
            foreach (int length in new[] { 0, 3, 5, 8 }) Expect.Fails(Errno.EINVAL, socket.TrySetPacket(option, new byte[length]), $"{option}, {length} bytes");
            foreach (int value in new[] { 0, 1, 2, 3, -1, int.MaxValue })
            {
                Errno expected = option == PACKET_VERSION && value is < 0 or > 2 || option == PACKET_RESERVE && value < 0 ? Errno.EINVAL : Errno.None;
                if (option != PACKET_VERSION && option != PACKET_RESERVE) expected = Errno.None;
                Expect.Fails(expected, socket.TrySet(SOL_PACKET, option, value), $"{option} = {value}");
                if (expected != Errno.None) continue;
                int read = option is PACKET_LOSS or PACKET_TX_HAS_OFF ? value != 0 ? 1 : 0 : value;
                Expect.Equal($"{option}: {read}", $"{option}: {socket.GetOption(SOL_PACKET, option)}");
            }
            foreach (int room in new[] { 1, 3, 4, 8 }) Expect.Equal(Math.Min(room, 4), socket.GetOption(SOL_PACKET, option, new byte[room]));
        }
        using Socket asked = host.Packet();
        Expect.Equal("EINVAL 32 32 48 EINVAL", string.Join(' ', new[] { -1, 0, 1, 2, 3 }.Select(version => AskHeaderLength(asked, version))));
        foreach (int room in new[] { 0, 1, 3 })
        {
            int length = room;
            Expect.Fails(Errno.EINVAL, host.Sockets.GetSockOpt(asked.Descriptor, SOL_PACKET, PACKET_HDRLEN, new byte[room], ref length));
        }
        Expect.Fails(Errno.ENOPROTOOPT, asked.TrySet(SOL_PACKET, PACKET_HDRLEN, 0));
        foreach ((int version, int length) in new[] { (0, 8), (1, 8), (2, 12) })
        {
            asked.SetOption(SOL_PACKET, PACKET_VERSION, version);
            Expect.Equal(length, asked.GetOption(SOL_PACKET, PACKET_STATISTICS, new byte[64]));
        }
    }

    /// <summary>Sizes that fit each other, and those that do not.</summary>
    [Scenario("PKT-24")]
    public static void SizesOfRings(HostProcess host)
    {
        foreach (PacketRingVersion version in Enum.GetValues<PacketRingVersion>())
        {
            foreach (int option in new[] { PACKET_RX_RING, PACKET_TX_RING })
            {
                using Socket socket = host.Packet();
                socket.SetOption(SocketOptions.PacketRingVersion, (int)version);
                uint least = version == PacketRingVersion.V3 ? 80u : 64;
                int length = version == PacketRingVersion.V3 ? 28 : 16;
                Expect.Fails(Errno.EINVAL, socket.TrySetPacket(option, new byte[length - 1]));
                Expect.Success(socket.TrySetPacket(option, new byte[length + 4]));
                foreach ((PacketRingRequest request, bool fits) in new[]
                {
                    (new PacketRingRequest(4096, 4, 2048, 8), true), (new(4097, 4, 2048, 8), false), (new(0x8000_0000, 4, 2048, 8), false), (new(0, 4, 2048, 8), false),
                    (new(4096, 4, 2047, 8), false), (new(4096, 4, 2040, 8), false), (new(4096, 4, 2048, 7), false), (new(4096, 4, 2048, 9), false), (new(4096, 4, 8192, 2), false),
                    (new(4096, 1, least, 4096 / least), true), (new(4096, 1, least - 16, 4096 / (least - 16)), false), (new(4096, 0x8000_0000, least, 1), false),
                    (new(4096, 0, 2048, 1), false), (new(8192, 3, 4096, 6), true),
                })
                {
                    Expect.Fails(fits ? Errno.None : Errno.EINVAL, socket.TryRing(option, request with { Version = version }), $"{version} {request}");
                    Expect.Success(socket.TryRing(option, new PacketRingRequest(4096, 0, 2048, 0) { Version = version }));
                }
                if (version == PacketRingVersion.V3) SizesOfBlocks(socket, option);
            }
        }
        // What is reserved before a packet must have room in a slot.
        using Socket reserving = host.Packet();
        reserving.SetOption(SocketOptions.PacketReserve, 13);
        Expect.Fails(Errno.EINVAL, reserving.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V1, 1, 64)));
        reserving.SetOption(SocketOptions.PacketReserve, 12);
        Expect.Success(reserving.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V1, 1, 64)));
    }

    /// <summary>While there is a ring, what it was made by stays; while it is mapped, the ring does.</summary>
    [Scenario("PKT-24", "PKT-25")]
    public static void RingsThatAreThere(HostProcess host)
    {
        using Socket socket = host.Packet();
        PacketRingRequest request = Pages(PacketRingVersion.V1, 4);
        Expect.Fails(Errno.EINVAL, socket.TryMap(Page));
        Expect.Success(socket.TryRing(PACKET_RX_RING, request));
        Expect.Fails(Errno.EBUSY, socket.TryRing(PACKET_RX_RING, request));
        Expect.Fails(Errno.EBUSY, socket.TryRing(PACKET_RX_RING, new PacketRingRequest(1, 1, 1, 1)));
        foreach (int option in new[] { PACKET_VERSION, PACKET_RESERVE, PACKET_LOSS, PACKET_VNET_HDR }) Expect.Fails(Errno.EBUSY, socket.TrySet(SOL_PACKET, option, 1), $"{option}");
        Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_PACKET, PACKET_VNET_HDR_SZ, 1));
        Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_PACKET, PACKET_VERSION, 3));
        Expect.Success(socket.TrySet(SOL_PACKET, PACKET_TX_HAS_OFF, 1));
        Expect.Equal(0, socket.GetOption(SOL_PACKET, PACKET_TX_HAS_OFF));

        foreach (int length in new[] { 0, Page, 3 * Page, 5 * Page }) Expect.Fails(Errno.EINVAL, socket.TryMap(length), $"{length} bytes");
        Expect.Fails(Errno.ENOMEM, socket.TryMap(-1));
        MappedMemory first = socket.Map((4 * Page) - 5), second = socket.Map(4 * Page);
        Expect.Equal((4 * Page) - 5, first.Span.Length);
        first.Span[100] = 7;
        Expect.Equal(7, second.Span[100]);
        Expect.Fails(Errno.EBUSY, socket.TryRing(PACKET_TX_RING, request));
        Expect.Fails(Errno.EBUSY, socket.TryRing(PACKET_RX_RING, default));
        Expect.Fails(Errno.EBUSY, socket.TryRing(PACKET_RX_RING, new PacketRingRequest(4096, 0, 2048, 1)));
        Expect.Fails(Errno.EINVAL, socket.TrySetPacket(PACKET_RX_RING, new byte[3]));
        Expect.Success(socket.TryBind(new LinkLayerAddress(Loopback, Experiment)));
        first.Dispose();
        first.Dispose();
        Expect.Fails(Errno.EBUSY, socket.TryRing(PACKET_TX_RING, request));
        second.Dispose();
        Expect.Success(socket.TryRing(PACKET_TX_RING, request));
        // Both lie in one mapping, the one to receive from first, and what was in them stays.
        Expect.Fails(Errno.EINVAL, socket.TryMap(4 * Page));
        using (MappedMemory both = socket.Map(8 * Page))
        {
            Expect.Equal(7, both.Span[100]);
            both.Fill(PacketRingVersion.V1, 4 * Page, Frame(Nobody, Experiment, "sent"));
            socket.System.SendTo(socket.Descriptor, [], MessageFlags.None, []);
            Expect.Equal("0 0", both.Words(2048, 2, 4 * Page));
        }
        Expect.Success(socket.TryRing(PACKET_RX_RING, default));
        Expect.Success(socket.TryRing(PACKET_TX_RING, default));
        Expect.Success(socket.TrySet(SOL_PACKET, PACKET_VERSION, 1));
    }

    /// <summary>Other sockets cannot be mapped.</summary>
    [Scenario("PKT-25")]
    public static void WhatCannotBeMapped(HostProcess host)
    {
        using Socket udp = host.Udp(), local = host.Sockets.Open(AddressFamily.Unix, SocketType.Datagram), netlink = host.Sockets.Open(AddressFamily.Netlink, SocketType.Raw);
        using Socket tcp = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream), raw = host.Sockets.Open(AddressFamily.Inet, SocketType.Raw, IpProtocol.Udp);
        foreach (Socket socket in new[] { udp, local, netlink, raw }) Expect.Fails(Errno.ENODEV, socket.TryMap(Page));
        Expect.Fails(Errno.EPERM, tcp.TryMap(Page));
        Expect.Fails(Errno.EINVAL, udp.TryMap(0));
        Expect.Fails(Errno.EINVAL, tcp.TryMap(0));
        int epoll = Expect.Success(host.Sockets.EpollCreate());
        Expect.Fails(Errno.ENODEV, host.Sockets.Map(epoll, Page, out _));
        Expect.Success(host.Sockets.Close(epoll));
        Expect.Fails(Errno.EBADF, host.Sockets.Map(epoll, Page, out _));
        Expect.Fails(Errno.EBADF, host.Sockets.Map(epoll, 0, out _));
    }

    /// <summary>A mapping keeps a closed socket open: packets still come, and its group keeps its member.</summary>
    [Scenario("PKT-25")]
    public static void AMappingOutlivesItsDescriptor(HostProcess host)
    {
        using Socket sender = host.Packet();
        Socket receiver = host.PacketOn(Loopback);
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V2, 1, 256)));
        using MappedMemory memory = receiver.Map(Page);
        sender.SendOnLoopback("one");
        Expect.Equal("1 0 0", memory.Words(256, 3));
        receiver.Dispose();
        sender.SendOnLoopback("two");
        Expect.Equal("1 1 0", memory.Words(256, 3));
    }

    private static void SizesOfBlocks(Socket socket, int option)
    {
        PacketRingRequest request = Pages(PacketRingVersion.V3, 4);
        bool receives = option == PACKET_RX_RING;
        foreach ((PacketRingRequest asked, bool fits) in new[]
        {
            (request with { RetireMilliseconds = 10 }, receives), (request with { Features = 1 }, receives), (request with { Features = 0xFF }, receives), (request with { PrivateSize = 100 }, receives),
            (request with { PrivateSize = 3976 }, receives), (request with { PrivateSize = 3980 }, false), (request with { PrivateSize = 0xFFFF_FFFF }, false), (request with { PrivateSize = 0xFFFF_FFF8 }, false),
        })
        {
            Expect.Fails(fits ? Errno.None : Errno.EINVAL, socket.TryRing(option, asked), $"{asked}");
            Expect.Success(socket.TryRing(option, new PacketRingRequest { Version = PacketRingVersion.V3 }));
        }
    }

    private static string AskHeaderLength(Socket socket, int version)
    {
        byte[] value = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(value, version);
        int length = value.Length;
        Errno error = socket.System.GetSockOpt(socket.Descriptor, SOL_PACKET, PACKET_HDRLEN, value, ref length);
        if (error != Errno.None) return error.Name();
        Expect.Equal(4, length);
        return BinaryPrimitives.ReadInt32LittleEndian(value).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
