using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Sockets;

/// <summary>The table of socket options, and its rows as typed names: <c>socket.SetOption(SocketOptions.ReuseAddress, true)</c>.</summary>
public static partial class SocketOptions
{
    // Before the typed names, which look rows up here: static fields are made in the order of the text.
    private static readonly SocketOptionDefinition[] Table =
        [.. SocketOptionRows.Rows, .. IPv4OptionRows.Rows, .. IPv6OptionRows.Rows, .. UdpOptionRows.Rows, .. TcpOptionRows.Rows, .. RawOptionRows.Rows, .. NetlinkOptionRows.Rows, .. PacketOptionRows.Rows];

    private static readonly Dictionary<(int Level, int Number), SocketOptionDefinition> Index = Table.ToDictionary(static row => (row.Level, row.Number));

    /// <summary>Most bytes of an extension header that setsockopt takes.</summary>
    private const int LongestHeader = 2040;

    private static readonly SocketOptionCodecs.BooleanCodec Boolean = new();
    private static readonly SocketOptionCodecs.Int32Codec Int32 = new();
    private static readonly SocketOptionCodecs.TimeSpanCodec Time = new();

    /// <summary>All options that Linux names in the levels of this library, by level; those that a virtual host lacks too.</summary>
    public static IReadOnlyList<SocketOptionDefinition> All => Table;

    /// <summary>SO_DEBUG.</summary>
    public static SocketOption<bool> Debug { get; } = Flag(SOL_SOCKET, SO_DEBUG);

    /// <summary>SO_REUSEADDR.</summary>
    public static SocketOption<bool> ReuseAddress { get; } = Flag(SOL_SOCKET, SO_REUSEADDR);

    /// <summary>SO_REUSEPORT.</summary>
    public static SocketOption<bool> ReusePort { get; } = Flag(SOL_SOCKET, SO_REUSEPORT);

    /// <summary>SO_TYPE.</summary>
    public static SocketOption<int> Type { get; } = Number(SOL_SOCKET, SO_TYPE);

    /// <summary>SO_DOMAIN.</summary>
    public static SocketOption<int> Domain { get; } = Number(SOL_SOCKET, SO_DOMAIN);

    /// <summary>SO_PROTOCOL.</summary>
    public static SocketOption<int> Protocol { get; } = Number(SOL_SOCKET, SO_PROTOCOL);

    /// <summary>SO_ERROR.</summary>
    public static SocketOption<int> Error { get; } = Number(SOL_SOCKET, SO_ERROR);

    /// <summary>SO_ACCEPTCONN.</summary>
    public static SocketOption<bool> AcceptingConnections { get; } = Flag(SOL_SOCKET, SO_ACCEPTCONN);

    /// <summary>SO_DONTROUTE.</summary>
    public static SocketOption<bool> DontRoute { get; } = Flag(SOL_SOCKET, SO_DONTROUTE);

    /// <summary>SO_BROADCAST.</summary>
    public static SocketOption<bool> Broadcast { get; } = Flag(SOL_SOCKET, SO_BROADCAST);

    /// <summary>SO_SNDBUF.</summary>
    public static SocketOption<int> SendBuffer { get; } = Number(SOL_SOCKET, SO_SNDBUF);

    /// <summary>SO_RCVBUF.</summary>
    public static SocketOption<int> ReceiveBuffer { get; } = Number(SOL_SOCKET, SO_RCVBUF);

    /// <summary>SO_SNDBUFFORCE.</summary>
    public static SocketOption<int> SendBufferForce { get; } = Number(SOL_SOCKET, SO_SNDBUFFORCE);

    /// <summary>SO_RCVBUFFORCE.</summary>
    public static SocketOption<int> ReceiveBufferForce { get; } = Number(SOL_SOCKET, SO_RCVBUFFORCE);

    /// <summary>SO_RCVLOWAT.</summary>
    public static SocketOption<int> ReceiveLowWater { get; } = Number(SOL_SOCKET, SO_RCVLOWAT);

    /// <summary>SO_SNDLOWAT.</summary>
    public static SocketOption<int> SendLowWater { get; } = Number(SOL_SOCKET, SO_SNDLOWAT);

