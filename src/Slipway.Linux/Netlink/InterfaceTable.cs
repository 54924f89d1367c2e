using System.Runtime.InteropServices;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The interfaces of a namespace with their addresses, read by two dumps of rtnetlink(7).</summary>
internal static class InterfaceTable
{
    private const int GetLink = 18, GetAddress = 22, NewLink = 16, NewAddress = 20, GetRoute = 26, NewRoute = 24;
    private const int InterfaceMessageLength = 16, AddressMessageLength = 8, RouteMessageLength = 12;
    private const int FlagUp = 1, FlagLoopback = 8, FlagRunning = 0x40, FlagLowerUp = 0x1_0000;
    private const int CarriesMask = FlagUp | FlagRunning | FlagLowerUp;
    private const int LinkName = 3, LinkMtu = 4, LinkQueue = 6, AddressOfPeer = 1, AddressLocal = 2;
    private const int RouteDestination = 1, TypeLocal = 2;
    private const int Tries = 8;

    public static IReadOnlyList<NetworkInterfaceInfo> Read(RouteSocket socket)
    {
        for (int attempt = 1; ; attempt++)
        {
            var links = new SortedDictionary<int, Link>();
            bool whole = Dump(socket, GetLink, InterfaceMessageLength, links, ReadLink);
            whole &= Dump(socket, GetAddress, AddressMessageLength, links, ReadAddress);
            if (!whole && attempt < Tries) continue; // the tables changed while they were read
            return [.. links.Select(static pair => pair.Value.ToInfo(pair.Key))];
        }
    }

    /// <summary>
    /// Whether a link carries packets: it has its carrier (IFF_LOWER_UP) and a queue. IFF_RUNNING says too little: a new link has it before its carrier was ever looked
    /// at, and until the kernel has given it a queue, some time after the carrier came, packets sent to it are dropped without a word.
    /// </summary>
    public static bool CarriesPackets(RouteSocket socket, int index)
    {
        var links = new SortedDictionary<int, Link>();
        Dump(socket, GetLink, InterfaceMessageLength, links, ReadLink);
        return links.TryGetValue(index, out Link? link) && (link.Flags & CarriesMask) == CarriesMask && link.HasQueue;
    }

    /// <summary>
    /// Whether an IPv6 address receives: it has its local route. A new address gets it from a worker of the kernel, some time after the request was acknowledged (and
    /// after the address has ceased to be tentative), and until then packets for it are dropped.
    /// </summary>
    public static bool Receives(RouteSocket socket, ReadOnlySpan<byte> address)
    {
        var search = new RouteSearch(address.ToArray());
        Span<byte> room = stackalloc byte[64];
        room.Clear();
        var message = new NetlinkMessage(room, GetRoute, NetlinkMessage.Dump);
        message.Fixed(RouteMessageLength)[0] = (byte)AddressFamily.Inet6;
        socket.Dump(message, LookForLocalRoute, search);
        return search.Found;
    }

    // struct rtmsg: family, lengths of destination and source, tos, table, protocol, scope, type, flags (4).
    private static void LookForLocalRoute(int type, ReadOnlySpan<byte> body, RouteSearch search)
    {
        if (type != NewRoute || body.Length < RouteMessageLength || body[1] != 128 || body[7] != TypeLocal) return;
        var attributes = new NetlinkAttributes(body[RouteMessageLength..]);
        while (attributes.Next())
            if (attributes.Type == RouteDestination && attributes.Value.SequenceEqual(search.Address)) search.Found = true;
    }

    private static bool Dump(RouteSocket socket, ushort type, int fixedLength, SortedDictionary<int, Link> links, NetlinkVisitor<SortedDictionary<int, Link>> visitor)
    {
        Span<byte> room = stackalloc byte[64];
        room.Clear();
        var message = new NetlinkMessage(room, type, NetlinkMessage.Dump);
        message.Fixed(fixedLength);
        return socket.Dump(message, visitor, links);
    }

    // struct ifinfomsg: family, pad, type (2), index (4), flags (4), change (4).
    private static void ReadLink(int type, ReadOnlySpan<byte> body, SortedDictionary<int, Link> links)
    {
        if (type != NewLink || body.Length < InterfaceMessageLength) return;
        var link = new Link { Flags = MemoryMarshal.Read<int>(body[8..]) };
        var attributes = new NetlinkAttributes(body[InterfaceMessageLength..]);
        while (attributes.Next())
        {
            if (attributes.Type == LinkName) link.Name = Encoding.UTF8.GetString(attributes.Value.TrimEnd((byte)0));
            if (attributes.Type == LinkMtu) link.Mtu = attributes.Number;
            if (attributes.Type == LinkQueue) link.HasQueue = !attributes.Value.SequenceEqual("noop\0"u8);
        }
        links[MemoryMarshal.Read<int>(body[4..])] = link;
    }

    // struct ifaddrmsg: family, prefix length, flags, scope, index (4). On a point-to-point link IFA_ADDRESS is the peer's and IFA_LOCAL ours.
    private static void ReadAddress(int type, ReadOnlySpan<byte> body, SortedDictionary<int, Link> links)
    {
        if (type != NewAddress || body.Length < AddressMessageLength) return;
        int index = MemoryMarshal.Read<int>(body[4..]);
        if (!links.TryGetValue(index, out Link? link)) return;
        ReadOnlySpan<byte> address = default;
        bool local = false;
        var attributes = new NetlinkAttributes(body[AddressMessageLength..]);
        while (attributes.Next())
        {
            if (attributes.Type != AddressLocal && (attributes.Type != AddressOfPeer || local)) continue;
            address = attributes.Value;
            local = attributes.Type == AddressLocal;
        }
        if (ToAddress(address, index) is { } found) link.Addresses.Add(new InterfaceAddress(found, body[1]));
    }

    private static InetAddress? ToAddress(ReadOnlySpan<byte> bytes, int index)
    {
        if (bytes.Length == 4) return InetAddress.IPv4(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes), 0);
        if (bytes.Length != 16) return null;
        bool linkLocal = bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
        return InetAddress.IPv6(bytes, 0, linkLocal ? (uint)index : 0); // as getifaddrs(3) fills sin6_scope_id
    }

    private sealed class RouteSearch(byte[] address)
    {
        public ReadOnlySpan<byte> Address => address;

        public bool Found { get; set; }
    }

    private sealed class Link
    {
        public string Name { get; set; } = "";

        public int Mtu { get; set; }

        public int Flags { get; set; }

        /// <summary>Its queueing discipline drops not everything (IFLA_QDISC is other than noop).</summary>
        public bool HasQueue { get; set; }

        public List<InterfaceAddress> Addresses { get; } = [];

        public NetworkInterfaceInfo ToInfo(int index) => new(index, Name, Mtu, (Flags & FlagUp) != 0, (Flags & FlagLoopback) != 0, Addresses);
    }
}
