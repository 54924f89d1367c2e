using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionPrivilege;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of IPPROTO_IP (ip(7)).</summary>
internal static class IPv4OptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.IPPROTO_IP, "ip(7)");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        // headers that are sent
        Level.Row("IP_TOS", IP_TOS, ByteOrInt, GetSet, "0", "taken modulo 256; a stream keeps its two ECN bits", SocketOptionPrivilege.None, Internet, true, "Type of service: DSCP and ECN."),
        Level.Row("IP_TTL", IP_TTL, ByteOrInt, GetSet, "net.ipv4.ip_default_ttl", "1 to 255, -1 for the default", SocketOptionPrivilege.None, Internet, true, "Time to live of unicast."),
        Level.Row("IP_OPTIONS", IP_OPTIONS, Bytes, GetSet, "empty", "at most 40 bytes of well-formed options", SocketOptionPrivilege.None, Internet, true, "Options in the header of every packet that is sent."),
        Level.Row("IP_MTU_DISCOVER", IP_MTU_DISCOVER, ByteOrInt, GetSet, "1 (WANT)", "0 to 5", SocketOptionPrivilege.None, Internet, true, "How the path MTU is found and kept to."),
        Level.Row("IP_MTU", IP_MTU, Int, Get, "", "", SocketOptionPrivilege.None, Internet, true, "The path MTU of a connected socket; ENOTCONN before."),
        Level.Row("IP_MULTICAST_TTL", IP_MULTICAST_TTL, ByteOrInt, GetSet, "1", "0 to 255, -1 for 1", SocketOptionPrivilege.None, Datagram | Raw, true, "Time to live of multicast."),
        Level.Row("IP_MULTICAST_LOOP", IP_MULTICAST_LOOP, ByteOrIntFlag, GetSet, "1", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Multicast also comes to members on this host."),
        Level.Row("IP_MULTICAST_IF", IP_MULTICAST_IF, IPv4Address, GetSet, "0.0.0.0", "an address of this host, or an ip_mreqn with an index", SocketOptionPrivilege.None, Datagram | Raw, true, "Interface that sends multicast."),
        Level.Row("IP_UNICAST_IF", IP_UNICAST_IF, Int, GetSet, "0", "index of an interface, in network order", SocketOptionPrivilege.None, Internet, true, "Interface that sends, where no other is asked for."),
        // binding
        Level.Row("IP_FREEBIND", IP_FREEBIND, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "An address that the host has not may be bound."),
        Level.Row("IP_TRANSPARENT", IP_TRANSPARENT, ByteOrIntFlag, GetSet, "0", "", NetAdminOrNetRaw, Internet, true, "As IP_FREEBIND, and packets may be sent from such an address."),
        Level.Row("IP_BIND_ADDRESS_NO_PORT", IP_BIND_ADDRESS_NO_PORT, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "bind to port 0 leaves the choice of a port to connect."),
        Level.Row("IP_LOCAL_PORT_RANGE", IP_LOCAL_PORT_RANGE, Int, GetSet, "0", "low in the lower half, high in the upper; 0 is the range of the host", SocketOptionPrivilege.None, Internet, true, "Range in which ports for this socket are chosen."),
        // receiving
        Level.Row("IP_PKTINFO", IP_PKTINFO, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with interface and destination address."),
        Level.Row("IP_RECVTTL", IP_RECVTTL, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the time to live."),
        Level.Row("IP_RECVTOS", IP_RECVTOS, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the type of service."),
        Level.Row("IP_RECVOPTS", IP_RECVOPTS, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the options of the header."),
        Level.Row("IP_RETOPTS", IP_RETOPTS, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the options turned round for an answer."),
        Level.Row("IP_RECVORIGDSTADDR", IP_RECVORIGDSTADDR, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the destination as a sockaddr_in."),
        Level.Row("IP_RECVERR", IP_RECVERR, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "ICMP errors are queued for MSG_ERRQUEUE, and hints become errors."),
        Level.Row("IP_MINTTL", IP_MINTTL, ByteOrInt, GetSet, "0", "0 to 255", SocketOptionPrivilege.None, Internet, true, "Least time to live that a stream takes; datagram sockets keep it without effect."),
        Level.Row("IP_HDRINCL", IP_HDRINCL, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Raw, true, "The sender supplies the header."),
        Level.Row("IP_NODEFRAG", IP_NODEFRAG, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Raw, true, "Fragments pass as they are: kept, for a virtual host puts none together on their way out."),
        Level.Row("IP_PROTOCOL", IP_PROTOCOL, Int, Get, "0", "", SocketOptionPrivilege.None, Internet, true, "Protocol of a raw socket; the port of others."),
        Level.Row("IP_ROUTER_ALERT", IP_ROUTER_ALERT, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Raw, true, "A router gives packets of the protocol with the router alert option to the socket and does not forward them."),
        // not on a virtual host
        Level.Row("IP_PKTOPTIONS", IP_PKTOPTIONS, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, true, "Control messages (IP_PKTINFO, IP_TTL, IP_TOS) of the segment that ended the handshake."),
        Level.Row("IP_RECVERR_RFC4884", IP_RECVERR_RFC4884, ByteOrIntFlag, GetSet, "0", "0, 1", SocketOptionPrivilege.None, Internet, true, "Queued ICMP errors tell where the extensions of RFC 4884 begin."),
        Level.Row("IP_RECVFRAGSIZE", IP_RECVFRAGSIZE, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the size of the largest fragment."),
        Level.Row("IP_CHECKSUM", IP_CHECKSUM, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram, true, "Control message with the checksum of the packet."),
        Level.Row("IP_PASSSEC", IP_PASSSEC, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the security label."),
        Level.Row("IP_IPSEC_POLICY", IP_IPSEC_POLICY, Bytes, GetSet, "", "", NetAdmin, Internet, false, "IPsec policy."),
        Level.Row("IP_XFRM_POLICY", IP_XFRM_POLICY, Bytes, GetSet, "", "", NetAdmin, Internet, false, "IPsec policy."),
        Level.Row("IP_ADD_MEMBERSHIP", IP_ADD_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Joins a group."),
        Level.Row("IP_DROP_MEMBERSHIP", IP_DROP_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Leaves a group."),
        Level.Row("IP_ADD_SOURCE_MEMBERSHIP", IP_ADD_SOURCE_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Joins a group for one source."),
        Level.Row("IP_DROP_SOURCE_MEMBERSHIP", IP_DROP_SOURCE_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Leaves a group for one source."),
        Level.Row("IP_BLOCK_SOURCE", IP_BLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Takes nothing of a source in a group."),
        Level.Row("IP_UNBLOCK_SOURCE", IP_UNBLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Takes from that source again."),
        Level.Row("IP_MSFILTER", IP_MSFILTER, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Internet, true, "Sources of a group as a list."),
        Level.Row("MCAST_JOIN_GROUP", MCAST_JOIN_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Joins a group, by struct group_req (RFC 3678)."),
        Level.Row("MCAST_LEAVE_GROUP", MCAST_LEAVE_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Leaves it."),
        Level.Row("MCAST_JOIN_SOURCE_GROUP", MCAST_JOIN_SOURCE_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Joins a group for one source, by struct group_source_req."),
        Level.Row("MCAST_LEAVE_SOURCE_GROUP", MCAST_LEAVE_SOURCE_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Leaves it for one source; with the last one the group is left."),
        Level.Row("MCAST_BLOCK_SOURCE", MCAST_BLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Takes nothing of a source in a group."),
        Level.Row("MCAST_UNBLOCK_SOURCE", MCAST_UNBLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Takes from that source again."),
        Level.Row("MCAST_MSFILTER", MCAST_MSFILTER, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Internet, true, "Sources of a group as a list, by struct group_filter."),
        Level.Row("IP_MULTICAST_ALL", IP_MULTICAST_ALL, ByteOrIntFlag, GetSet, "1", "0, 1", SocketOptionPrivilege.None, Internet, true, "A wildcard socket takes what any socket of the host has joined."),
    ];
}