    /// <summary>SO_RCVTIMEO.</summary>
    public static SocketOption<TimeSpan> ReceiveTimeout { get; } = Timeout(SOL_SOCKET, SO_RCVTIMEO);

    /// <summary>SO_SNDTIMEO.</summary>
    public static SocketOption<TimeSpan> SendTimeout { get; } = Timeout(SOL_SOCKET, SO_SNDTIMEO);

    /// <summary>SO_LINGER.</summary>
    public static SocketOption<LingerOption> Linger { get; } = new(Index[(SOL_SOCKET, SO_LINGER)], new SocketOptionCodecs.LingerCodec());

    /// <summary>SO_KEEPALIVE.</summary>
    public static SocketOption<bool> KeepAlive { get; } = Flag(SOL_SOCKET, SO_KEEPALIVE);

    /// <summary>SO_OOBINLINE.</summary>
    public static SocketOption<bool> OutOfBandInline { get; } = Flag(SOL_SOCKET, SO_OOBINLINE);

    /// <summary>SO_PRIORITY.</summary>
    public static SocketOption<int> Priority { get; } = Number(SOL_SOCKET, SO_PRIORITY);

    /// <summary>SO_MARK.</summary>
    public static SocketOption<int> Mark { get; } = Number(SOL_SOCKET, SO_MARK);

    /// <summary>SO_BUSY_POLL.</summary>
    public static SocketOption<int> BusyPoll { get; } = Number(SOL_SOCKET, SO_BUSY_POLL);

    /// <summary>SO_BINDTODEVICE: the name of an interface.</summary>
    public static SocketOption<string> BindToDevice { get; } = new(Index[(SOL_SOCKET, SO_BINDTODEVICE)], new SocketOptionCodecs.TextCodec(16));

    /// <summary>SO_BINDTOIFINDEX.</summary>
    public static SocketOption<int> BindToInterfaceIndex { get; } = Number(SOL_SOCKET, SO_BINDTOIFINDEX);

    /// <summary>SO_TIMESTAMP.</summary>
    public static SocketOption<bool> Timestamp { get; } = Flag(SOL_SOCKET, SO_TIMESTAMP);

    /// <summary>SO_TIMESTAMPNS.</summary>
    public static SocketOption<bool> TimestampNanoseconds { get; } = Flag(SOL_SOCKET, SO_TIMESTAMPNS);

    /// <summary>SO_RXQ_OVFL.</summary>
    public static SocketOption<bool> ReceiveQueueOverflow { get; } = Flag(SOL_SOCKET, SO_RXQ_OVFL);

    /// <summary>SO_PEEK_OFF.</summary>
    public static SocketOption<int> PeekOffset { get; } = Number(SOL_SOCKET, SO_PEEK_OFF);

    /// <summary>SO_SELECT_ERR_QUEUE.</summary>
    public static SocketOption<bool> SelectErrorQueue { get; } = Flag(SOL_SOCKET, SO_SELECT_ERR_QUEUE);

    /// <summary>SO_INCOMING_CPU.</summary>
    public static SocketOption<int> IncomingCpu { get; } = Number(SOL_SOCKET, SO_INCOMING_CPU);

    /// <summary>SO_NO_CHECK.</summary>
    public static SocketOption<bool> NoChecksum { get; } = Flag(SOL_SOCKET, SO_NO_CHECK);

    /// <summary>SO_BSDCOMPAT.</summary>
    public static SocketOption<bool> BsdCompatible { get; } = Flag(SOL_SOCKET, SO_BSDCOMPAT);

    /// <summary>SO_COOKIE.</summary>
    public static SocketOption<ulong> Cookie { get; } = new(Index[(SOL_SOCKET, SO_COOKIE)], new SocketOptionCodecs.UInt64Codec());

    /// <summary>SO_MEMINFO.</summary>
    public static SocketOption<byte[]> MemoryInfo { get; } = Block(SOL_SOCKET, SO_MEMINFO, 36);

    /// <summary>SO_PEERCRED.</summary>
    public static SocketOption<byte[]> PeerCredentials { get; } = Block(SOL_SOCKET, SO_PEERCRED, 12);

