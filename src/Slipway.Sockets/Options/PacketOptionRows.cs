using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of SOL_PACKET (packet(7)).</summary>
internal static class PacketOptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.SOL_PACKET, "packet(7)");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        Level.Row("PACKET_ADD_MEMBERSHIP", PACKET_ADD_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Packet, true, "struct packet_mreq: has a device let more frames in."),
        Level.Row("PACKET_DROP_MEMBERSHIP", PACKET_DROP_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Packet, true, "struct packet_mreq: takes that back."),
        Level.Row("PACKET_RX_RING", PACKET_RX_RING, Bytes, Set, "", "", SocketOptionPrivilege.None, Packet, true, "A ring in shared memory to receive from."),
        Level.Row("PACKET_STATISTICS", PACKET_STATISTICS, Bytes, Get, "0", "", SocketOptionPrivilege.None, Packet, true, "struct tpacket_stats or tpacket_stats_v3: packets and drops since it was last read."),
        Level.Row("PACKET_COPY_THRESH", PACKET_COPY_THRESH, Int, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "Beside a ring, longer packets are queued whole."),
        Level.Row("PACKET_AUXDATA", PACKET_AUXDATA, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "Control messages with struct tpacket_auxdata."),
        Level.Row("PACKET_ORIGDEV", PACKET_ORIGDEV, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "The address names the device that a frame came by, not the one above it."),
        Level.Row("PACKET_VERSION", PACKET_VERSION, Int, GetSet, "0", "0 to 2", SocketOptionPrivilege.None, Packet, true, "Layout of the rings."),
        Level.Row("PACKET_HDRLEN", PACKET_HDRLEN, Int, Get, "", "", SocketOptionPrivilege.None, Packet, true, "Bytes of a ring's header of the version that is asked for."),
        Level.Row("PACKET_RESERVE", PACKET_RESERVE, Int, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "Room before each packet of a ring."),
        Level.Row("PACKET_TX_RING", PACKET_TX_RING, Bytes, Set, "", "", SocketOptionPrivilege.None, Packet, true, "A ring in shared memory to send from."),
        Level.Row("PACKET_LOSS", PACKET_LOSS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "What cannot be sent from a ring is passed over."),
        Level.Row("PACKET_VNET_HDR", PACKET_VNET_HDR, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "struct virtio_net_hdr before each packet of a raw socket, both ways."),
        Level.Row("PACKET_TIMESTAMP", PACKET_TIMESTAMP, Int, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "Source of the times in a ring."),
        Level.Row("PACKET_FANOUT", PACKET_FANOUT, Int, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "Joins a group that shares its packets out: identifier, mode and flags."),
        Level.Row("PACKET_TX_HAS_OFF", PACKET_TX_HAS_OFF, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "Packets of a ring begin where they say."),
        Level.Row("PACKET_QDISC_BYPASS", PACKET_QDISC_BYPASS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Packet, true, "What is sent goes to the device at once, past queues and other packet sockets."),
        Level.Row("PACKET_ROLLOVER_STATS", PACKET_ROLLOVER_STATS, Bytes, Get, "", "", SocketOptionPrivilege.None, Packet, true, "struct tpacket_rollover_stats of a member of a group that rolls over."),
        Level.Row("PACKET_FANOUT_DATA", PACKET_FANOUT_DATA, Bytes, Set, "", "", SocketOptionPrivilege.None, Packet, true, "The program of a group that has one."),
        Level.Row("PACKET_IGNORE_OUTGOING", PACKET_IGNORE_OUTGOING, Flag, GetSet, "0", "0 to 1", SocketOptionPrivilege.None, Packet, true, "What this host sends is not seen."),
        Level.Row("PACKET_VNET_HDR_SZ", PACKET_VNET_HDR_SZ, Int, GetSet, "0", "0, 10 or 12", SocketOptionPrivilege.None, Packet, true, "Bytes of that header."),
    ];
}
