using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Keys of signed segments (TCP_MD5SIG, TCP_MD5SIG_EXT; Linux tcp_v4_parse_md5_keys and tcp_v6_parse_md5_keys). They can be set on sockets of any state, and not read.</summary>
internal static class SignatureHandlers
{
    // struct tcp_md5sig: struct sockaddr_storage, flags, length of the prefix, length of the key, interface, key.
    private const int FlagsAt = 128, PrefixAt = 129, KeyLengthAt = 130, InterfaceAt = 132, KeyAt = 136, Length = KeyAt + TcpKey.MaxLength;
    private const byte HasPrefix = 1, HasInterface = 2;

    public static OptionHandler[] All { get; } =
    [
        Bytes(IPPROTO_TCP, TCP_MD5SIG, null, static (socket, _, value) => Write((TcpSocket)socket, value, isExtended: false)),
        Bytes(IPPROTO_TCP, TCP_MD5SIG_EXT, null, static (socket, _, value) => Write((TcpSocket)socket, value, isExtended: true)),
    ];

    private static Errno Write(TcpSocket socket, ReadOnlySpan<byte> value, bool isExtended)
    {
        if (value.Length < Length || SockAddr.FamilyOf(value) != socket.Family) return Errno.EINVAL;
        IpAddress peer = socket.IsIPv6 ? SockAddr.IPv6Of(value) : IpAddress.ReadIPv4(value[4..]);
        int flags = value[FlagsAt], prefix = peer.Length * 8;
        if (isExtended && (flags & HasPrefix) != 0)
        {
            if (value[PrefixAt] > prefix) return Errno.EINVAL;
            prefix = value[PrefixAt];
        }
        // An interface must be that of a routing domain (VRF), and there is none here.
        bool namesInterface = (flags & HasInterface) != 0;
        if (isExtended && namesInterface && BinaryPrimitives.ReadInt32LittleEndian(value[InterfaceAt..]) != 0) return Errno.EINVAL;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(value[KeyLengthAt..]);
        if (length > TcpKey.MaxLength) return Errno.EINVAL;
        var key = new TcpKey(new IpPrefix(peer, prefix), namesInterface, value.Slice(KeyAt, length).ToArray());
        TcpExtras? known = socket.Connection.KnownExtras;
        if (length == 0) return known?.Keys?.Remove(key) == true ? Errno.None : Errno.ENOENT;
        TcpExtras extras = socket.Connection.Extras;
        return (extras.Keys ??= new TcpKeys()).Add(key, socket.Host.Sysctl.Core.OptmemMax.Value);
    }
}
