using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Options whose value each system makes for itself, so that two systems never agree.</summary>
public static class OwnValues
{
    private static readonly HashSet<(int Level, int Name)> s_ownValues =
    [
        (SocketLevel.SOL_SOCKET, SocketOptionName.SO_COOKIE), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_NETNS_COOKIE), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_INCOMING_CPU),
        (SocketLevel.SOL_SOCKET, SocketOptionName.SO_INCOMING_NAPI_ID), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_MEMINFO), (SocketLevel.SOL_SOCKET, SocketOptionName.SO_PEERPIDFD),
        (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_INFO), (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_CC_INFO), (SocketLevel.IPPROTO_IP, SocketOptionName.IP_PROTOCOL), (SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_TIMESTAMP),
    ];

    /// <summary>Whether an option's value is each system's own: its length can be compared, its bytes cannot.</summary>
    public static bool Contains(int level, int name) => s_ownValues.Contains((level, name));
}
