namespace Slipway.Sockets;

/// <summary>Rings of packet sockets (packet(7); linux/Documentation/networking/packet_mmap.rst).</summary>
public sealed partial class Socket
{
    /// <summary>mmap(2).</summary>
    /// <exception cref="SocketCallException">As <see cref="SocketSystem.Map"/> says.</exception>
    public MappedMemory Map(int length)
    {
        Errno error = _system.Map(_descriptor, length, out MappedMemory? memory);
        return error == Errno.None ? memory! : throw Failure(error, $"mmap({length})");
    }

    /// <summary>PACKET_RX_RING: what comes goes into a ring from now on, and is read there.</summary>
    /// <param name="request">The ring, its version included.</param>
    /// <exception cref="SocketCallException">EINVAL for sizes that do not fit each other, EBUSY where there is a ring, ENOMEM.</exception>
    public PacketReceiveRing OpenReceiveRing(PacketRingRequest request)
    {
        SetOption(SocketOptions.PacketRingVersion, (int)request.Version);
        SetRing(SocketOptionName.PACKET_RX_RING, request);
        return new PacketReceiveRing(this, MapRings(request, default, 1), request);
    }

    /// <summary>PACKET_TX_RING: packets are written into a ring and sent from there.</summary>
    /// <param name="request">The ring, its version included; of V3 too it has slots.</param>
    /// <exception cref="SocketCallException">EINVAL for sizes that do not fit each other, EBUSY where there is a ring, ENOMEM.</exception>
    public PacketSendRing OpenSendRing(PacketRingRequest request)
    {
        SetOption(SocketOptions.PacketRingVersion, (int)request.Version);
        SetRing(SocketOptionName.PACKET_TX_RING, request);
        return new PacketSendRing(this, MapRings(default, request, 1), request, 0);
    }

    /// <summary>Both rings, of one version. The mapping ends when both are disposed.</summary>
    /// <param name="receive">The ring to receive from; its version counts for both.</param>
    /// <param name="send">The ring to send from.</param>
    /// <exception cref="SocketCallException">EINVAL for sizes that do not fit each other, EBUSY where there is a ring, ENOMEM.</exception>
    public (PacketReceiveRing Receive, PacketSendRing Send) OpenRings(PacketRingRequest receive, PacketRingRequest send)
    {
        send = send with { Version = receive.Version };
        SetOption(SocketOptions.PacketRingVersion, (int)receive.Version);
        SetRing(SocketOptionName.PACKET_RX_RING, receive);
        SetRing(SocketOptionName.PACKET_TX_RING, send);
        PacketRingMapping mapping = MapRings(receive, send, 2);
        return (new PacketReceiveRing(this, mapping, receive), new PacketSendRing(this, mapping, send, (int)receive.Length));
    }

    /// <summary>Takes the rings away: packets are received and sent by calls again.</summary>
    /// <exception cref="SocketCallException">EBUSY while they are mapped, or while packets are on their way.</exception>
    public void CloseRings()
    {
        var version = (PacketRingVersion)GetOption(SocketOptions.PacketRingVersion);
        SetRing(SocketOptionName.PACKET_RX_RING, default(PacketRingRequest) with { Version = version });
        SetRing(SocketOptionName.PACKET_TX_RING, default(PacketRingRequest) with { Version = version });
    }

    private void SetRing(int option, in PacketRingRequest request)
    {
        Span<byte> bytes = stackalloc byte[PacketRingRequest.BlockStructureLength];
        SetOption(SocketLevel.SOL_PACKET, option, bytes[..request.Write(bytes)]);
    }

    private PacketRingMapping MapRings(in PacketRingRequest receive, in PacketRingRequest send, int users)
    {
        long length = receive.Length + send.Length;
        return length <= int.MaxValue ? new PacketRingMapping(Map((int)length), users) : throw Failure(Errno.ENOMEM, $"mmap({length})");
    }
}
