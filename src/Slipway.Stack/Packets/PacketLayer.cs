using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The packet sockets of one host: who sees the frames of which interface.</summary>
internal sealed class PacketLayer(StackHost host)
{
    private readonly List<PacketSocket> _sockets = [];
    private readonly List<IPacketTap> _taps = [];

    /// <summary>The groups that share packets out.</summary>
    public PacketFanoutTable Fanouts { get; } = new(host);

    /// <summary>The sockets, the oldest first.</summary>
    public IReadOnlyList<PacketSocket> Sockets => _sockets;

    public PacketSocket CreateSocket(ProcessContext creator, SocketType type, int protocol)
    {
        var socket = new PacketSocket(this, host, creator.UserId, type, (ushort)protocol, ++host.Udp.LastCookie);
        _sockets.Add(socket);
        if (socket.TapProtocol != 0) socket.Start();
        return socket;
    }

    public void Remove(PacketSocket socket) => _sockets.Remove(socket);

    /// <summary>From now on it sees frames.</summary>
    public void Register(IPacketTap tap)
    {
        _taps.Add(tap);
        Rebuild();
    }

    public void Unregister(IPacketTap tap)
    {
        _taps.Remove(tap);
        Rebuild();
    }

    /// <summary>The host has one interface more.</summary>
    public void OnAdded(NetworkInterface added)
    {
        if (_taps.Count > 0) added.Taps = Build(added);
    }

    public void OnStateChanged(NetworkInterface device)
    {
        foreach (PacketSocket socket in _sockets) socket.OnStateChanged(device);
    }

    public void OnRemoved(NetworkInterface device)
    {
        foreach (PacketSocket socket in _sockets) socket.OnRemoved(device);
        device.Taps = null;
    }

    private void Rebuild()
    {
        foreach (NetworkInterface device in host.Interfaces) device.Taps = Build(device);
    }

    private PacketTaps? Build(NetworkInterface device)
    {
        IPacketTap[] all = [.. _taps.Where(tap => Sees(tap, device) && tap.TapProtocol == EthernetProtocol.ETH_P_ALL)];
        IPacketTap[] some = [.. _taps.Where(tap => Sees(tap, device) && tap.TapProtocol != EthernetProtocol.ETH_P_ALL)];
        return all.Length + some.Length > 0 ? new PacketTaps(device, all, some) : null;
    }

    private static bool Sees(IPacketTap tap, NetworkInterface device) => tap.TapInterface is null || tap.TapInterface == device;
}