    /// <summary>IP_TTL.</summary>
    public static SocketOption<int> IPv4Ttl { get; } = Number(IPPROTO_IP, IP_TTL);

    /// <summary>IP_TOS.</summary>
    public static SocketOption<int> IPv4Tos { get; } = Number(IPPROTO_IP, IP_TOS);

    /// <summary>IP_OPTIONS.</summary>
    public static SocketOption<byte[]> IPv4Options { get; } = Block(IPPROTO_IP, IP_OPTIONS, 40);

    /// <summary>IP_PKTINFO.</summary>
    public static SocketOption<bool> IPv4PacketInfo { get; } = Flag(IPPROTO_IP, IP_PKTINFO);

    /// <summary>IP_RECVTTL.</summary>
    public static SocketOption<bool> IPv4ReceiveTtl { get; } = Flag(IPPROTO_IP, IP_RECVTTL);

    /// <summary>IP_RECVTOS.</summary>
    public static SocketOption<bool> IPv4ReceiveTos { get; } = Flag(IPPROTO_IP, IP_RECVTOS);

    /// <summary>IP_RECVOPTS.</summary>
    public static SocketOption<bool> IPv4ReceiveOptions { get; } = Flag(IPPROTO_IP, IP_RECVOPTS);

    /// <summary>IP_RETOPTS.</summary>
    public static SocketOption<bool> IPv4ReturnOptions { get; } = Flag(IPPROTO_IP, IP_RETOPTS);

    /// <summary>IP_RECVERR.</summary>
    public static SocketOption<bool> IPv4ReceiveErrors { get; } = Flag(IPPROTO_IP, IP_RECVERR);

    /// <summary>IP_RECVORIGDSTADDR.</summary>
    public static SocketOption<bool> IPv4OriginalDestination { get; } = Flag(IPPROTO_IP, IP_RECVORIGDSTADDR);

    /// <summary>IP_MTU.</summary>
    public static SocketOption<int> IPv4Mtu { get; } = Number(IPPROTO_IP, IP_MTU);

    /// <summary>IP_MTU_DISCOVER.</summary>
    public static SocketOption<int> IPv4MtuDiscover { get; } = Number(IPPROTO_IP, IP_MTU_DISCOVER);

    /// <summary>IP_FREEBIND.</summary>
    public static SocketOption<bool> IPv4FreeBind { get; } = Flag(IPPROTO_IP, IP_FREEBIND);

    /// <summary>IP_TRANSPARENT.</summary>
    public static SocketOption<bool> IPv4Transparent { get; } = Flag(IPPROTO_IP, IP_TRANSPARENT);

    /// <summary>IP_MINTTL.</summary>
    public static SocketOption<int> IPv4MinTtl { get; } = Number(IPPROTO_IP, IP_MINTTL);

    /// <summary>IP_BIND_ADDRESS_NO_PORT.</summary>
    public static SocketOption<bool> IPv4BindAddressNoPort { get; } = Flag(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);

    /// <summary>IP_LOCAL_PORT_RANGE.</summary>
    public static SocketOption<int> IPv4LocalPortRange { get; } = Number(IPPROTO_IP, IP_LOCAL_PORT_RANGE);

    /// <summary>IP_UNICAST_IF.</summary>
    public static SocketOption<int> IPv4UnicastInterface { get; } = Number(IPPROTO_IP, IP_UNICAST_IF);

    /// <summary>IP_MULTICAST_TTL.</summary>
    public static SocketOption<int> IPv4MulticastTtl { get; } = Number(IPPROTO_IP, IP_MULTICAST_TTL);

    /// <summary>IP_MULTICAST_LOOP.</summary>
    public static SocketOption<bool> IPv4MulticastLoop { get; } = Flag(IPPROTO_IP, IP_MULTICAST_LOOP);

    /// <summary>IP_MULTICAST_ALL.</summary>
    public static SocketOption<bool> IPv4MulticastAll { get; } = Flag(IPPROTO_IP, IP_MULTICAST_ALL);

    /// <summary>IPV6_MULTICAST_ALL.</summary>
    public static SocketOption<bool> IPv6MulticastAll { get; } = Flag(IPPROTO_IPV6, IPV6_MULTICAST_ALL);

