namespace Slipway.Stack;

/// <summary>
/// When a line of a given rate has sent each packet, and how many wait for it. Times are exact: the fraction of a nanosecond
/// that one packet leaves over goes to the next, so a thousand packets take as long as their bits, not a thousand roundings more or less.
/// </summary>
internal sealed class SendQueue
{
    private (long Sent, int Length, IPacketAccount? Account, int Charge)[] _waiting = new (long, int, IPacketAccount?, int)[16];
    private int _first, _count;
    private long _bytes;
    private long _busyUntil;
    private long _remainder;
    private long _rate;

    /// <summary>Queues a packet.</summary>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="packet">The packet; what it is charged with goes along in the queue.</param>
    /// <param name="rate">Bits a second.</param>
    /// <param name="model">The limits.</param>
    /// <param name="sent">When its last bit is sent.</param>
    /// <returns>False: the queue is full.</returns>
    public bool TryAdd(long now, PacketBuffer packet, long rate, LinkModel model, out long sent)
    {
        int length = packet.Length;
        DropSent(now);
        sent = 0;
        if (_count >= model.QueuePackets || (_count > 0 && _bytes + length > model.QueueBytes)) return false;
        if (_busyUntil < now || rate != _rate)
        {
            _busyUntil = Math.Max(now, _busyUntil);
            _remainder = 0;
            _rate = rate;
        }
        // 65550 bytes are 5.2e14 in these units and the remainder is below 1e12: no overflow.
        long work = length * 8L * StackClock.Second + _remainder;
        _busyUntil += work / rate;
        _remainder = work % rate;
        sent = _busyUntil;
        Push(sent, length, packet.TakeCharge(out int charge), charge);
        return true;
    }

    public void Clear()
    {
        DropSent(long.MaxValue);
        _first = _count = 0;
        _bytes = 0;
        _busyUntil = _remainder = 0;
    }

    /// <summary>When the next packet that somebody pays for will be sent; null if there is none.</summary>
    public long? NextCharged
    {
        get
        {
            for (int i = 0; i < _count; i++)
            {
                ref var waiting = ref _waiting[(_first + i) & (_waiting.Length - 1)];
                if (waiting.Account is not null) return waiting.Sent;
            }
            return null;
        }
    }

    /// <summary>Takes out what has been sent by now, and frees the send buffers of those who paid for it.</summary>
    public void DropSent(long now)
    {
        while (_count > 0 && _waiting[_first].Sent <= now)
        {
            ref var sent = ref _waiting[_first];
            _bytes -= sent.Length;
            IPacketAccount? account = sent.Account;
            int charge = sent.Charge;
            sent.Account = null;
            account?.Discharge(charge);
            _first = (_first + 1) & (_waiting.Length - 1);
            _count--;
        }
    }

    private void Push(long sent, int length, IPacketAccount? account, int charge)
    {
        if (_count == _waiting.Length)
        {
            var larger = new (long, int, IPacketAccount?, int)[_waiting.Length * 2];
            for (int i = 0; i < _count; i++) larger[i] = _waiting[(_first + i) & (_waiting.Length - 1)];
            _waiting = larger;
            _first = 0;
        }
        _waiting[(_first + _count) & (_waiting.Length - 1)] = (sent, length, account, charge);
        _count++;
        _bytes += length;
    }
}
