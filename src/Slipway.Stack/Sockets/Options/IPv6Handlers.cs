using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Options of IPPROTO_IPV6 (ipv6(7), RFC 3493, RFC 3542).</summary>
internal static class IPv6Handlers
{
    private const int MtuInfoLength = 32;

    /// <summary>struct ipv6_mreq.</summary>
    private const int MembershipLength = 20;
    private const int DefaultHops = 64, EcnMask = 3;

    // RFC 5014: bits of IPV6_ADDR_PREFERENCES.
    private const int PreferTemporary = 0x1, PreferPublic = 0x2, PreferHome = 0x400, PreferCare = 0x4, PreferDefault = 0x100, PreferCga = 0x8, PreferNonCga = 0x800;

    public static OptionHandler[] All { get; } =
    [
        Number(IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1, 255, static s => s.HopLimit >= 0 ? s.HopLimit : s.Host.Sysctl.IPv6.Default.HopLimit.Value, static (s, value) => s.HopLimit = value),
        Number(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, -1, 255, static s => s.MulticastHops, static (s, value) => s.MulticastHops = (byte)(value == -1 ? 1 : value), onStreams: Errno.ENOPROTOOPT),
        Number(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, 1, static s => s.Has(SocketFlags.MulticastLoop6) ? 1 : 0, static (s, value) => s.Set(SocketFlags.MulticastLoop6, value != 0)),
        Number(IPPROTO_IPV6, IPV6_MULTICAST_IF, static s => s.MulticastInterface6, static (s, _, value) =>
        {
            if (value != 0 && s.Host.Interfaces.Find(value) is null) return Errno.ENODEV;
            if (value != 0 && s.BoundInterface != 0 && s.BoundInterface != value) return Errno.EINVAL;
            s.MulticastInterface6 = value;
            return Errno.None;
        }, onStreams: Errno.ENOPROTOOPT),
        Flag(IPPROTO_IPV6, IPV6_MULTICAST_ALL, SocketFlags.MulticastAll6),
        Bytes(IPPROTO_IPV6, IPV6_UNICAST_IF, static (s, value) => IPv4Handlers.ReadNetworkOrder(s.UnicastInterface6, value), static (s, _, value) =>
        {
            Errno error = IPv4Handlers.ReadInterface(s, value, out int index);
            if (error == Errno.None) s.UnicastInterface6 = index;
            return error;
        }),
        Number(IPPROTO_IPV6, IPV6_TCLASS, -1, 255, static s => s.TrafficClass, static (s, value) =>
        {
            value = Math.Max(0, value);
            if (s is TcpSocket) value = value & ~EcnMask | s.TrafficClass & EcnMask;
            if (s.TrafficClass == value) return;
            s.HasLostRoute = true;
            s.TrafficClass = (byte)value;
        }),
        Number(IPPROTO_IPV6, IPV6_MTU_DISCOVER, 0, (int)PathMtuMode.Omit, static s => (int)s.PathMtu6, static (s, value) => s.PathMtu6 = (PathMtuMode)value),
        Bytes(IPPROTO_IPV6, IPV6_MTU, static (s, value) => ReadMtu(s, value), static (s, _, value) =>
        {
            if (value.Length < 4) return Errno.EINVAL;
            int mtu = BinaryPrimitives.ReadInt32LittleEndian(value);
            if (mtu != 0 && mtu < Ipv6Header.MinimumMtu) return Errno.EINVAL;
            s.FragmentSize = mtu;
            return Errno.None;
        }),
        Bytes(IPPROTO_IPV6, IPV6_PATHMTU, ReadPathMtu, null),
        Bytes(IPPROTO_IPV6, IPV6_ADDRFORM, ReadAddressForm, static (s, _, value) =>
        {
            if (value.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(value) != (int)AddressFamily.Inet) return Errno.EINVAL;
            return s.TurnIntoIPv4();
        }),
        Number(IPPROTO_IPV6, IPV6_MINHOPCOUNT, 0, 255, static s => s.MinHopCount, static (s, value) => s.MinHopCount = value),
        Bytes(IPPROTO_IPV6, IPV6_PKTINFO, null, WritePacketInfo),
        Number(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, static s => (s.PrefersCareOfAddress ? PreferCare : PreferHome) | s.Preferences switch
        {
            SourcePreferences.Temporary => PreferTemporary,
            SourcePreferences.Public => PreferPublic,
            _ => PreferDefault,
        }, static (s, _, value) => SetPreferences(s, value)),
        Number(IPPROTO_IPV6, IPV6_V6ONLY, static s => s.IsIPv6Only ? 1 : 0, static (s, _, value) =>
        {
            if (s.LocalPort != 0 || s.IsRaw) return Errno.EINVAL;
            s.Set(SocketFlags.IPv6Only, value != 0);
            return Errno.None;
        }),
        // One bit for both families: Linux keeps them in one place too.
        Flag(IPPROTO_IPV6, IPV6_FREEBIND, SocketFlags.FreeBind),
        Flag(IPPROTO_IPV6, IPV6_TRANSPARENT, SocketFlags.Transparent),
        Flag(IPPROTO_IPV6, IPV6_DONTFRAG, SocketFlags.DontFragment, takesAnyLength: true),
        Flag(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, SocketFlags.FlowInfoSend),
        new()
        {
            Definition = Row(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL),
            Get = static socket => ((InetSocket)socket).AutoFlowLabel ?? socket.Host.FlowLabels.IsDefault ? 1 : 0,
            Set = static (socket, _, value) =>
            {
                var inet = (InetSocket)socket;
                inet.AutoFlowLabel = value != 0;
                inet.ForgetRoute();
                return Errno.None;
            },
            TakesAnyLength = true,
        },
        Bytes(IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, static (s, value) => s.ReadFlowLabel(value), static (s, caller, value) => s.ChangeFlowLabel(caller, value)),
        Bytes(IPPROTO_IPV6, IPV6_JOIN_ANYCAST, null, static (s, caller, value) => value.Length < MembershipLength ? Errno.EINVAL
            : s.JoinAnycast(caller.Process, IpAddress.ReadIPv6(value), BinaryPrimitives.ReadInt32LittleEndian(value[16..]))),
        Bytes(IPPROTO_IPV6, IPV6_LEAVE_ANYCAST, null, static (s, _, value) => value.Length < MembershipLength ? Errno.EINVAL
            : s.LeaveAnycast(IpAddress.ReadIPv6(value), BinaryPrimitives.ReadInt32LittleEndian(value[16..]))),
        Flag(IPPROTO_IPV6, IPV6_RECVPKTINFO, SocketFlags.PacketInfo6),
        Flag(IPPROTO_IPV6, IPV6_RECVFRAGSIZE, SocketFlags.ReceiveFragmentSize6, takesAnyLength: true),
        Flag(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, SocketFlags.ReceiveHopLimit),
        Flag(IPPROTO_IPV6, IPV6_RECVTCLASS, SocketFlags.ReceiveTrafficClass),
        Flag(IPPROTO_IPV6, IPV6_FLOWINFO, SocketFlags.FlowInfo),
        Flag(IPPROTO_IPV6, IPV6_ORIGDSTADDR, SocketFlags.OriginalDestination6),
        Flag(IPPROTO_IPV6, IPV6_RECVPATHMTU, SocketFlags.ReceivePathMtu),
        Flag(IPPROTO_IPV6, IPV6_RECVHOPOPTS, SocketFlags.ReceiveHopOptions),
        Flag(IPPROTO_IPV6, IPV6_RECVDSTOPTS, SocketFlags.ReceiveDestinationOptions),
        Flag(IPPROTO_IPV6, IPV6_RECVRTHDR, SocketFlags.ReceiveRouting),
        Number(IPPROTO_IPV6, IPV6_RECVERR, static s => s.Has(SocketFlags.ReceiveErrors6) ? 1 : 0, static (s, _, value) =>
        {
            s.Set(SocketFlags.ReceiveErrors6, value != 0);
            if (value == 0) s.ClearErrors();
            return Errno.None;
        }),
        Number(IPPROTO_IPV6, IPV6_RECVERR_RFC4884, 0, 1, static s => s.ToldOfExtensions6 ? 1 : 0, static (s, value) => s.ToldOfExtensions6 = value != 0),
    ];