    /// <summary>IPV6_V6ONLY.</summary>
    public static SocketOption<bool> IPv6Only { get; } = Flag(IPPROTO_IPV6, IPV6_V6ONLY);

    /// <summary>IPV6_UNICAST_HOPS.</summary>
    public static SocketOption<int> IPv6UnicastHops { get; } = Number(IPPROTO_IPV6, IPV6_UNICAST_HOPS);

    /// <summary>IPV6_MULTICAST_HOPS.</summary>
    public static SocketOption<int> IPv6MulticastHops { get; } = Number(IPPROTO_IPV6, IPV6_MULTICAST_HOPS);

    /// <summary>IPV6_MULTICAST_LOOP.</summary>
    public static SocketOption<int> IPv6MulticastLoop { get; } = Number(IPPROTO_IPV6, IPV6_MULTICAST_LOOP);

    /// <summary>IPV6_MULTICAST_IF.</summary>
    public static SocketOption<int> IPv6MulticastInterface { get; } = Number(IPPROTO_IPV6, IPV6_MULTICAST_IF);

    /// <summary>IPV6_UNICAST_IF.</summary>
    public static SocketOption<int> IPv6UnicastInterface { get; } = Number(IPPROTO_IPV6, IPV6_UNICAST_IF);

    /// <summary>IPV6_TCLASS.</summary>
    public static SocketOption<int> IPv6TrafficClass { get; } = Number(IPPROTO_IPV6, IPV6_TCLASS);

    /// <summary>IPV6_FLOWINFO_SEND.</summary>
    public static SocketOption<bool> IPv6FlowInfoSend { get; } = Flag(IPPROTO_IPV6, IPV6_FLOWINFO_SEND);

    /// <summary>IPV6_AUTOFLOWLABEL.</summary>
    public static SocketOption<bool> IPv6AutoFlowLabel { get; } = Flag(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL);

    /// <summary>IPV6_MTU_DISCOVER.</summary>
    public static SocketOption<int> IPv6MtuDiscover { get; } = Number(IPPROTO_IPV6, IPV6_MTU_DISCOVER);

    /// <summary>IPV6_MTU.</summary>
    public static SocketOption<int> IPv6Mtu { get; } = Number(IPPROTO_IPV6, IPV6_MTU);

    /// <summary>IPV6_PATHMTU.</summary>
    public static SocketOption<byte[]> IPv6PathMtu { get; } = Block(IPPROTO_IPV6, IPV6_PATHMTU, 32);

    /// <summary>IPV6_DONTFRAG.</summary>
    public static SocketOption<bool> IPv6DontFragment { get; } = Flag(IPPROTO_IPV6, IPV6_DONTFRAG);

    /// <summary>IPV6_PKTINFO.</summary>
    public static SocketOption<byte[]> IPv6StickyPacketInfo { get; } = Block(IPPROTO_IPV6, IPV6_PKTINFO, 20);

    /// <summary>IPV6_ADDR_PREFERENCES.</summary>
    public static SocketOption<int> IPv6AddressPreferences { get; } = Number(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES);

    /// <summary>IPV6_FREEBIND.</summary>
    public static SocketOption<bool> IPv6FreeBind { get; } = Flag(IPPROTO_IPV6, IPV6_FREEBIND);

    /// <summary>IPV6_TRANSPARENT.</summary>
    public static SocketOption<bool> IPv6Transparent { get; } = Flag(IPPROTO_IPV6, IPV6_TRANSPARENT);

    /// <summary>IPV6_RECVPKTINFO.</summary>
    public static SocketOption<bool> IPv6ReceivePacketInfo { get; } = Flag(IPPROTO_IPV6, IPV6_RECVPKTINFO);

    /// <summary>IPV6_RECVHOPLIMIT.</summary>
    public static SocketOption<bool> IPv6ReceiveHopLimit { get; } = Flag(IPPROTO_IPV6, IPV6_RECVHOPLIMIT);

    /// <summary>IPV6_RECVTCLASS.</summary>
    public static SocketOption<bool> IPv6ReceiveTrafficClass { get; } = Flag(IPPROTO_IPV6, IPV6_RECVTCLASS);

