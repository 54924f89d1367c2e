using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The listeners of a host by port; the one whose address and interface fit best gets a segment, and of those that share by SO_REUSEPORT the one that the hash of the peer chooses.</summary>
internal sealed class ListenerTable
{
    private readonly Dictionary<ushort, TcpListener> _ports = [];

    public void Add(TcpListener listener)
    {
        ushort port = listener.Socket.LocalPort;
        listener.NextOnPort = _ports.GetValueOrDefault(port);
        _ports[port] = listener;
        if (listener.Socket.Has(SocketFlags.ReusePort)) JoinGroup(listener);
    }

    public void Remove(TcpListener listener)
    {
        listener.ReuseGroup?.Remove(listener);
        listener.ReuseGroup = null;
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

    public TcpListener? Find(in TcpArrival segment)
    {
        TcpListener? best = null;
        int most = -1;
        if (!_ports.TryGetValue(segment.DestinationPort, out TcpListener? listener)) return null;
        for (; listener is not null; listener = listener.NextOnPort)
        {
            int score = ScoreOf(listener.Socket, segment.Destination, segment.Interface.Index);
            if (score <= most) continue;
            most = score;
            best = listener;
        }
        if (best?.ReuseGroup is { Count: > 1 } group)
            best = group[(int)((ulong)(uint)HashCode.Combine(segment.Source, segment.SourcePort, segment.Destination) * (uint)group.Count >> 32)];
        return best;
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

    private static void JoinGroup(TcpListener listener)
    {
        TcpSocket socket = listener.Socket;
        for (TcpListener? other = listener.NextOnPort; other is not null; other = other.NextOnPort)
        {
            TcpSocket its = other.Socket;
            if (other.ReuseGroup is not { } group || its.BoundAddress != socket.BoundAddress || its.UserId != socket.UserId) continue;
            if (its.Family != socket.Family || its.IsIPv6Only != socket.IsIPv6Only || its.BoundInterface != socket.BoundInterface) continue;
            group.Add(listener);
            listener.ReuseGroup = group;
            return;
        }
        listener.ReuseGroup = [listener];
    }
}
