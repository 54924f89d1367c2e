namespace Slipway.Stack;

/// <summary>
/// Packets that shall not leave an interface yet (TCP_TX_DELAY, SCM_TXTIME), in the order of their times, as Linux's fq keeps them. Those without a time go by. Made with the first of them.
/// </summary>
internal sealed class DepartureQueue(NetworkInterface device) : StackTimer(device.Host.Loop)
{
    /// <summary>A packet that is to wait longer is dropped (fq's horizon).</summary>
    public const long Horizon = 10 * StackClock.Second;

    private readonly PriorityQueue<PacketBuffer, (long Time, ulong Order)> _waiting = new();
    private ulong _order;

    /// <summary>Keeps a packet until its time. Ownership moves.</summary>
    public void Hold(PacketBuffer packet)
    {
        long time = packet.DepartsAt;
        if (time - Loop.Now > Horizon)
        {
            packet.Release();
            return;
        }
        _waiting.Enqueue(packet, (time, _order++));
        if (!IsArmed || time < Deadline) Arm(time);
    }

    /// <summary>The device is down, or gone: what waits for it is lost.</summary>
    public void Clear()
    {
        Cancel();
        while (_waiting.TryDequeue(out PacketBuffer? packet, out _)) packet.Release();
    }

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        while (_waiting.TryPeek(out PacketBuffer? packet, out (long Time, ulong Order) place))
        {
            if (place.Time > Loop.Now)
            {
                Arm(place.Time);
                return;
            }
            _waiting.Dequeue();
            device.Depart(packet);
        }
    }
}
