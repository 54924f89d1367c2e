using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionPrivilege;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of SOL_SOCKET (socket(7)).</summary>
internal static class SocketOptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.SOL_SOCKET, "socket(7)");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        // what the socket is
        Level.Row("SO_TYPE", SO_TYPE, Int, Get, "", "", SocketOptionPrivilege.None, Any, true, "Type of the socket."),
        Level.Row("SO_DOMAIN", SO_DOMAIN, Int, Get, "", "", SocketOptionPrivilege.None, Any, true, "Address family of the socket."),
        Level.Row("SO_PROTOCOL", SO_PROTOCOL, Int, Get, "", "", SocketOptionPrivilege.None, Any, true, "Protocol number; never 0 for the internet families."),
        Level.Row("SO_ACCEPTCONN", SO_ACCEPTCONN, Flag, Get, "0", "", SocketOptionPrivilege.None, Any, true, "Whether it listens."),
        Level.Row("SO_ERROR", SO_ERROR, Int, Get, "0", "", SocketOptionPrivilege.None, Any, true, "The pending error, cleared by reading it."),
        Level.Row("SO_COOKIE", SO_COOKIE, Number64, Get, "", "", SocketOptionPrivilege.None, Any, true, "A number that no other socket of this host has or had; a shorter buffer is EINVAL."),
        Level.Row("SO_PEERCRED", SO_PEERCRED, Bytes, Get, "", "", SocketOptionPrivilege.None, Any, true, "struct ucred of the peer of a local socket; others read pid 0, uid and gid -1."),
        Level.Row("SO_MEMINFO", SO_MEMINFO, Bytes, Get, "", "", SocketOptionPrivilege.None, Any, true, "Nine 32-bit counts of the memory that the socket holds and may hold."),
        Level.Row("SO_INCOMING_NAPI_ID", SO_INCOMING_NAPI_ID, Int, Get, "0", "", SocketOptionPrivilege.None, Any, true, "NAPI id of the last packet; 0 where the device has none."),
        // addresses and routing
        Level.Row("SO_REUSEADDR", SO_REUSEADDR, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "A port may be bound again by sockets that all have this."),
        Level.Row("SO_REUSEPORT", SO_REUSEPORT, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Internet, true, "Several sockets of one user share a port, and its traffic by a hash."),
        Level.Row("SO_BINDTODEVICE", SO_BINDTODEVICE, Text, GetSet, "", "name of an interface", SocketOptionPrivilege.None, Internet, true, "Only packets of this interface; an empty name lifts it. Without CAP_NET_RAW it can only be set once."),
        Level.Row("SO_BINDTOIFINDEX", SO_BINDTOIFINDEX, Int, GetSet, "0", "0 and more", SocketOptionPrivilege.None, Internet, true, "As SO_BINDTODEVICE, by an index that need not be there yet."),
        Level.Row("SO_DONTROUTE", SO_DONTROUTE, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Only destinations on the link: routes through gateways do not count."),
        Level.Row("SO_BROADCAST", SO_BROADCAST, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Datagrams may be sent to broadcast addresses."),
        Level.Row("SO_MARK", SO_MARK, Int, GetSet, "0", "", NetAdminOrNetRaw, Any, true, "A number that packets carry for policy routing."),
        Level.Row("SO_PRIORITY", SO_PRIORITY, Int, GetSet, "0", "0 to 6 free", NetAdminOrNetRaw, Any, true, "Queue priority of packets that are sent."),
        // buffers and times
        Level.Row("SO_SNDBUF", SO_SNDBUF, Int, GetSet, "net.core.wmem_default", "4608 to 2·wmem_max, twice what was asked", SocketOptionPrivilege.None, Any, true, "Memory for data on its way out."),
        Level.Row("SO_RCVBUF", SO_RCVBUF, Int, GetSet, "net.core.rmem_default", "2304 to 2·rmem_max, twice what was asked", SocketOptionPrivilege.None, Any, true, "Memory for data that waits to be received."),
        Level.Row("SO_SNDBUFFORCE", SO_SNDBUFFORCE, Int, Set, "", "4608 and more", NetAdmin, Any, true, "SO_SNDBUF beyond wmem_max."),
        Level.Row("SO_RCVBUFFORCE", SO_RCVBUFFORCE, Int, Set, "", "2304 and more", NetAdmin, Any, true, "SO_RCVBUF beyond rmem_max."),
        Level.Row("SO_RCVLOWAT", SO_RCVLOWAT, Int, GetSet, "1", "0 is taken as 1", SocketOptionPrivilege.None, Any, true, "Bytes that make a stream readable; datagram sockets keep it without effect."),
        Level.Row("SO_SNDLOWAT", SO_SNDLOWAT, Int, Get, "1", "", SocketOptionPrivilege.None, Any, true, "Always 1."),
        Level.Row("SO_RCVTIMEO", SO_RCVTIMEO, TimeValue, GetSet, "0", "microseconds below 1000000, else EDOM", SocketOptionPrivilege.None, Any, true, "How long a receive or accept waits; 0 for ever."),
        Level.Row("SO_SNDTIMEO", SO_SNDTIMEO, TimeValue, GetSet, "0", "microseconds below 1000000, else EDOM", SocketOptionPrivilege.None, Any, true, "How long a send or connect waits; 0 for ever."),
        Level.Row("SO_RCVTIMEO_NEW", SO_RCVTIMEO_NEW, TimeValue, GetSet, "0", "microseconds below 1000000, else EDOM", SocketOptionPrivilege.None, Any, true, "SO_RCVTIMEO with 64-bit times on every machine."),
        Level.Row("SO_SNDTIMEO_NEW", SO_SNDTIMEO_NEW, TimeValue, GetSet, "0", "microseconds below 1000000, else EDOM", SocketOptionPrivilege.None, Any, true, "SO_SNDTIMEO with 64-bit times on every machine."),
        Level.Row("SO_LINGER", SO_LINGER, Linger, GetSet, "off, 0", "", SocketOptionPrivilege.None, Any, true, "Whether and how long close waits for a stream to be delivered."),
        Level.Row("SO_KEEPALIVE", SO_KEEPALIVE, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Probes an idle connection; datagram sockets keep it without effect."),
        Level.Row("SO_OOBINLINE", SO_OOBINLINE, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Urgent data stays in the stream; datagram sockets keep it without effect."),
        Level.Row("SO_BUSY_POLL", SO_BUSY_POLL, Int, GetSet, "net.core.busy_read", "0 and more", SocketOptionPrivilege.None, Any, true, "Microseconds that a receive looks at the device before it sleeps; kept without effect where the device has no queue to look at."),
        // receiving
        Level.Row("SO_TIMESTAMP", SO_TIMESTAMP, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Control message with the time of arrival, struct timeval."),
        Level.Row("SO_TIMESTAMPNS", SO_TIMESTAMPNS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Control message with the time of arrival, struct timespec."),
        Level.Row("SO_TIMESTAMP_NEW", SO_TIMESTAMP_NEW, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "SO_TIMESTAMP with 64-bit times on every machine."),
        Level.Row("SO_TIMESTAMPNS_NEW", SO_TIMESTAMPNS_NEW, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "SO_TIMESTAMPNS with 64-bit times on every machine."),
        Level.Row("SO_RXQ_OVFL", SO_RXQ_OVFL, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Control message with the datagrams lost for lack of room so far."),
        Level.Row("SO_PEEK_OFF", SO_PEEK_OFF, Int, GetSet, "-1", "", SocketOptionPrivilege.None, Any, true, "Where MSG_PEEK begins; a negative number is off."),
        Level.Row("SO_SELECT_ERR_QUEUE", SO_SELECT_ERR_QUEUE, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "A message in the error queue also raises POLLPRI."),
        Level.Row("SO_INCOMING_CPU", SO_INCOMING_CPU, Int, GetSet, "-1", "", SocketOptionPrivilege.None, Any, true, "CPU that packets of this socket should be handled on."),
        Level.Row("SO_NO_CHECK", SO_NO_CHECK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "UDP over IPv4 is sent without a checksum."),
        Level.Row("SO_DEBUG", SO_DEBUG, Flag, GetSet, "0", "", NetAdmin, Any, true, "Kept; there is no trace to switch on."),
        Level.Row("SO_BSDCOMPAT", SO_BSDCOMPAT, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Taken, and reads 0 always, as on Linux."),
        // filters
        Level.Row("SO_ATTACH_FILTER", SO_ATTACH_FILTER, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Any, true, "A classic BPF program that decides which packets are taken."),
        Level.Row("SO_DETACH_FILTER", SO_DETACH_FILTER, Int, Set, "", "", SocketOptionPrivilege.None, Any, true, "Takes the program away; ENOENT where there is none."),
        Level.Row("SO_LOCK_FILTER", SO_LOCK_FILTER, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "The filter cannot be changed any more; it cannot be unlocked either (EPERM)."),
        Level.Row("SO_ATTACH_REUSEPORT_CBPF", SO_ATTACH_REUSEPORT_CBPF, Bytes, Set, "", "", SocketOptionPrivilege.None, Internet, true, "A classic BPF program that picks the socket of a SO_REUSEPORT group."),
        Level.Row("SO_DETACH_REUSEPORT_BPF", SO_DETACH_REUSEPORT_BPF, Int, Set, "", "", SocketOptionPrivilege.None, Internet, true, "Takes that program away."),
        Level.Row("SO_ATTACH_BPF", SO_ATTACH_BPF, Int, Set, "", "", SocketOptionPrivilege.None, Any, true, "An eBPF program as a filter."),
        Level.Row("SO_ATTACH_REUSEPORT_EBPF", SO_ATTACH_REUSEPORT_EBPF, Int, Set, "", "", SocketOptionPrivilege.None, Internet, true, "An eBPF program that picks the socket of a SO_REUSEPORT group."),
        Level.Row("SO_BPF_EXTENSIONS", SO_BPF_EXTENSIONS, Int, Get, "64", "", SocketOptionPrivilege.None, Any, true, "Which extensions classic BPF has."),
        // not on a virtual host
        Level.Row("SO_PASSCRED", SO_PASSCRED, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Local, true, "Control messages with the sender of each message; EOPNOTSUPP outside the local domain."),
        Level.Row("SO_PASSSEC", SO_PASSSEC, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Local, true, "Control messages with the security label of the sender; EOPNOTSUPP outside the local domain."),
        Level.Row("SO_PASSPIDFD", SO_PASSPIDFD, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Local, true, "Control messages with a descriptor of the sending process; EOPNOTSUPP outside the local domain."),
        Level.Row("SO_PASSRIGHTS", SO_PASSRIGHTS, Flag, GetSet, "1", "", SocketOptionPrivilege.None, Local, true, "Whether descriptors may be received."),
        Level.Row("SO_PEERPIDFD", SO_PEERPIDFD, Int, Get, "", "", SocketOptionPrivilege.None, Any, true, "Opens a descriptor of the peer process; ENODATA without one."),
        Level.Row("SO_PEERSEC", SO_PEERSEC, Text, Get, "", "", SocketOptionPrivilege.None, Local, false, "Security label of the peer."),
        Level.Row("SO_PEERGROUPS", SO_PEERGROUPS, Bytes, Get, "", "", SocketOptionPrivilege.None, Local, true, "Groups of the peer."),
        Level.Row("SO_PEERNAME", SO_PEERNAME, Bytes, Get, "", "", SocketOptionPrivilege.None, Any, true, "getpeername under another name."),
        Level.Row("SO_INQ", SO_INQ, Flag, SocketOptionAccess.Set, "", "0 to 1", SocketOptionPrivilege.None, Local, true, "Control message with the bytes left in the queue of a local stream."),
        Level.Row("SO_TIMESTAMPING", SO_TIMESTAMPING, Bytes, GetSet, "8 zeros", "", SocketOptionPrivilege.None, Any, true, "Time stamps of arrival and of sending: TimestampingFlags."),
        Level.Row("SO_TIMESTAMPING_NEW", SO_TIMESTAMPING_NEW, Bytes, GetSet, "8 zeros", "", SocketOptionPrivilege.None, Any, true, "SO_TIMESTAMPING with 64-bit times on every machine."),
        Level.Row("SO_WIFI_STATUS", SO_WIFI_STATUS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Wireless acknowledgements."),
        Level.Row("SO_NOFCS", SO_NOFCS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "The sender supplies the Ethernet checksum."),
        Level.Row("SO_MAX_PACING_RATE", SO_MAX_PACING_RATE, Number64, GetSet, "18446744073709551615", "", SocketOptionPrivilege.None, Any, true, "Most bytes that are sent in a second."),
        Level.Row("SO_CNX_ADVICE", SO_CNX_ADVICE, Int, Set, "", "", SocketOptionPrivilege.None, Any, true, "A hint that the path is bad."),
        Level.Row("SO_ZEROCOPY", SO_ZEROCOPY, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "MSG_ZEROCOPY may be used."),
        Level.Row("SO_TXTIME", SO_TXTIME, Bytes, GetSet, "", "", SocketOptionPrivilege.None, Any, true, "Packets carry the time at which they are to be sent."),
        Level.Row("SO_PREFER_BUSY_POLL", SO_PREFER_BUSY_POLL, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Busy polling goes before interrupts."),
        Level.Row("SO_BUSY_POLL_BUDGET", SO_BUSY_POLL_BUDGET, Int, Set, "", "", SocketOptionPrivilege.None, Any, true, "Packets of one busy poll."),
        Level.Row("SO_NETNS_COOKIE", SO_NETNS_COOKIE, Number64, Get, "", "", SocketOptionPrivilege.None, Any, true, "Number of the network namespace."),
        Level.Row("SO_BUF_LOCK", SO_BUF_LOCK, Int, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Which buffers keep their size."),
        Level.Row("SO_RESERVE_MEM", SO_RESERVE_MEM, Int, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Memory that is kept for the socket."),
        Level.Row("SO_TXREHASH", SO_TXREHASH, Int, GetSet, "net.core.txrehash", "0, 1, -1 for the default", SocketOptionPrivilege.None, Streams, true, "A retransmission timeout chooses another flow label, and so another path."),
        Level.Row("SO_RCVMARK", SO_RCVMARK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Control message with the mark of a packet."),
        Level.Row("SO_RCVPRIORITY", SO_RCVPRIORITY, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Any, true, "Control message with the priority of a packet."),
    ];
}
