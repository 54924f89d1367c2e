using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>NETLINK_SOCK_DIAG (sock_diag(7)): looks at the family, and hands a request to the one who knows its sockets.</summary>
internal sealed class SocketDiagnosis(StackHost host) : INetlinkFamily
{
    /// <summary>struct sock_diag_req.</summary>
    private const int LeastLength = 2;

    /// <summary>NPROTO.</summary>
    private const int Families = 46;

    private readonly InetDiagnosis _inet = new(host);

    /// <summary>SKNLGRP_MAX.</summary>
    public int Groups => 5;

    /// <inheritdoc/>
    public NetlinkRefusal Serve(in NetlinkRequest request)
    {
        if (request.Type is not (NetlinkMessageType.SOCK_DIAG_BY_FAMILY or NetlinkMessageType.SOCK_DESTROY)) return Errno.EINVAL;
        if (request.Body.Length < LeastLength || request.Body[0] >= Families) return Errno.EINVAL;
        bool isDestruction = request.Type == NetlinkMessageType.SOCK_DESTROY;
        switch ((AddressFamily)request.Body[0])
        {
            case AddressFamily.Inet or AddressFamily.Inet6:
                return isDestruction ? _inet.Destroy(request) : _inet.Answer(request);
            case AddressFamily.Unix:
                return isDestruction ? Errno.EOPNOTSUPP : UnixDiagnosis.Answer(host, request);
            case AddressFamily.Netlink:
                return isDestruction ? Errno.EOPNOTSUPP : NetlinkDiagnosis.Answer(host, request);
            case AddressFamily.Packet:
                return isDestruction ? Errno.EOPNOTSUPP : PacketDiagnosis.Answer(host, request);
            default:
                return Errno.ENOENT;
        }
    }
}
