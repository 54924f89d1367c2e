using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionPrivilege;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of IPPROTO_UDP (udp(7)).</summary>
internal static class UdpOptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.IPPROTO_UDP, "udp(7)");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        Level.Row("UDP_CORK", UDP_CORK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram, true, "Data is joined into one datagram until this is switched off."),
        Level.Row("UDP_NO_CHECK6_TX", UDP_NO_CHECK6_TX, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram, true, "UDP over IPv6 is sent without a checksum (RFC 6935)."),
        Level.Row("UDP_NO_CHECK6_RX", UDP_NO_CHECK6_RX, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram, true, "UDP over IPv6 without a checksum is taken (RFC 6935)."),
        Level.Row("UDP_ENCAP", UDP_ENCAP, Int, GetSet, "0", "", SocketOptionPrivilege.None, Datagram, true, "Another protocol inside UDP: 0 for none is all that a virtual host has; the others are ENOPROTOOPT."),
        Level.Row("UDP_SEGMENT", UDP_SEGMENT, Int, GetSet, "0", "0 to 65535", SocketOptionPrivilege.None, Datagram, true, "One send makes several datagrams of this size, at most 128."),
        Level.Row("UDP_GRO", UDP_GRO, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Datagram, true, "Several datagrams are received as one, with a control message that has their size."),
    ];
}