    private static CallResult ReadAddressForm(InetSocket socket, Span<byte> value)
    {
        CallResult family = socket.ReadAddressForm();
        if (!family.Succeeded) return family;
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, family.Value);
        return OptionTable.Cut(bytes, value);
    }

    private static CallResult ReadMtu(InetSocket socket, Span<byte> value)
    {
        int mtu = socket.ConnectedMtu;
        if (mtu < 0) return Errno.ENOTCONN;
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, mtu);
        return OptionTable.Cut(bytes, value);
    }

    /// <summary>struct ip6_mtuinfo: the peer's sockaddr_in6 and the path MTU (RFC 3542 §11.4).</summary>
    private static CallResult ReadPathMtu(InetSocket socket, Span<byte> value)
    {
        int mtu = socket.ConnectedMtu;
        if (value.Length < MtuInfoLength) return Errno.EINVAL;
        if (mtu < 0) return Errno.ENOTCONN;
        // Linux fills in the number alone.
        value[..SockAddr.IPv6Length].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(value[SockAddr.IPv6Length..], mtu);
        return MtuInfoLength;
    }

    private static Errno WritePacketInfo(InetSocket socket, Caller caller, ReadOnlySpan<byte> value)
    {
        // Linux has no short form to take it back: a structure of zeros does.
        if (value.Length < IPv6PacketInfo.Length) return Errno.EINVAL;
        int index = BinaryPrimitives.ReadInt32LittleEndian(value[16..]);
        if (socket.BoundInterface != 0 && index != socket.BoundInterface) return Errno.EINVAL;
        socket.StickySource = IpAddress.ReadIPv6(value);
        socket.StickyInterface = index;
        return Errno.None;
    }

    /// <summary>RFC 5014 §5: each pair excludes itself. Only temporary and public make a difference on a host without mobility.</summary>
    private static Errno SetPreferences(InetSocket socket, int value)
    {
        if (!IsOneAtMost(value, PreferTemporary | PreferPublic | PreferDefault) || !IsOneAtMost(value, PreferHome | PreferCare) || !IsOneAtMost(value, PreferCga | PreferNonCga)) return Errno.EINVAL;
        socket.Preferences = (value & PreferTemporary) != 0 ? SourcePreferences.Temporary : (value & PreferPublic) != 0 ? SourcePreferences.Public : SourcePreferences.None;
        socket.PrefersCareOfAddress = (value & PreferCare) != 0;
        return Errno.None;
    }

    private static bool IsOneAtMost(int value, int bits) => System.Numerics.BitOperations.PopCount((uint)(value & bits)) <= 1;
}
