using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>NETLINK_SOCK_DIAG (sock_diag(7)).</summary>
internal sealed class SocketDiagnosis(StackHost host) : INetlinkFamily
{
    /// <inheritdoc/>
    public int Groups => 5;

    /// <inheritdoc/>
    public NetlinkRefusal Serve(in NetlinkRequest request) => host.Netlink.Sockets.Count < 0 ? Errno.None : Errno.EINVAL;
}
