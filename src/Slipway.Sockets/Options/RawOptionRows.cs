using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of SOL_RAW and IPPROTO_ICMPV6 (raw(7), RFC 3542 §3.2).</summary>
internal static class RawOptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.SOL_RAW, "raw(7)"), Level6 = new(SocketLevel.IPPROTO_ICMPV6, "RFC 3542");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        Level.Row("ICMP_FILTER", ICMP_FILTER, Bytes, GetSet, "0", "", SocketOptionPrivilege.None, Raw, true, "struct icmp_filter: types of ICMP, a bit each, that a raw socket of IPPROTO_ICMP does not receive."),
        Level6.Row("ICMPV6_FILTER", ICMPV6_FILTER, Bytes, GetSet, "0", "", SocketOptionPrivilege.None, Raw, true, "struct icmp6_filter: types of ICMPv6, a bit each, that a raw socket of IPPROTO_ICMPV6 does not receive."),
    ];
}
