namespace Slipway.Stack;

/// <summary>Copies of multicast and broadcast packets that a host sends and also hears itself: delivered as if its own interface had received them, after the work under way.</summary>
internal sealed class LoopedPackets(StackHost host) : LoopWork
{
    private PacketQueue _queue;

    /// <summary>Queues a packet, whole from its IP header on. Ownership moves.</summary>
    public void Add(PacketBuffer packet, NetworkInterface device)
    {
        packet.Device = device.Device;
        packet.Destination = LinkDestination.Host;
        // The bytes have not left the machine.
        if (packet.Checksum == PacketChecksum.Unverified) packet.Checksum = PacketChecksum.Trusted;
        _queue.Enqueue(packet);
        host.Loop.Post(this);
    }

    protected internal override void Run()
    {
        // Only what is there now: an answer that is looped in turn waits for the next round.
        for (int count = _queue.Count; count > 0 && _queue.TryDequeue(out PacketBuffer? packet); count--)
        {
            packet.ReceivedAt = host.Loop.Now;
            if (packet.Device is not { } device || host.Interfaces.Find(device.Index) is not { } receiver) packet.Release();
            else if (packet.Span[0] >> 4 == 4) host.Ip.Input4.ReceiveLooped(receiver, packet);
            else host.Ip.Input6.ReceiveLooped(receiver, packet);
        }
        if (!_queue.IsEmpty) host.Loop.Post(this);
    }
}
