using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Ping sockets of a host: ICMP echo without privilege (icmp(7); Linux net/ipv4/ping.c). A socket's local port is the identifier of its requests, and the replies that carry it are the socket's.
/// </summary>
internal sealed class PingLayer : ITransport
{
    private const int LastIdentifier = ushort.MaxValue;
    private const int IdentifierOffset = 4;

    private readonly StackHost _host;
    private readonly Dictionary<ushort, List<PingSocket>> _sockets = [];
    private ushort _lastGiven;

    public PingLayer(StackHost host)
    {
        _host = host;
        _lastGiven = host.Random.Derive("ping").NextUInt16();
        host.Ip.Register(IpProtocolNumber.Icmpv4, this);
        host.Ip.Register(IpProtocolNumber.Icmpv6, this);
    }

    /// <summary>Whether the process's group is one of those in net.ipv4.ping_group_range.</summary>
    public static bool MayOpen(StackHost host, ProcessContext context) => host.Sysctl.IPv4.PingGroupRange.Contains(context.GroupId);

    public PingSocket CreateSocket(ProcessContext creator, AddressFamily family) => new(_host, creator, family, ++_host.Udp.LastCookie);

    /// <summary>Enters a socket with an identifier, or the next free one for 0.</summary>
    /// <returns>The identifier, or EADDRINUSE.</returns>
    public CallResult Take(PingSocket socket, ushort identifier)
    {
        if (identifier == 0)
        {
            for (int i = 0; i < LastIdentifier && identifier == 0; i++)
            {
                // 0 is no identifier: it stands for none.
                if (++_lastGiven == 0) _lastGiven = 1;
                if (!_sockets.ContainsKey(_lastGiven)) identifier = _lastGiven;
            }
            if (identifier == 0) return Errno.EADDRINUSE;
        }
        if (!_sockets.TryGetValue(identifier, out List<PingSocket>? sharers)) _sockets[identifier] = sharers = [];
        foreach (PingSocket other in sharers)
        {
            if (!socket.Has(SocketFlags.ReuseAddress) || !other.Has(SocketFlags.ReuseAddress)) return Errno.EADDRINUSE;
        }
        sharers.Insert(0, socket);
        return identifier;
    }

    public void Remove(PingSocket socket)
    {
        List<PingSocket> sharers = _sockets[socket.LocalPort];
        sharers.Remove(socket);
        if (sharers.Count == 0) _sockets.Remove(socket.LocalPort);
    }

    /// <inheritdoc/>
    public void Receive(PacketBuffer packet, in ReceivedIp info)
    {
        ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(packet.Span[IdentifierOffset..]);
        if (Find(identifier, info.Destination, info.InterfaceIndex) is { } socket) socket.Deliver(packet, info);
        else packet.Release();
    }

    /// <inheritdoc/>
    public void ReceiveError(in IcmpError error)
    {
        if (error.Transport.Length < PingSocket.HeaderLength) return;
        // Only requests are ours: an error about a reply of this host is for nobody.
        if (!PingSocket.IsRequest(error.Transport, error.IsIPv4)) return;
        ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(error.Transport[IdentifierOffset..]);
        Find(identifier, error.Source, error.Interface.Index)?.ReceiveIcmpError(error);
    }

    private PingSocket? Find(ushort identifier, IpAddress local, int interfaceIndex)
    {
        if (!_sockets.TryGetValue(identifier, out List<PingSocket>? sharers)) return null;
        foreach (PingSocket socket in sharers)
        {
            if (socket.IsIPv6 == local.IsIPv4) continue;
            if (!socket.BoundAddress.IsUnspecified && socket.BoundAddress != local) continue;
            if (socket.BoundInterface == 0 || socket.BoundInterface == interfaceIndex) return socket;
        }
        return null;
    }
}
