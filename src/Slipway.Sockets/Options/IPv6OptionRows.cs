using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionPrivilege;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of IPPROTO_IPV6 (ipv6(7), RFC 3493, RFC 3542).</summary>
internal static class IPv6OptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.IPPROTO_IPV6, "ipv6(7)");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        // headers that are sent
        Level.Row("IPV6_UNICAST_HOPS", IPV6_UNICAST_HOPS, Int, GetSet, "64", "0 to 255, -1 for the default", SocketOptionPrivilege.None, Internet, true, "Hop limit of unicast."),
        Level.Row("IPV6_MULTICAST_HOPS", IPV6_MULTICAST_HOPS, Int, GetSet, "1", "0 to 255, -1 for 1", SocketOptionPrivilege.None, Datagram | Raw, true, "Hop limit of multicast."),
        Level.Row("IPV6_MULTICAST_LOOP", IPV6_MULTICAST_LOOP, Int, GetSet, "1", "0, 1", SocketOptionPrivilege.None, Datagram | Raw, true, "Multicast also comes to members on this host."),
        Level.Row("IPV6_MULTICAST_IF", IPV6_MULTICAST_IF, Int, GetSet, "0", "index of an interface, or 0", SocketOptionPrivilege.None, Datagram | Raw, true, "Interface that sends multicast."),
        Level.Row("IPV6_UNICAST_IF", IPV6_UNICAST_IF, Int, GetSet, "0", "index of an interface, in network order", SocketOptionPrivilege.None, Internet, true, "Interface that sends, where no other is asked for."),
        Level.Row("IPV6_TCLASS", IPV6_TCLASS, Int, GetSet, "0", "0 to 255, -1 for 0", SocketOptionPrivilege.None, Internet, true, "Traffic class."),
        Level.Row("IPV6_FLOWINFO_SEND", IPV6_FLOWINFO_SEND, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "The flow label of the destination address is sent."),
        Level.Row("IPV6_AUTOFLOWLABEL", IPV6_AUTOFLOWLABEL, Flag, GetSet, "1", "", SocketOptionPrivilege.None, Internet, true, "Flow labels are made from a hash of the flow, where none is given (net.ipv6.auto_flowlabels)."),
        Level.Row("IPV6_FLOWLABEL_MGR", IPV6_FLOWLABEL_MGR, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Internet, true, "Leases of flow labels, by struct in6_flowlabel_req."),
        Level.Row("IPV6_MTU_DISCOVER", IPV6_MTU_DISCOVER, Int, GetSet, "1 (WANT)", "0 to 5", SocketOptionPrivilege.None, Internet, true, "How the path MTU is found and kept to."),
        Level.Row("IPV6_MTU", IPV6_MTU, Int, GetSet, "", "0, or 1280 and more", SocketOptionPrivilege.None, Internet, true, "Read: the path MTU of a connected socket, ENOTCONN before. Set: the largest fragment that is sent."),
        Level.Row("IPV6_PATHMTU", IPV6_PATHMTU, Bytes, Get, "", "", SocketOptionPrivilege.None, Internet, true, "struct ip6_mtuinfo of a connected socket; ENOTCONN before, and EINVAL for less than 32 bytes."),
        Level.Row("IPV6_DONTFRAG", IPV6_DONTFRAG, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram | Raw, true, "What does not fit the path is EMSGSIZE instead of being fragmented."),
        Level.Row("IPV6_PKTINFO", IPV6_PKTINFO, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "struct in6_pktinfo: interface of what is sent, kept with an address that Linux sends nothing from."),
        Level.Row("IPV6_ADDR_PREFERENCES", IPV6_ADDR_PREFERENCES, Int, GetSet, "2 (public)", "bits of RFC 5014 that do not contradict each other", SocketOptionPrivilege.None, Internet, true, "Which source address is preferred."),
        // binding
        Level.Row("IPV6_V6ONLY", IPV6_V6ONLY, Flag, GetSet, "net.ipv6.bindv6only", "before bind", SocketOptionPrivilege.None, Datagram | Streams, true, "No IPv4 by mapped addresses."),
        Level.Row("IPV6_FREEBIND", IPV6_FREEBIND, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "An address that the host has not may be bound."),
        Level.Row("IPV6_TRANSPARENT", IPV6_TRANSPARENT, Flag, GetSet, "0", "", NetAdminOrNetRaw, Internet, true, "As IPV6_FREEBIND, and packets may be sent from such an address."),
        // receiving
        Level.Row("IPV6_RECVPKTINFO", IPV6_RECVPKTINFO, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with interface and destination address."),
        Level.Row("IPV6_RECVHOPLIMIT", IPV6_RECVHOPLIMIT, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the hop limit."),
        Level.Row("IPV6_RECVTCLASS", IPV6_RECVTCLASS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the traffic class."),
        Level.Row("IPV6_FLOWINFO", IPV6_FLOWINFO, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with traffic class and flow label."),
        Level.Row("IPV6_ORIGDSTADDR", IPV6_ORIGDSTADDR, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the destination as a sockaddr_in6."),
        Level.Row("IPV6_RECVERR", IPV6_RECVERR, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "ICMPv6 errors are queued for MSG_ERRQUEUE, and hints become errors."),
        Level.Row("IPV6_RECVPATHMTU", IPV6_RECVPATHMTU, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "A datagram that was too long for the path leaves a message with the path MTU."),
        Level.Row("IPV6_MINHOPCOUNT", IPV6_MINHOPCOUNT, Int, GetSet, "0", "0 to 255", SocketOptionPrivilege.None, Internet, true, "Least hop limit that a stream takes; datagram sockets keep it without effect."),
        Level.Row("IPV6_RECVHOPOPTS", IPV6_RECVHOPOPTS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Control message with the hop-by-hop options."),
        Level.Row("IPV6_RECVDSTOPTS", IPV6_RECVDSTOPTS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Control message with the destination options."),
        Level.Row("IPV6_RECVRTHDR", IPV6_RECVRTHDR, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Control message with the routing header."),
        Level.Row("IPV6_HOPOPTS", IPV6_HOPOPTS, Bytes, GetSet, "empty", "a header of at most 2040 bytes", NetRaw, Internet, true, "Hop-by-hop options of every packet that is sent."),
        Level.Row("IPV6_DSTOPTS", IPV6_DSTOPTS, Bytes, GetSet, "empty", "a header of at most 2040 bytes", NetRaw, Internet, true, "Destination options of every packet that is sent."),
        Level.Row("IPV6_RTHDRDSTOPTS", IPV6_RTHDRDSTOPTS, Bytes, GetSet, "empty", "a header of at most 2040 bytes", NetRaw, Internet, true, "Destination options before the routing header: sent only with one."),
        Level.Row("IPV6_RTHDR", IPV6_RTHDR, Bytes, GetSet, "empty", "none: types 0 and 2 are refused, and segment routing is not done here", SocketOptionPrivilege.None, Internet, true, "Routing header of every packet that is sent."),
        Level.Row("IPV6_CHECKSUM", IPV6_CHECKSUM, Int, GetSet, "-1; ICMPv6 2", "even, or less than 0 for none; not on ICMPv6", SocketOptionPrivilege.None, Raw, true, "Offset of the checksum that is filled in and verified."),
        Level.Row("IPV6_HDRINCL", IPV6_HDRINCL, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Raw, true, "The sender supplies the header."),
        Level.Row("IPV6_2292PKTINFO", IPV6_2292PKTINFO, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "As IPV6_RECVPKTINFO, with the type of RFC 2292."),
        Level.Row("IPV6_2292HOPLIMIT", IPV6_2292HOPLIMIT, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "As IPV6_RECVHOPLIMIT, with the type of RFC 2292."),
        Level.Row("IPV6_2292HOPOPTS", IPV6_2292HOPOPTS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "As IPV6_RECVHOPOPTS, with the type of RFC 2292."),
        Level.Row("IPV6_2292DSTOPTS", IPV6_2292DSTOPTS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "As IPV6_RECVDSTOPTS, with the type of RFC 2292."),
        Level.Row("IPV6_2292RTHDR", IPV6_2292RTHDR, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "As IPV6_RECVRTHDR, with the type of RFC 2292."),
        Level.Row("IPV6_2292PKTOPTIONS", IPV6_2292PKTOPTIONS, Bytes, GetSet, "", "control messages, at most 64 KiB", SocketOptionPrivilege.None, Internet, true, "All extension headers that are sent, as control messages (RFC 2292); streams read those of the last segment."),
        // not on a virtual host
        Level.Row("IPV6_NEXTHOP", IPV6_NEXTHOP, Bytes, SocketOptionAccess.None, "", "", SocketOptionPrivilege.None, SocketOptionScope.None, false, "RFC 3542 defines it; Linux has the number alone."),
        Level.Row("IPV6_ADDRFORM", IPV6_ADDRFORM, Int, GetSet, "", "2 (AF_INET)", SocketOptionPrivilege.None, Datagram | Streams, true, "Turns a UDP or TCP socket that is connected to a mapped address into an IPv4 socket."),
        Level.Row("IPV6_RECVERR_RFC4884", IPV6_RECVERR_RFC4884, Int, GetSet, "0", "0, 1", SocketOptionPrivilege.None, Internet, true, "Queued ICMP errors tell where the extensions of RFC 4884 begin."),
        Level.Row("IPV6_RECVFRAGSIZE", IPV6_RECVFRAGSIZE, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the size of the largest fragment."),
        Level.Row("IPV6_ROUTER_ALERT", IPV6_ROUTER_ALERT, Int, GetSet, "", "", SocketOptionPrivilege.None, Raw, true, "The value of router alert options whose packets a router gives to the socket (of IPPROTO_RAW) and does not forward; -1 for none. Reads whether the last value was any but 0."),
        Level.Row("IPV6_ROUTER_ALERT_ISOLATE", IPV6_ROUTER_ALERT_ISOLATE, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Only packets of its own namespace; here no others come."),
        Level.Row("IPV6_ADD_MEMBERSHIP", IPV6_ADD_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Joins a group (IPV6_JOIN_GROUP)."),
        Level.Row("IPV6_DROP_MEMBERSHIP", IPV6_DROP_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Leaves a group (IPV6_LEAVE_GROUP)."),
        Level.Row("MCAST_JOIN_GROUP", MCAST_JOIN_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Joins a group, by struct group_req (RFC 3678)."),
        Level.Row("MCAST_LEAVE_GROUP", MCAST_LEAVE_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Leaves it."),
        Level.Row("MCAST_JOIN_SOURCE_GROUP", MCAST_JOIN_SOURCE_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Joins a group for one source, by struct group_source_req."),
        Level.Row("MCAST_LEAVE_SOURCE_GROUP", MCAST_LEAVE_SOURCE_GROUP, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Leaves it for one source; with the last one the group is left."),
        Level.Row("MCAST_BLOCK_SOURCE", MCAST_BLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Takes nothing of a source in a group."),
        Level.Row("MCAST_UNBLOCK_SOURCE", MCAST_UNBLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Takes from that source again."),
        Level.Row("MCAST_MSFILTER", MCAST_MSFILTER, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Internet, true, "Sources of a group as a list, by struct group_filter."),
        Level.Row("IPV6_JOIN_ANYCAST", IPV6_JOIN_ANYCAST, Bytes, Set, "", "struct ipv6_mreq", NetAdmin, Internet, true, "Takes packets for an anycast address."),
        Level.Row("IPV6_LEAVE_ANYCAST", IPV6_LEAVE_ANYCAST, Bytes, Set, "", "struct ipv6_mreq", SocketOptionPrivilege.None, Internet, true, "Leaves it."),
        Level.Row("IPV6_MULTICAST_ALL", IPV6_MULTICAST_ALL, Flag, GetSet, "1", "", SocketOptionPrivilege.None, Internet, true, "A wildcard socket takes what any socket of the host has joined."),
    ];
}
