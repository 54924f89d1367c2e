using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Options of IPPROTO_IP (ip(7)).</summary>
internal static class IPv4Handlers
{
    private const int MreqLength = 8, MreqnLength = 12;
    private const int EcnMask = 3;
    private const byte LastMode = (byte)PathMtuMode.Omit;

    public static OptionHandler[] All { get; } =
    [
        Number(IPPROTO_IP, IP_TOS, static s => s.Tos, static (s, value) =>
        {
            if (s is TcpSocket) value = value & ~EcnMask | s.Tos & EcnMask;
            if (s.Tos == value) return;
            s.HasLostRoute = true;
            s.Tos = (byte)value;
            s.Priority = PriorityOf(s.Tos);
        }),
        Number(IPPROTO_IP, IP_TTL, static s => s.Ttl >= 0 ? s.Ttl : s.Host.Sysctl.IPv4.DefaultTtl.Value, static (s, _, value) =>
        {
            if (value != -1 && value is < 1 or > 255) return Errno.EINVAL;
            s.Ttl = value;
            return Errno.None;
        }, refusesEmpty: true),
        Number(IPPROTO_IP, IP_MINTTL, 0, 255, static s => s.MinTtl, static (s, value) => s.MinTtl = value, refusesEmpty: true),
        Number(IPPROTO_IP, IP_MTU_DISCOVER, 0, LastMode, static s => (int)s.PathMtu, static (s, value) => s.PathMtu = (PathMtuMode)value),
        ReadOnly(IPPROTO_IP, IP_MTU, static s => s.ConnectedMtu),
        Bytes(IPPROTO_IP, IP_OPTIONS, static (s, value) => OptionTable.Cut(s.Options is { } options ? options.Given.IsEmpty ? options.Ipv4.Span : options.Given.Span : default, value), static (s, caller, value) =>
        {
            Errno error = Ipv4SocketOptions.TryRead(value, caller.Process.HasCapability(Capability.NetRaw), out IpOptions? options);
            if (error == Errno.None) s.Options = options;
            return error;
        }),
        Bytes(IPPROTO_IP, IP_PKTOPTIONS, static (s, value) => s is TcpSocket stream ? stream.ReadPacketOptions4(value) : Errno.ENOPROTOOPT, null),
        Flag(IPPROTO_IP, IP_PKTINFO, SocketFlags.PacketInfo),
        Flag(IPPROTO_IP, IP_RECVTTL, SocketFlags.ReceiveTtl),
        Flag(IPPROTO_IP, IP_RECVTOS, SocketFlags.ReceiveTos),
        Flag(IPPROTO_IP, IP_RECVOPTS, SocketFlags.ReceiveOptions),
        Flag(IPPROTO_IP, IP_RETOPTS, SocketFlags.ReturnOptions),
        Flag(IPPROTO_IP, IP_RECVORIGDSTADDR, SocketFlags.OriginalDestination),
        // Told only where a device has summed a packet up; none does here, nor does a loopback device of Linux.
        Number(IPPROTO_IP, IP_CHECKSUM, static s => s.ReceivesChecksum ? 1 : 0, static (s, value) => s.ReceivesChecksum = value != 0),
        // There are no security labels here: as on a kernel without a module that labels.
        Flag(IPPROTO_IP, IP_PASSSEC, SocketFlags.PassSecurity),
        Number(IPPROTO_IP, IP_RECVFRAGSIZE, static s => s.Has(SocketFlags.ReceiveFragmentSize) ? 1 : 0, static (s, _, value) =>
        {
            if (s.Type == SocketType.Stream) return Errno.EINVAL;
            s.Set(SocketFlags.ReceiveFragmentSize, value != 0);
            return Errno.None;
        }),
        Flag(IPPROTO_IP, IP_FREEBIND, SocketFlags.FreeBind, refusesEmpty: true),
        Flag(IPPROTO_IP, IP_TRANSPARENT, SocketFlags.Transparent, refusesEmpty: true),
        Flag(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, SocketFlags.BindAddressNoPort),
        Flag(IPPROTO_IP, IP_MULTICAST_LOOP, SocketFlags.MulticastLoop, refusesEmpty: true),
        Number(IPPROTO_IP, IP_RECVERR, static s => s.Has(SocketFlags.ReceiveErrors) ? 1 : 0, static (s, _, value) =>
        {
            s.Set(SocketFlags.ReceiveErrors, value != 0);
            if (value == 0) s.ClearErrors();
            return Errno.None;
        }),
        Number(IPPROTO_IP, IP_RECVERR_RFC4884, 0, 1, static s => s.ToldOfExtensions ? 1 : 0, static (s, value) => s.ToldOfExtensions = value != 0),
        Number(IPPROTO_IP, IP_MULTICAST_TTL, static s => s.MulticastTtl, static (s, _, value) =>
        {
            if (value is < -1 or > 255) return Errno.EINVAL;
            s.MulticastTtl = (byte)(value == -1 ? 1 : value);
            return Errno.None;
        }, refusesEmpty: true, onStreams: Errno.EINVAL),
        Bytes(IPPROTO_IP, IP_MULTICAST_IF, ReadMulticastInterface, WriteMulticastInterface, onStreams: Errno.EINVAL),
        Number(IPPROTO_IP, IP_MULTICAST_ALL, 0, 1, static s => s.Has(SocketFlags.MulticastAll) ? 1 : 0, static (s, value) => s.Set(SocketFlags.MulticastAll, value != 0), refusesEmpty: true),
        Stored(IP_UNICAST_IF, static s => BinaryPrimitives.ReverseEndianness(s.UnicastInterface), static (s, _, value) =>
        {
            Errno error = ReadInterface(s, value, out int index);
            if (error == Errno.None) s.UnicastInterface = index;
            return error;
        }),
        // The number by which the protocol finds the socket.
        ReadOnly(IPPROTO_IP, IP_PROTOCOL, static s => s.IsRaw ? s.Protocol : s.LocalPort),
        Stored(IP_LOCAL_PORT_RANGE, static s => (int)s.LocalPortRange, WriteLocalPortRange),
    ];

