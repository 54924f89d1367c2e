using System.Numerics;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The ports of a datagram protocol: who has them, who may share them, and to whom a datagram goes. Linux's rules (udp_lib_get_port, compute_score), in constant time
/// for any number of sockets: connected ones are found by both addresses and ports, the others by their own.
/// </summary>
internal sealed class PortTable(StackHost host, ulong hashKey)
{
    private const int ByPort = 0, ByAddress = 1, ByPeer = 2;

    private readonly SocketChains _ports = new(ByPort);
    private readonly SocketChains _addresses = new(ByAddress);
    private readonly SocketChains _peers = new(ByPeer);

    /// <summary>Enters a socket with a port; 0 for any free one of the range (RFC 6056 §3.3.1: from a random start).</summary>
    /// <returns>The port, or EADDRINUSE.</returns>
    public CallResult Take(PortSocket socket, ushort port)
    {
        if (port == 0) port = FindFree(socket);
        else if (IsTaken(socket, port) || socket.HasOwnGroup && FindGroup(socket, port) is not null) port = 0;
        return port == 0 ? Errno.EADDRINUSE : port;
    }

    /// <summary>Enters the socket with its port, address and peer.</summary>
    public void Add(PortSocket socket)
    {
        _ports.Add(socket, HashOf(socket.LocalPort));
        if (socket.Has(SocketFlags.ReusePort)) JoinGroup(socket);
        Place(socket);
    }

    /// <summary>Takes the socket out.</summary>
    public void Remove(PortSocket socket)
    {
        _ports.Remove(socket);
        _addresses.Remove(socket);
        _peers.Remove(socket);
        socket.Group?.Remove(socket);
    }

    /// <summary>Address or peer of the socket has changed.</summary>
    public void Move(PortSocket socket, bool addressChanged)
    {
        _addresses.Remove(socket);
        _peers.Remove(socket);
        if (addressChanged) socket.Group?.Remove(socket);
        Place(socket);
    }

    /// <summary>The socket that a datagram is for: the one connected to its source, or else bound to its destination, or else to the wildcard.</summary>
    /// <param name="local">Where it goes to.</param>
    /// <param name="localPort">Its port there.</param>
    /// <param name="remote">Where it comes from.</param>
    /// <param name="remotePort">Its port there.</param>
    /// <param name="interfaceIndex">The interface that it came by.</param>
    /// <param name="packet">The datagram, borrowed, for programs that choose; null for an error about one.</param>
    public PortSocket? Find(IpAddress local, ushort localPort, IpAddress remote, ushort remotePort, int interfaceIndex, PacketBuffer? packet = null)
    {
        PortSocket? found = null;
        if (_peers.Count > 0)
        {
            uint hash = HashOf(local, localPort, remote, remotePort);
            found = Best(_peers, hash, local, localPort, remote, remotePort, interfaceIndex, exact: true);
            if (found is not null) return found;
        }
        found = Best(_addresses, HashOf(local, localPort), local, localPort, remote, remotePort, interfaceIndex, exact: true)
            ?? Best(_addresses, HashOf(default, localPort), local, localPort, remote, remotePort, interfaceIndex, exact: false);
        return found?.Group is { } group ? SelectIn(group, packet, interfaceIndex) ?? group.Select(HashOf(local, localPort, remote, remotePort)) ?? found : found;
    }

    /// <summary>All sockets that have a port.</summary>
    public List<PortSocket> ToList() => _ports.ToList();

    /// <summary>The sockets of a port, the last bound first; go on with <see cref="NextOfPort"/>. Some have another port.</summary>
    public PortSocket? FirstOfPort(ushort port) => _ports.First(HashOf(port));

    /// <summary>See <see cref="FirstOfPort"/>.</summary>
    public PortSocket? NextOfPort(PortSocket socket) => _ports.Next(socket);

    /// <summary>Whether a socket takes a datagram that goes to all who listen (broadcast, multicast).</summary>
    public static bool Hears(PortSocket socket, IpAddress local, ushort localPort, IpAddress remote, ushort remotePort, int interfaceIndex)
        => socket.LocalPort == localPort
            && IsOfFamily(socket, local.IsIPv4)
            && (socket.BoundAddress.IsUnspecified || socket.BoundAddress == local)
            && (!socket.IsConnected || socket.PeerAddress == remote && (socket.PeerPort == 0 || socket.PeerPort == remotePort))
            && (socket.BoundInterface == 0 || socket.BoundInterface == interfaceIndex);

    private PortSocket? SelectIn(ReuseGroup group, PacketBuffer? packet, int interfaceIndex)
        => group.Program is not null && packet is not null
            ? group.Select(new FilterPacket(packet, UdpLayer.HeaderLength, interfaceIndex, IpProtocolNumber.Udp, host.Random))
            : null;

    private void Place(PortSocket socket)
    {
        if (socket.IsConnected && socket.PeerPort != 0) _peers.Add(socket, HashOf(socket.BoundAddress, socket.LocalPort, socket.PeerAddress, socket.PeerPort));
        else _addresses.Add(socket, HashOf(socket.BoundAddress.IsUnspecified ? default : socket.BoundAddress, socket.LocalPort));
    }

