using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionPrivilege;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of IPPROTO_IP (ip(7)).</summary>
internal static class IPv4OptionRows
{
    internal static SocketOptionDefinition[] Rows { get; } =
    [
        // headers that are sent
        Row("IP_TOS", IP_TOS, ByteOrInt, GetSet, "0", "taken modulo 256; a stream keeps its two ECN bits", SocketOptionPrivilege.None, Internet, true, "Type of service: DSCP and ECN."),
        Row("IP_TTL", IP_TTL, ByteOrInt, GetSet, "net.ipv4.ip_default_ttl", "1 to 255, -1 for the default", SocketOptionPrivilege.None, Internet, true, "Time to live of unicast."),
        Row("IP_OPTIONS", IP_OPTIONS, Bytes, GetSet, "empty", "at most 40 bytes of well-formed options", SocketOptionPrivilege.None, Internet, true, "Options in the header of every packet that is sent."),
        Row("IP_MTU_DISCOVER", IP_MTU_DISCOVER, ByteOrInt, GetSet, "1 (WANT)", "0 to 5", SocketOptionPrivilege.None, Internet, true, "How the path MTU is found and kept to."),
        Row("IP_MTU", IP_MTU, Int, Get, "", "", SocketOptionPrivilege.None, Internet, true, "The path MTU of a connected socket; ENOTCONN before."),
        Row("IP_MULTICAST_TTL", IP_MULTICAST_TTL, ByteOrInt, GetSet, "1", "0 to 255, -1 for 1", SocketOptionPrivilege.None, Datagram | Raw, true, "Time to live of multicast."),
        Row("IP_MULTICAST_LOOP", IP_MULTICAST_LOOP, ByteOrIntFlag, GetSet, "1", "", SocketOptionPrivilege.None, Datagram | Raw, true, "Multicast also comes to members on this host."),
        Row("IP_MULTICAST_IF", IP_MULTICAST_IF, IPv4Address, GetSet, "0.0.0.0", "an address of this host, or an ip_mreqn with an index", SocketOptionPrivilege.None, Datagram | Raw, true, "Interface that sends multicast."),
        Row("IP_UNICAST_IF", IP_UNICAST_IF, Int, GetSet, "0", "index of an interface, in network order", SocketOptionPrivilege.None, Internet, true, "Interface that sends, where no other is asked for."),
        // binding
        Row("IP_FREEBIND", IP_FREEBIND, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "An address that the host has not may be bound."),
        Row("IP_TRANSPARENT", IP_TRANSPARENT, ByteOrIntFlag, GetSet, "0", "", NetAdminOrNetRaw, Internet, true, "As IP_FREEBIND, and packets may be sent from such an address."),
        Row("IP_BIND_ADDRESS_NO_PORT", IP_BIND_ADDRESS_NO_PORT, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "bind to port 0 leaves the choice of a port to connect."),
        Row("IP_LOCAL_PORT_RANGE", IP_LOCAL_PORT_RANGE, Int, GetSet, "0", "low in the lower half, high in the upper; 0 is the range of the host", SocketOptionPrivilege.None, Internet, true, "Range in which ports for this socket are chosen."),
        // receiving
        Row("IP_PKTINFO", IP_PKTINFO, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with interface and destination address."),
        Row("IP_RECVTTL", IP_RECVTTL, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the time to live."),
        Row("IP_RECVTOS", IP_RECVTOS, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the type of service."),
        Row("IP_RECVOPTS", IP_RECVOPTS, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the options of the header."),
        Row("IP_RETOPTS", IP_RETOPTS, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the options turned round for an answer."),
        Row("IP_RECVORIGDSTADDR", IP_RECVORIGDSTADDR, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Control message with the destination as a sockaddr_in."),
        Row("IP_RECVERR", IP_RECVERR, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "ICMP errors are queued for MSG_ERRQUEUE, and hints become errors."),
        Row("IP_MINTTL", IP_MINTTL, ByteOrInt, GetSet, "0", "0 to 255", SocketOptionPrivilege.None, Internet, true, "Least time to live that a stream takes; datagram sockets keep it without effect."),
        // not on a virtual host
        Row("IP_HDRINCL", IP_HDRINCL, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Raw, false, "The sender supplies the header."),
        Row("IP_ROUTER_ALERT", IP_ROUTER_ALERT, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Raw, false, "Packets with the router alert option are delivered."),
        Row("IP_PKTOPTIONS", IP_PKTOPTIONS, Bytes, Get, "", "", SocketOptionPrivilege.None, Streams, false, "Control messages of the last packet."),
        Row("IP_RECVERR_RFC4884", IP_RECVERR_RFC4884, ByteOrIntFlag, GetSet, "0", "0, 1", SocketOptionPrivilege.None, Internet, false, "Errors tell of ICMP extensions."),
        Row("IP_RECVFRAGSIZE", IP_RECVFRAGSIZE, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, false, "Control message with the size of the largest fragment."),
        Row("IP_CHECKSUM", IP_CHECKSUM, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram, false, "Control message with the checksum of the packet."),
        Row("IP_NODEFRAG", IP_NODEFRAG, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Raw, false, "Fragments pass as they are."),
        Row("IP_PASSSEC", IP_PASSSEC, ByteOrIntFlag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, false, "Control message with the security label."),
        Row("IP_IPSEC_POLICY", IP_IPSEC_POLICY, Bytes, GetSet, "", "", NetAdmin, Internet, false, "IPsec policy."),
        Row("IP_XFRM_POLICY", IP_XFRM_POLICY, Bytes, GetSet, "", "", NetAdmin, Internet, false, "IPsec policy."),
        Row("IP_PROTOCOL", IP_PROTOCOL, Int, Get, "", "", SocketOptionPrivilege.None, Raw, false, "Protocol of a raw socket."),
        Row("IP_ADD_MEMBERSHIP", IP_ADD_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, false, "Joins a group."),
        Row("IP_DROP_MEMBERSHIP", IP_DROP_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, false, "Leaves a group."),
        Row("IP_ADD_SOURCE_MEMBERSHIP", IP_ADD_SOURCE_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, false, "Joins a group for one source."),
        Row("IP_DROP_SOURCE_MEMBERSHIP", IP_DROP_SOURCE_MEMBERSHIP, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, false, "Leaves a group for one source."),
        Row("IP_BLOCK_SOURCE", IP_BLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, false, "Takes nothing of a source in a group."),
        Row("IP_UNBLOCK_SOURCE", IP_UNBLOCK_SOURCE, Bytes, Set, "", "", SocketOptionPrivilege.None, Datagram | Raw, false, "Takes from that source again."),
        Row("IP_MSFILTER", IP_MSFILTER, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Datagram | Raw, false, "Sources of a group as a list."),
        Row("IP_MULTICAST_ALL", IP_MULTICAST_ALL, ByteOrIntFlag, GetSet, "1", "0, 1", SocketOptionPrivilege.None, Datagram | Raw, false, "A wildcard socket takes what any socket of the host has joined."),
    ];

    private static SocketOptionDefinition Row(string name, int number, SocketOptionKind kind, SocketOptionAccess access, string defaultText, string range,
        SocketOptionPrivilege privilege, SocketOptionScope scope, bool supported, string summary) => new()
    {
        Level = SocketLevel.IPPROTO_IP,
        Name = name,
        Number = number,
        Kind = kind,
        Access = access,
        Default = defaultText,
        Range = range,
        Privilege = privilege,
        AppliesTo = scope,
        Summary = summary,
        Source = "ip(7)",
        SupportedByStack = supported,
    };
}
