namespace Slipway.Stack;

/// <summary>
/// When a line of a given rate has sent each packet, and how many wait for it. Times are exact: the fraction of a nanosecond
/// that one packet leaves over goes to the next, so a thousand packets take as long as their bits, not a thousand roundings more or less.
/// </summary>
internal sealed class SendQueue
{
    private (long Sent, int Length)[] _waiting = new (long, int)[16];
    private int _first, _count;
    private long _bytes;
    private long _busyUntil;
    private long _remainder;
    private long _rate;

    /// <summary>Queues a packet.</summary>
    /// <param name="now">Nanoseconds.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="rate">Bits a second.</param>
    /// <param name="model">The limits.</param>
    /// <param name="sent">When its last bit is sent.</param>
    /// <returns>False: the queue is full.</returns>
    public bool TryAdd(long now, int length, long rate, LinkModel model, out long sent)
    {
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
        Push(sent, length);
        return true;
    }

    public void Clear()
    {
        _first = _count = 0;
        _bytes = 0;
        _busyUntil = _remainder = 0;
    }

    private void DropSent(long now)
    {
        while (_count > 0 && _waiting[_first].Sent <= now)
        {
            _bytes -= _waiting[_first].Length;
            _first = (_first + 1) & (_waiting.Length - 1);
            _count--;
        }
    }

    private void Push(long sent, int length)
    {
        if (_count == _waiting.Length)
        {
            var larger = new (long, int)[_waiting.Length * 2];
            for (int i = 0; i < _count; i++) larger[i] = _waiting[(_first + i) & (_waiting.Length - 1)];
            _waiting = larger;
            _first = 0;
        }
        _waiting[(_first + _count) & (_waiting.Length - 1)] = (sent, length);
        _count++;
        _bytes += length;
    }
}
