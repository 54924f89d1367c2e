namespace Slipway.Sockets;

/// <summary>Hears of changes of a host's network (the groups of rtnetlink(7)).</summary>
public sealed class NetlinkWatch : IDisposable
{
    private readonly NetlinkClient _client;
    private readonly Queue<RtEvent> _events = new();

    internal NetlinkWatch(SocketSystem system, ReadOnlySpan<int> groups)
    {
        _client = new NetlinkClient(system, NetlinkProtocol.NETLINK_ROUTE);
        ReadOnlySpan<int> all =
        [
            RouteGroup.RTNLGRP_LINK, RouteGroup.RTNLGRP_NEIGH, RouteGroup.RTNLGRP_IPV4_IFADDR, RouteGroup.RTNLGRP_IPV4_ROUTE, RouteGroup.RTNLGRP_IPV6_IFADDR, RouteGroup.RTNLGRP_IPV6_ROUTE,
        ];
        foreach (int group in groups.IsEmpty ? all : groups) _client.Join(group);
    }

    /// <summary>The socket, to be polled beside others.</summary>
    public Socket Socket => _client.Socket;

    /// <summary>Waits for the next change.</summary>
    /// <exception cref="SocketCallException">ENOBUFS: changes were lost, so ask for the tables anew; EAGAIN: the socket does not block, and there is nothing; EINTR.</exception>
    public RtEvent Next()
    {
        while (true)
        {
            if (_events.TryDequeue(out RtEvent? next)) return next;
            NetlinkReader news = _client.ReceiveNews();
            while (news.MoveNext())
            {
                if (RtEvent.Read(news) is { } read) _events.Enqueue(read);
            }
        }
    }

    /// <summary>The next change that has been told already; null if there is none.</summary>
    public RtEvent? TryNext() => _events.Count > 0 || (Socket.Poll(PollEvents.POLLIN, TimeSpan.Zero) & PollEvents.POLLIN) != 0 ? Next() : null;

    /// <summary>Closes the socket.</summary>
    public void Dispose() => _client.Dispose();
}
