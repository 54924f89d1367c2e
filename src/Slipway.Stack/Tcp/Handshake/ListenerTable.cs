using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The listeners of a host by port; the one whose address and interface fit best gets a segment, and of those that share by SO_REUSEPORT the one that the hash of the peer chooses.</summary>
internal sealed class ListenerTable(ulong hashKey)
{
    private readonly Dictionary<ushort, TcpListener> _ports = [];

    /// <summary>Enters a listener.</summary>
    /// <returns>EADDRINUSE where it has a group of its own by a program, and others share the port already.</returns>
    public Errno Add(TcpListener listener)
    {
        TcpSocket socket = listener.Socket;
        TcpListener? first = _ports.GetValueOrDefault(socket.LocalPort);
        if (socket.Has(SocketFlags.ReusePort))
        {
            ListenerGroup? group = FindGroup(socket, first);
            if (group is not null && socket.HasOwnGroup) return Errno.EADDRINUSE;
            // A program that was attached before listen counts for who comes first.
            (group ?? new ListenerGroup { Program = socket.AwaitedGroupProgram }).Add(listener);
        }
        listener.NextOnPort = first;
        _ports[socket.LocalPort] = listener;
        return Errno.None;
    }

    public void Remove(TcpListener listener)
    {
        listener.ReuseGroup?.Remove(listener);
        ushort port = listener.Socket.LocalPort;
        TcpListener? before = null;
        for (TcpListener? other = _ports.GetValueOrDefault(port); other is not null; before = other, other = other.NextOnPort)
        {
            if (!ReferenceEquals(other, listener)) continue;
            if (before is not null) before.NextOnPort = listener.NextOnPort;
            else if (listener.NextOnPort is null) _ports.Remove(port);
            else _ports[port] = listener.NextOnPort;
            break;
        }
        listener.NextOnPort = null;
    }

    /// <summary>All listeners.</summary>
    public List<TcpListener> ToList()
    {
        var list = new List<TcpListener>();
        foreach (TcpListener first in _ports.Values)
        {
            for (TcpListener? listener = first; listener is not null; listener = listener.NextOnPort) list.Add(listener);
        }
        return list;
    }

    /// <summary>The listener that a segment is for.</summary>
    public TcpListener? Find(in TcpArrival segment) => Find(segment, segment.DestinationPort);

    /// <summary>The listener that a segment would be for at another port of its destination.</summary>
    public TcpListener? Find(in TcpArrival segment, ushort port)
    {
        TcpListener? best = null;
        int most = -1;
        if (!_ports.TryGetValue(port, out TcpListener? listener)) return null;
        for (; listener is not null; listener = listener.NextOnPort)
        {
            int score = ScoreOf(listener.Socket, segment.Destination, segment.Interface.Index);
            if (score <= most) continue;
            most = score;
            best = listener;
        }
        return best?.ReuseGroup is { Count: > 1 } group ? group.Select(segment, HashOf(segment)) : best;
    }

    /// <summary>A hash of the peer under a secret key, the same in every run of a seed.</summary>
    private uint HashOf(in TcpArrival segment)
    {
        ulong hash = (segment.Source.Low ^ hashKey) * (hashKey | 1) ^ segment.Source.High ^ (ulong)segment.SourcePort << 32;
        hash = (hash ^ hash >> 29 ^ segment.Destination.Low) * 0xFF51_AFD7_ED55_8CCD;
        return (uint)((hash ^ hash >> 31) * (hashKey | 1) >> 32);
    }

    private static int ScoreOf(TcpSocket socket, IpAddress local, int interfaceIndex)
    {
        if (local.IsIPv4 ? socket.IsIPv6 && socket.IsIPv6Only : !socket.IsIPv6) return -1;
        int score = local.IsIPv4 && !socket.IsIPv6 ? 1 : 0;
        if (!socket.BoundAddress.IsUnspecified)
        {
            if (socket.BoundAddress != local) return -1;
            score += 4;
        }
        if (socket.BoundInterface == 0) return score;
        return socket.BoundInterface == interfaceIndex ? score + 2 : -1;
    }

    private static ListenerGroup? FindGroup(TcpSocket socket, TcpListener? first)
    {
        for (TcpListener? other = first; other is not null; other = other.NextOnPort)
        {
            TcpSocket its = other.Socket;
            if (other.ReuseGroup is not { } group || its.BoundAddress != socket.BoundAddress || its.UserId != socket.UserId) continue;
            if (its.Family == socket.Family && its.IsIPv6Only == socket.IsIPv6Only && its.BoundInterface == socket.BoundInterface) return group;
        }
        return null;
    }
}