    /// <summary>The priority that Linux gives to a type of service by the bits of RFC 1349 (rt_tos2priority): best effort, bulk, interactive, or both of these.</summary>
    private static int PriorityOf(byte tos) => (tos >> 3 & 3) switch { 0 => 0, 1 => 2, 2 => 6, _ => 4 };

    /// <summary>Writes an interface index as IP_UNICAST_IF has it: in network order.</summary>
    public static CallResult ReadNetworkOrder(int index, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, index);
        return OptionTable.Cut(bytes, value);
    }

    /// <summary>Reads an interface index in network order.</summary>
    /// <returns>EINVAL for another length or another interface than the socket is bound to, EADDRNOTAVAIL for one that is not there.</returns>
    public static Errno ReadInterface(InetSocket socket, ReadOnlySpan<byte> value, out int index)
    {
        index = 0;
        if (value.Length != 4) return Errno.EINVAL;
        index = BinaryPrimitives.ReadInt32BigEndian(value);
        if (index == 0) return Errno.None;
        if (socket.Host.Interfaces.Find(index) is null) return Errno.EADDRNOTAVAIL;
        return socket.BoundInterface != 0 && socket.BoundInterface != index ? Errno.EINVAL : Errno.None;
    }

    /// <summary>An int that is read as others are, and set only by exactly four bytes.</summary>
    private static OptionHandler Stored(int number, Func<InetSocket, int> get, OptionWriter<InetSocket> write) => new()
    {
        Definition = Row(IPPROTO_IP, number),
        Get = socket => get((InetSocket)socket),
        Write = (socket, caller, value) => write((InetSocket)socket, caller, value),
    };

    private static Errno WriteLocalPortRange(InetSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        if (value.Length != 4) return Errno.EINVAL;
        uint range = BinaryPrimitives.ReadUInt32LittleEndian(value);
        uint low = range & 0xFFFF, high = range >> 16;
        if (low != 0 && high != 0 && low > high) return Errno.EINVAL;
        socket.LocalPortRange = range;
        return Errno.None;
    }

    private static CallResult ReadMulticastInterface(InetSocket socket, Span<byte> value)
    {
        Span<byte> bytes = stackalloc byte[4];
        socket.MulticastAddress.WriteIPv4(bytes);
        return OptionTable.Cut(bytes, value);
    }

    /// <summary>The value is an in_addr, an ip_mreq whose second address counts, or an ip_mreqn with an index too.</summary>
    private static Errno WriteMulticastInterface(InetSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        if (value.Length < 4) return Errno.EINVAL;
        IpAddress address = IpAddress.ReadIPv4(value.Length >= MreqLength ? value[4..] : value);
        int index = value.Length >= MreqnLength ? BinaryPrimitives.ReadInt32LittleEndian(value[8..]) : 0;
        if (index == 0 && !address.IsUnspecified)
        {
            // All of 127.0.0.0/8 is this host, though one address of it is configured.
            NetworkInterface? owner = socket.Host.Interfaces.FindAddress(address)?.Interface ?? (address.IsLoopback ? socket.Host.Loopback : null);
            if (owner is null) return Errno.EADDRNOTAVAIL;
            index = owner.Index;
        }
        else if (index != 0 && socket.Host.Interfaces.Find(index) is null) return Errno.EADDRNOTAVAIL;
        if (index != 0 && socket.BoundInterface != 0 && socket.BoundInterface != index) return Errno.EINVAL;
        socket.MulticastInterface = index;
        socket.MulticastAddress = address;
        return Errno.None;
    }
}