    private static PortSocket? Best(SocketChains chains, uint hash, IpAddress local, ushort localPort, IpAddress remote, ushort remotePort, int interfaceIndex, bool exact)
    {
        PortSocket? best = null;
        int most = -1;
        for (PortSocket? socket = chains.First(hash); socket is not null; socket = chains.Next(socket))
        {
            if (socket.LocalPort != localPort || (exact ? socket.BoundAddress != local : !socket.BoundAddress.IsUnspecified)) continue;
            int score = ScoreOf(socket, local.IsIPv4, remote, remotePort, interfaceIndex);
            if (score <= most) continue;
            most = score;
            best = socket;
        }
        return best;
    }

    private static int ScoreOf(PortSocket socket, bool isIPv4, IpAddress remote, ushort remotePort, int interfaceIndex)
    {
        if (!IsOfFamily(socket, isIPv4)) return -1;
        int score = isIPv4 && !socket.IsIPv6 ? 2 : 1;
        if (socket.IsConnected)
        {
            if (socket.PeerAddress != remote) return -1;
            score += 4;
            if (socket.PeerPort != 0)
            {
                if (socket.PeerPort != remotePort) return -1;
                score += 4;
            }
        }
        if (socket.BoundInterface == 0) return score;
        return socket.BoundInterface == interfaceIndex ? score + 4 : -1;
    }

    private static bool IsOfFamily(PortSocket socket, bool isIPv4) => isIPv4 ? !socket.IsIPv6 || !socket.IsIPv6Only : socket.IsIPv6;

    private ushort FindFree(PortSocket socket)
    {
        host.Sysctl.IPv4.PortsFor(socket.LocalPortRange, out int low, out int high);
        int count = high - low + 1;
        int start = host.Random.Next(count);
        for (int i = 0; i < count; i++)
        {
            int offset = start + i;
            ushort port = (ushort)(low + (offset < count ? offset : offset - count));
            if (!host.Sysctl.IPv4.LocalReservedPorts.Contains(port) && !IsTaken(socket, port)) return port;
        }
        return 0;
    }

    private bool IsTaken(PortSocket socket, ushort port)
    {
        for (PortSocket? other = _ports.First(HashOf(port)); other is not null; other = _ports.Next(other))
        {
            if (other != socket && other.LocalPort == port && Conflicts(socket, other)) return true;
        }
        return false;
    }

    private static bool Conflicts(PortSocket socket, PortSocket other)
    {
        if (socket.Has(SocketFlags.ReuseAddress) && other.Has(SocketFlags.ReuseAddress)) return false;
        if (socket.BoundInterface != 0 && other.BoundInterface != 0 && socket.BoundInterface != other.BoundInterface) return false;
        if (!Overlaps(socket, other)) return false;
        return !(socket.Has(SocketFlags.ReusePort) && other.Has(SocketFlags.ReusePort) && socket.UserId == other.UserId);
    }

    /// <summary>Whether there is an address that both would take datagrams for.</summary>
    private static bool Overlaps(PortSocket a, PortSocket b)
    {
        if (!a.BoundAddress.IsUnspecified && !b.BoundAddress.IsUnspecified) return a.BoundAddress == b.BoundAddress;
        if (a.BoundAddress.IsUnspecified && b.BoundAddress.IsUnspecified) return TakesIPv4(a) && TakesIPv4(b) || TakesIPv6(a) && TakesIPv6(b);
        (PortSocket wildcard, PortSocket specific) = a.BoundAddress.IsUnspecified ? (a, b) : (b, a);
        return specific.BoundAddress.IsIPv4 ? TakesIPv4(wildcard) : TakesIPv6(wildcard);
    }

    private static bool TakesIPv4(PortSocket socket) => socket.BoundAddress.IsIPv4 || !socket.IsIPv6Only;

    private static bool TakesIPv6(PortSocket socket) => socket.BoundAddress.IsIPv6;

    private void JoinGroup(PortSocket socket)
    {
        // A program that was attached before the port was taken counts for who comes first.
        ReuseGroup group = FindGroup(socket, socket.LocalPort) ?? new ReuseGroup { Program = socket.AwaitedGroupProgram };
        group.Add(socket);
    }

    private ReuseGroup? FindGroup(PortSocket socket, ushort port)
    {
        for (PortSocket? other = _ports.First(HashOf(port)); other is not null; other = _ports.Next(other))
        {
            if (other == socket || other.Group is not { } group || other.LocalPort != port || other.BoundAddress != socket.BoundAddress) continue;
            if (other.Family != socket.Family || other.IsIPv6Only != socket.IsIPv6Only || other.BoundInterface != socket.BoundInterface || other.UserId != socket.UserId) continue;
            return group;
        }
        return null;
    }

    private uint HashOf(ushort port) => (uint)(Mix(port) >> 32);

    private uint HashOf(IpAddress address, ushort port) => (uint)(Mix(address.High ^ BitOperations.RotateLeft(Mix(address.Low ^ port), 17)) >> 32);

    private uint HashOf(IpAddress local, ushort localPort, IpAddress remote, ushort remotePort)
    {
        ulong hash = Mix(local.Low ^ BitOperations.RotateLeft(local.High, 23) ^ (ulong)localPort << 16);
        hash = Mix(hash ^ remote.Low ^ BitOperations.RotateLeft(remote.High, 41) ^ remotePort);
        return (uint)(hash >> 32);
    }

    /// <summary>A multiplication by a secret odd number between two shifts: who chooses addresses and ports cannot choose the collisions.</summary>
    private ulong Mix(ulong value)
    {
        value = (value ^ hashKey) * (hashKey | 1);
        value ^= value >> 29;
        return value * 0xFF51_AFD7_ED55_8CCD;
    }
}
