using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The local ports of TCP: who has them, and who may share them (Linux inet_csk_get_port, inet_bind_conflict).</summary>
internal sealed class TcpPorts(TcpLayer layer, EphemeralPortTable table)
{
    private readonly Dictionary<ushort, PortBucket> _buckets = [];

    /// <summary>bind(2): takes a port, or any free one for 0.</summary>
    /// <returns>EADDRINUSE.</returns>
    public Errno Bind(TcpConnection endpoint, ushort port, uint ownRange)
    {
        if (port == 0)
        {
            port = FindFree(endpoint, ownRange);
            if (port == 0) return Errno.EADDRINUSE;
        }
        else if (_buckets.TryGetValue(port, out PortBucket? taken) && Conflicts(endpoint, taken, isAsked: true)) return Errno.EADDRINUSE;
        endpoint.LocalPort = port;
        endpoint.PortFlags |= PortFlags.IsBound;
        Join(endpoint, port);
        return Errno.None;
    }

    /// <summary>Whether a socket that holds its port already may begin to listen there: another may have been faster (listen(2), EADDRINUSE).</summary>
    public static bool MayListen(TcpConnection endpoint) => !Conflicts(endpoint, endpoint.Bucket!, isAsked: true);

    /// <summary>connect(2) without bind: a port from which this peer is not connected yet (RFC 6056 §3.3.4; Linux __inet_hash_connect).</summary>
    /// <param name="endpoint">Its addresses and the peer's port are set.</param>
    /// <param name="ownRange">IP_LOCAL_PORT_RANGE.</param>
    /// <returns>EADDRNOTAVAIL: all are in use.</returns>
    public Errno Connect(TcpConnection endpoint, uint ownRange)
    {
        layer.Host.Sysctl.IPv4.PortsFor(ownRange, out int low, out int high);
        ulong hash = layer.Secrets.PortOffset(endpoint.LocalAddress, endpoint.RemoteAddress, endpoint.RemotePort);
        PortWalk walk = table.Begin(hash, low, high, everyPort: ownRange != 0);
        while (walk.Next(out ushort port))
        {
            if (layer.Host.Sysctl.IPv4.LocalReservedPorts.Contains(port)) continue;
            bool exists = _buckets.TryGetValue(port, out PortBucket? bucket);
            if (exists && bucket!.BoundCount > 0) continue;
            endpoint.LocalPort = port;
            if (exists && !layer.IsFreeTuple(endpoint)) continue;
            table.Taken(hash, walk);
            Join(endpoint, port);
            return Errno.None;
        }
        endpoint.LocalPort = 0;
        return Errno.EADDRNOTAVAIL;
    }

    /// <summary>Enters among the holders of a port: an accepted connection has its listener's.</summary>
    public void Join(TcpEndpoint endpoint, ushort port)
    {
        if (!_buckets.TryGetValue(port, out PortBucket? bucket))
        {
            bucket = new PortBucket(port);
            _buckets.Add(port, bucket);
        }
        endpoint.Bucket = bucket;
        endpoint.NextOnPort = bucket.First;
        endpoint.PreviousOnPort = null;
        if (bucket.First is { } first) first.PreviousOnPort = endpoint;
        bucket.First = endpoint;
        if ((endpoint.PortFlags & PortFlags.IsBound) != 0) bucket.BoundCount++;
    }

    /// <summary>Gives the port up.</summary>
    public void Leave(TcpEndpoint endpoint)
    {
        if (endpoint.Bucket is not { } bucket) return;
        if (endpoint.PreviousOnPort is null) bucket.First = endpoint.NextOnPort;
        else endpoint.PreviousOnPort.NextOnPort = endpoint.NextOnPort;
        if (endpoint.NextOnPort is not null) endpoint.NextOnPort.PreviousOnPort = endpoint.PreviousOnPort;
        endpoint.NextOnPort = endpoint.PreviousOnPort = null;
        endpoint.Bucket = null;
        if ((endpoint.PortFlags & PortFlags.IsBound) != 0) bucket.BoundCount--;
        if (bucket.First is null) _buckets.Remove(bucket.Port);
    }

    private ushort FindFree(TcpConnection endpoint, uint ownRange)
    {
        layer.Host.Sysctl.IPv4.PortsFor(ownRange, out int low, out int high);
        PortWalk walk = PortWalk.ForBind(low, high, layer.Host.Random.NextUInt32());
        while (walk.Next(out ushort port))
        {
            if (layer.Host.Sysctl.IPv4.LocalReservedPorts.Contains(port)) continue;
            if (!_buckets.TryGetValue(port, out PortBucket? bucket) || !Conflicts(endpoint, bucket, isAsked: false)) return port;
        }
        return 0;
    }

    /// <param name="endpoint">Who wants the port.</param>
    /// <param name="bucket">Who has it.</param>
    /// <param name="isAsked">The program named the port: then SO_REUSEADDR suffices.</param>
    private static bool Conflicts(TcpConnection endpoint, PortBucket bucket, bool isAsked)
    {
        for (TcpEndpoint? other = bucket.First; other is not null; other = other.NextOnPort)
        {
            if (ReferenceEquals(other, endpoint)) continue;
            if (endpoint.BoundInterface != 0 && other.BoundInterface != 0 && endpoint.BoundInterface != other.BoundInterface) continue;
            if (!Overlaps(endpoint, other)) continue;
            bool sharePort = Both(endpoint, other, PortFlags.ReusePort) && (other.IsTimeWait || other.UserId == endpoint.UserId);
            if (Both(endpoint, other, PortFlags.ReuseAddress) && !other.IsListening)
            {
                if (!isAsked && !sharePort) return true;
            }
            else if (!sharePort) return true;
        }
        return false;
    }

    private static bool Both(TcpEndpoint a, TcpEndpoint b, PortFlags flag) => (a.PortFlags & b.PortFlags & flag) != 0;

    /// <summary>Whether there is an address that both would take segments for.</summary>
    private static bool Overlaps(TcpEndpoint a, TcpEndpoint b)
    {
        IpAddress first = a.LocalAddress, second = b.LocalAddress;
        if (!first.IsUnspecified && !second.IsUnspecified) return first == second;
        if (first.IsUnspecified && second.IsUnspecified) return TakesIPv4(a) && TakesIPv4(b) || first.IsIPv6 && second.IsIPv6;
        (TcpEndpoint wildcard, IpAddress specific) = first.IsUnspecified ? (a, second) : (b, first);
        return specific.IsIPv4 ? TakesIPv4(wildcard) : wildcard.LocalAddress.IsIPv6;
    }

    private static bool TakesIPv4(TcpEndpoint endpoint) => endpoint.LocalAddress.IsIPv4 || (endpoint.PortFlags & PortFlags.IPv6Only) == 0;
}