    /// <summary>IPV6_FLOWINFO.</summary>
    public static SocketOption<bool> IPv6FlowInfo { get; } = Flag(IPPROTO_IPV6, IPV6_FLOWINFO);

    /// <summary>IPV6_RECVERR.</summary>
    public static SocketOption<bool> IPv6ReceiveErrors { get; } = Flag(IPPROTO_IPV6, IPV6_RECVERR);

    /// <summary>IPV6_RECVPATHMTU.</summary>
    public static SocketOption<bool> IPv6ReceivePathMtu { get; } = Flag(IPPROTO_IPV6, IPV6_RECVPATHMTU);

    /// <summary>IPV6_ORIGDSTADDR.</summary>
    public static SocketOption<bool> IPv6OriginalDestination { get; } = Flag(IPPROTO_IPV6, IPV6_ORIGDSTADDR);

    /// <summary>IPV6_MINHOPCOUNT.</summary>
    public static SocketOption<int> IPv6MinHopCount { get; } = Number(IPPROTO_IPV6, IPV6_MINHOPCOUNT);

    /// <summary>IP_HDRINCL of raw sockets.</summary>
    public static SocketOption<bool> HeaderIncluded { get; } = Flag(IPPROTO_IP, IP_HDRINCL);

    /// <summary>IPV6_HDRINCL of raw sockets.</summary>
    public static SocketOption<bool> IPv6HeaderIncluded { get; } = Flag(IPPROTO_IPV6, IPV6_HDRINCL);

    /// <summary>IPV6_CHECKSUM of raw sockets: the offset of the checksum, -1 for none.</summary>
    public static SocketOption<int> IPv6Checksum { get; } = Number(IPPROTO_IPV6, IPV6_CHECKSUM);

    /// <summary>ICMP_FILTER of raw sockets of IPPROTO_ICMP.</summary>
    public static SocketOption<IcmpFilter> IcmpFilter { get; } = new(Index[(SOL_RAW, ICMP_FILTER)], new SocketOptionCodecs.IcmpFilterCodec());

    /// <summary>ICMPV6_FILTER of raw sockets of IPPROTO_ICMPV6.</summary>
    public static SocketOption<Icmp6Filter> Icmp6Filter { get; } = new(Index[(IPPROTO_ICMPV6, ICMPV6_FILTER)], new SocketOptionCodecs.Icmp6FilterCodec());

    /// <summary>IPV6_RECVHOPOPTS.</summary>
    public static SocketOption<bool> IPv6ReceiveHopOptions { get; } = Flag(IPPROTO_IPV6, IPV6_RECVHOPOPTS);

    /// <summary>IPV6_RECVDSTOPTS.</summary>
    public static SocketOption<bool> IPv6ReceiveDestinationOptions { get; } = Flag(IPPROTO_IPV6, IPV6_RECVDSTOPTS);

    /// <summary>IPV6_RECVRTHDR.</summary>
    public static SocketOption<bool> IPv6ReceiveRoutingHeader { get; } = Flag(IPPROTO_IPV6, IPV6_RECVRTHDR);

    /// <summary>IPV6_HOPOPTS: the hop-by-hop options header of every packet; empty for none.</summary>
    public static SocketOption<byte[]> IPv6HopOptions { get; } = Block(IPPROTO_IPV6, IPV6_HOPOPTS, LongestHeader);

    /// <summary>IPV6_DSTOPTS: the destination options header of every packet; empty for none.</summary>
    public static SocketOption<byte[]> IPv6DestinationOptions { get; } = Block(IPPROTO_IPV6, IPV6_DSTOPTS, LongestHeader);

    /// <summary>UDP_CORK.</summary>
    public static SocketOption<bool> UdpCork { get; } = Flag(IPPROTO_UDP, UDP_CORK);

    /// <summary>UDP_NO_CHECK6_TX.</summary>
    public static SocketOption<bool> UdpNoChecksum6Send { get; } = Flag(IPPROTO_UDP, UDP_NO_CHECK6_TX);

    /// <summary>UDP_NO_CHECK6_RX.</summary>
    public static SocketOption<bool> UdpNoChecksum6Receive { get; } = Flag(IPPROTO_UDP, UDP_NO_CHECK6_RX);

