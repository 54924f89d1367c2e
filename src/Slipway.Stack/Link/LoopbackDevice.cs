namespace Slipway.Stack;

/// <summary>
/// The loopback device <c>lo</c>: what is sent comes back, in the drain of the loop, never from inside the call that sent it. It takes partial
/// checksums and whole chains of segments: the bytes do not leave the host.
/// </summary>
public sealed class LoopbackDevice : LinkDevice
{
    private readonly Delivery _delivery;
    private PacketQueue _queue;

    /// <summary>Makes a device that is up.</summary>
    public LoopbackDevice(StackLoop loop, string name = "lo") : base(loop, name, LinkKind.Loopback, MaxMtu) => _delivery = new Delivery(this);

    /// <inheritdoc/>
    public override DeviceFeatures Features => DeviceFeatures.ChecksumOffload | DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation;

    /// <summary>Packets that may wait for the drain; more are dropped. The host keeps it at <c>net.core.netdev_max_backlog</c>.</summary>
    public int Backlog { get; set; } = 1000;

    /// <inheritdoc/>
    public override void Transmit(PacketBuffer packet)
    {
        if (!TryBeginTransmit(packet)) return;
        if (_queue.Count >= Backlog)
        {
            Counters.RxDropped++;
            packet.Release();
            return;
        }
        _queue.Enqueue(packet);
        Loop.Post(_delivery);
    }

    private sealed class Delivery(LoopbackDevice device) : LoopWork
    {
        /// <summary>Delivers what waits now; what that sends gets its own turn, behind other work.</summary>
        protected internal override void Run()
        {
            for (int waiting = device._queue.Count; waiting > 0 && device._queue.TryDequeue(out PacketBuffer? packet); waiting--)
                device.Deliver(packet);
            if (!device._queue.IsEmpty) device.Loop.Post(this);
        }
    }
}
