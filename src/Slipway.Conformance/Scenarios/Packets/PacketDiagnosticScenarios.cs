using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketRings;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;

namespace Slipway.Conformance;

/// <summary>Packet sockets by sock_diag(7), as <c>ss -0</c> shows them (linux/packet_diag.h).</summary>
public static class PacketDiagnosticScenarios
{
    /// <summary>All of them, the oldest first, with their protocols, interfaces, options, memory and owners.</summary>
    [Scenario("PKT-31")]
    public static void AllPacketSockets(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        Expect.Equal(0, diagnostics.Packet().Count);
        using Socket raw = host.PacketOn(Loopback, ETH_P_IP), cooked = host.Packet(SocketType.Datagram), all = host.PacketOn(0, ETH_P_ALL), sender = host.Packet();
        raw.SetOption(SocketOptions.PacketAuxiliaryData, true);
        raw.SetOption(SocketOptions.PacketVirtioHeader, true);
        cooked.SetOption(SocketOptions.PacketOriginalDevice, true);
        cooked.SetOption(SocketOptions.PacketLoss, true);
        cooked.SetOption(SocketOptions.PacketCopyThreshold, 7);
        cooked.SetOption(SocketOptions.PacketReserve, 9);
        cooked.SetOption(SocketOptions.PacketTimestampSource, 64);
        cooked.SetOption(SocketOptions.PacketRingVersion, (int)PacketRingVersion.V2);
        sender.SendOnLoopback(100);
        List<DiagnosedPacketSocket> found = diagnostics.Packet();
        Expect.Equal("Raw 800 1, Datagram 0 0, Raw 3 0, Raw 0 0", string.Join(", ", found.Select(static s => FormattableString.Invariant($"{s.Type} {s.Protocol:x} {s.Interface}"))));
        Expect.Equal(DiagnosedPacketFlags.Running | DiagnosedPacketFlags.AuxiliaryData | DiagnosedPacketFlags.VirtioHeader, found[0].Flags);
        Expect.Equal(DiagnosedPacketFlags.OriginalDevice | DiagnosedPacketFlags.Loss, found[1].Flags);
        Expect.Equal((DiagnosedPacketFlags.Running, DiagnosedPacketFlags.None), (found[2].Flags, found[3].Flags));
        Expect.Equal((PacketRingVersion.V2, 9u, 7u, 64u), (found[1].Version, found[1].Reserve, found[1].CopyThreshold, found[1].TimestampSource));
        Expect.Success(host.Sockets.Stat(cooked.Descriptor, out FileStatus status));
        Expect.Equal(((uint)status.Inode, 0u), (found[1].Inode, found[1].UserId));
        Expect.Equal(BinaryPrimitives.ReadUInt64LittleEndian(CookieOf(cooked)), found[1].Cookie);
        Expect.Equal(9, found[2].Memory.Count);
        Expect.Equal((true, (uint)all.GetSocketLevel(SocketOptionName.SO_RCVBUF), 0u), (found[2].Memory[0] > 100, found[2].Memory[1], found[2].Memory[2]));
        Expect.Equal(0, found.Count(static s => s.ReceiveRing is not null || s.SendRing is not null || s.Fanout is not null || s.Memberships.Count + s.Filter.Count > 0));
        cooked.Dispose();
        Expect.Equal(3, diagnostics.Packet().Count);
    }

    /// <summary>Rings, groups, memberships and filters.</summary>
    [Scenario("PKT-31")]
    public static void PacketSocketsAtWork(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket socket = host.PacketOn(Loopback, ETH_P_ALL, filter: "ldh [12]\n jeq #0x0806, yes\n ret #0\n yes: ret #-1"), blocks = host.PacketOn(Loopback, ETH_P_ALL);
        Expect.Success(socket.TryRing(SocketOptionName.PACKET_RX_RING, Pages(PacketRingVersion.V1, 4)));
        Expect.Success(socket.TryRing(SocketOptionName.PACKET_TX_RING, Pages(PacketRingVersion.V1, 2, 1024)));
        blocks.SetOption(SocketOptions.PacketRingVersion, (int)PacketRingVersion.V3);
        Expect.Success(blocks.TryRing(SocketOptionName.PACKET_RX_RING, Pages(PacketRingVersion.V3, 3) with { RetireMilliseconds = 70, PrivateSize = 5, Features = 1 }));
        blocks.JoinFanout(new PacketFanout(9, PacketFanoutMode.LoadBalance, PacketFanoutFlags.Rollover));
        socket.AddPacketMembership(Loopback, PacketMembership.Promiscuous);
        socket.AddPacketMembership(Loopback, PacketMembership.Multicast, Group);
        socket.AddPacketMembership(Loopback, PacketMembership.Promiscuous);
        List<DiagnosedPacketSocket> found = diagnostics.Packet();
        Expect.Equal(new PacketRingRequest(4096, 4, 2048, 8) { Version = PacketRingVersion.V3 }, found[0].ReceiveRing);
        Expect.Equal(new PacketRingRequest(4096, 2, 1024, 8) { Version = PacketRingVersion.V3 }, found[0].SendRing);
        Expect.Equal(Pages(PacketRingVersion.V3, 3) with { RetireMilliseconds = 70, PrivateSize = 5, Features = 1 }, found[1].ReceiveRing);
        Expect.Equal(null, found[1].SendRing);
        Expect.Equal(new PacketFanout(9, PacketFanoutMode.LoadBalance), found[1].Fanout);
        Expect.Equal("Multicast 1 01005E000055, Promiscuous 2 ", string.Join(", ", found[0].Memberships.Select(static m => $"{m.Kind} {m.Count} {Convert.ToHexString(m.Address.Span)}")));
        Expect.Equal("40 0 0 12 / 21 1 0 2054 / 6 0 0 0 / 6 0 0 4294967295", string.Join(" / ", found[0].Filter.Select(static i => $"{i.Code} {i.JumpTrue} {i.JumpFalse} {i.K}")));
        Expect.Equal(0, found[1].Filter.Count);
    }

    /// <summary>What cannot be asked, and who may not see filters.</summary>
    [Scenario("PKT-31")]
    public static void QuestionsAboutPacketSockets(HostProcess host)
    {
        using var client = new NetlinkClient(host.Sockets, NetlinkProtocol.NETLINK_SOCK_DIAG);
        foreach ((int length, byte protocol, bool isDump, Errno expected) in new[] { (16, (byte)0, true, Errno.EINVAL), (20, (byte)1, true, Errno.EINVAL), (20, (byte)0, false, Errno.EOPNOTSUPP) })
        {
            var request = new NetlinkWriter();
            request.BeginMessage(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, 0);
            Span<byte> body = request.Fixed(length);
            body[0] = (byte)AddressFamily.Packet;
            body[1] = protocol;
            request.EndMessage();
            Errno error = Errno.None;
            try
            {
                if (isDump) client.Dump(request, "dump", static _ => 0);
                else client.Execute(request, "ask");
            }
            catch (NetlinkException refused)
            {
                error = refused.Errno;
            }
            Expect.Fails(expected, error, $"{length} bytes, protocol {protocol}");
        }
    }

    private static byte[] CookieOf(Socket socket)
    {
        byte[] cookie = new byte[8];
        socket.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_COOKIE, cookie);
        return cookie;
    }
}
