using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>SYNs with data, and cookies for those who ask (RFC 7413 §4.2; Linux tcp_try_fastopen).</summary>
internal sealed partial class TcpListener
{
    /// <summary>Connections with data whose handshake is not over: attackers could have many (RFC 7413 §5.1).</summary>
    public int EarlyCount { get; set; }

    /// <summary>Makes a connection of a SYN whose cookie is good.</summary>
    /// <param name="request">What the SYN asks for.</param>
    /// <param name="offered">The cookie of the SYN, or its request for one.</param>
    /// <param name="segment">The SYN.</param>
    /// <returns>False: the SYN is answered like any other, with the cookie that the request has now.</returns>
    private bool TryOpenEarly(TcpRequest request, FastOpenCookie? offered, ref TcpArrival segment)
    {
        var mode = (FastOpenMode)Layer.Sysctl.FastOpen.Value;
        if (offered is { IsRequest: true }) Count(TcpExtCounter.TCPFastOpenCookieReqd);
        if ((mode & FastOpenMode.Server) == 0 || segment.Length == 0 && offered is null || !HasRoomForEarly(mode)) return false;
        TcpExtras? extras = Template.KnownExtras;
        FastOpenCookie? renewed = null;
        if ((mode & FastOpenMode.TakesWithoutCookie) == 0 && extras?.FastOpensWithoutCookie != true)
        {
            if (offered is not { } cookie) return false;
            FastOpenKeys keys = extras?.FastOpenKeys ?? Layer.FastOpenKeys;
            int key = cookie.IsRequest ? 0 : keys.Check(cookie, segment.Source, segment.Destination);
            if (key != 1) renewed = keys.CookieFor(segment.Source, segment.Destination);
            if (key == 0)
            {
                if (!cookie.IsRequest) Count(TcpExtCounter.TCPFastOpenPassiveFail);
                request.Cookie = renewed;
                return false;
            }
            if (key == 2) Count(TcpExtCounter.TCPFastOpenPassiveAltKey);
        }
        Count(TcpExtCounter.TCPFastOpenPassive);
        OpenEarly(request, ref segment, renewed);
        return true;
    }

    private void OpenEarly(TcpRequest request, ref TcpArrival segment, FastOpenCookie? renewed)
    {
        TcpSocket child = Socket.CreateChild(request, segment);
        TcpConnection connection = child.Connection;
        connection.Parent = this;
        Layer.Connections.Add(connection);
        Layer.Ports.Join(connection, connection.LocalPort);
        connection.Receiver.SegmentsIn = 1;
        EarlyCount++;
        _ready.Enqueue(child);
        connection.OpenEarly(request, ref segment, renewed, this);
        Socket.OnConnectionReady();
    }

    private bool HasRoomForEarly(FastOpenMode mode)
    {
        int most = Template.KnownExtras?.FastOpenQueue ?? 0;
        if (most == 0 && (mode & FastOpenMode.AllListeners) != 0) most = Backlog;
        if (most == 0) return false;
        if (EarlyCount < most) return true;
        Count(TcpExtCounter.TCPFastOpenListenOverflow);
        return false;
    }
}