    /// <summary>UDP_SEGMENT.</summary>
    public static SocketOption<int> UdpSegment { get; } = Number(IPPROTO_UDP, UDP_SEGMENT);

    /// <summary>UDP_GRO.</summary>
    public static SocketOption<bool> UdpCoalesce { get; } = Flag(IPPROTO_UDP, UDP_GRO);

    /// <summary>TCP_NODELAY.</summary>
    public static SocketOption<bool> TcpNoDelay { get; } = Flag(IPPROTO_TCP, TCP_NODELAY);

    /// <summary>PACKET_AUXDATA.</summary>
    public static SocketOption<bool> PacketAuxiliaryData { get; } = Flag(SOL_PACKET, PACKET_AUXDATA);

    /// <summary>PACKET_ORIGDEV.</summary>
    public static SocketOption<bool> PacketOriginalDevice { get; } = Flag(SOL_PACKET, PACKET_ORIGDEV);

    /// <summary>PACKET_VNET_HDR.</summary>
    public static SocketOption<bool> PacketVirtioHeader { get; } = Flag(SOL_PACKET, PACKET_VNET_HDR);

    /// <summary>PACKET_VNET_HDR_SZ: 0, 10 or 12.</summary>
    public static SocketOption<int> PacketVirtioHeaderLength { get; } = Number(SOL_PACKET, PACKET_VNET_HDR_SZ);

    /// <summary>PACKET_QDISC_BYPASS.</summary>
    public static SocketOption<bool> PacketQueueBypass { get; } = Flag(SOL_PACKET, PACKET_QDISC_BYPASS);

    /// <summary>PACKET_IGNORE_OUTGOING.</summary>
    public static SocketOption<bool> PacketIgnoreOutgoing { get; } = Flag(SOL_PACKET, PACKET_IGNORE_OUTGOING);

    /// <summary>PACKET_VERSION: a <see cref="PacketRingVersion"/>; EBUSY with a ring.</summary>
    public static SocketOption<int> PacketRingVersion { get; } = Number(SOL_PACKET, PACKET_VERSION);

    /// <summary>PACKET_RESERVE: bytes between the header and the packet in a ring; EBUSY with a ring.</summary>
    public static SocketOption<int> PacketReserve { get; } = Number(SOL_PACKET, PACKET_RESERVE);

    /// <summary>PACKET_LOSS: what cannot be sent from a ring is passed over, and ends no send; EBUSY with a ring.</summary>
    public static SocketOption<bool> PacketLoss { get; } = Flag(SOL_PACKET, PACKET_LOSS);

    /// <summary>PACKET_COPY_THRESH: other than 0, packets that are longer than their slots are queued whole as well.</summary>
    public static SocketOption<int> PacketCopyThreshold { get; } = Number(SOL_PACKET, PACKET_COPY_THRESH);

    /// <summary>PACKET_TIMESTAMP: SOF_TIMESTAMPING_RAW_HARDWARE asks for the device's times in a ring, where it has a clock.</summary>
    public static SocketOption<int> PacketTimestampSource { get; } = Number(SOL_PACKET, PACKET_TIMESTAMP);

    /// <summary>PACKET_TX_HAS_OFF: packets to be sent from a ring begin where their headers say (tp_mac, or tp_net of a datagram socket). Without effect once there is a ring.</summary>
    public static SocketOption<bool> PacketSendOffset { get; } = Flag(SOL_PACKET, PACKET_TX_HAS_OFF);

    /// <summary>The row of an option; null for a number that the table does not have.</summary>
    public static SocketOptionDefinition? Find(int level, int number) => Index.GetValueOrDefault((level, number));

    private static SocketOption<bool> Flag(int level, int number) => new(Index[(level, number)], Boolean);

    private static SocketOption<int> Number(int level, int number) => new(Index[(level, number)], Int32);

    private static SocketOption<TimeSpan> Timeout(int level, int number) => new(Index[(level, number)], Time);

    private static SocketOption<byte[]> Block(int level, int number, int longest) => new(Index[(level, number)], new SocketOptionCodecs.BytesCodec(longest));
}
