namespace Slipway.Stack;

/// <summary>
/// One direction of a link: takes packets, treats them by a <see cref="LinkModel"/> and puts them out at exact times of the loop's clock. All is decided
/// when a packet comes in; what is under way keeps its fate when the model changes.
/// </summary>
/// <remarks>
/// Two lists, each ordered by the time of arrival, which stands in <see cref="PacketBuffer.ReceivedAt"/> meanwhile: one of packets in order, and one of those that
/// fell behind. So each step costs the same, however many packets are under way. A plain model needs no timer: packets go out in the drain.
/// </remarks>
internal abstract class PacketPath : LoopWork
{
    public PathCounters Counters;

    private readonly int _headerLength;
    private readonly RandomSource _random;
    private readonly ArrivalTimer _timer;
    private readonly StackTimer<PacketPath> _sentTimer;
    private readonly SendQueue _sending = new();
    private PacketQueue _inOrder, _behind;
    private long _lastInOrder, _lastBehind;
    private bool _inBurst;
    private long _delay, _jitter, _reorderingDelay;

    /// <param name="loop">The loop of the side that sends.</param>
    /// <param name="headerLength">Bytes of the link header, which damage spares and MTUs do not count.</param>
    /// <param name="random">The path's own stream.</param>
    /// <param name="model">The first model.</param>
    protected PacketPath(StackLoop loop, int headerLength, RandomSource random, LinkModel model)
    {
        Loop = loop;
        _headerLength = headerLength;
        _random = random;
        _timer = new ArrivalTimer(this);
        _sentTimer = new StackTimer<PacketPath>(loop, static path => path.OnSent(), this);
        Model = model;
    }

    public StackLoop Loop { get; }

    public LinkModel Model
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
            _delay = StackClock.ToNanoseconds(value.Delay);
            _jitter = StackClock.ToNanoseconds(value.Jitter);
            _reorderingDelay = StackClock.ToNanoseconds(value.ReorderingDelay);
        }
    }

    /// <summary>Packets under way.</summary>
    public int Count => _inOrder.Count + _behind.Count;

    /// <summary>Takes a packet. Ownership moves.</summary>
    public void Enter(PacketBuffer packet)
    {
        Loop.AssertOwned();
        Counters.Entered++;
        LinkModel model = Model;
        if (model.Mtu is { } mtu && packet.Length > mtu + _headerLength)
        {
            Counters.TooLong++;
            packet.Release();
            return;
        }
        long sent = Loop.Now;
        if (model.Rate is { } rate && !_sending.TryAdd(sent, packet, rate, model, out sent))
        {
            Counters.Overflowed++;
            packet.Release();
            return;
        }
        if (model.Rate is null) packet.Discharge();
        else AwaitSent();
        if (model.HasChance) EnterByChance(model, packet, sent);
        else Add(packet, sent, behind: false);
    }

    /// <summary>Drops all that is under way.</summary>
    public void Clear()
    {
        _inOrder.Clear();
        _behind.Clear();
        _sending.Clear();
        _timer.Cancel();
        _sentTimer.Cancel();
    }

    /// <summary>A packet has arrived. Ownership moves.</summary>
    protected abstract void Leave(PacketBuffer packet);

    protected internal override void Run()
    {
        // What the receiver sends into this path meanwhile gets its own turn, behind other work.
        long now = Loop.Now;
        for (int waiting = Count; waiting > 0 && TakeArrived(now) is { } packet; waiting--)
        {
            Counters.Left++;
            Leave(packet);
        }
        AwaitNext(now);
    }

    /// <summary>Somebody may wait for room in a send buffer: it is there when the line has sent the packet.</summary>
    private void AwaitSent()
    {
        if (!_sentTimer.IsArmed && _sending.NextCharged is { } next) _sentTimer.Arm(next);
    }

    private void EnterByChance(LinkModel model, PacketBuffer packet, long sent)
    {
        if (IsLost(model))
        {
            Counters.Lost++;
            packet.Release();
            return;
        }
        if (model.Corruption > 0 && _random.Chance(model.Corruption)) Corrupt(packet);
        bool twice = model.Duplication > 0 && _random.Chance(model.Duplication);
        bool behind = model.Reordering > 0 && _random.Chance(model.Reordering);
        if (behind) Counters.Reordered++;
        PacketBuffer? second = twice ? packet.Clone() : null;
        Add(packet, sent, behind);
        if (second is null) return;
        Counters.Duplicated++;
        Add(second, sent, behind: false);
    }

    private bool IsLost(LinkModel model)
    {
        bool lost = model.Loss > 0 && _random.Chance(model.Loss);
        if (model.BurstLoss is not { } burst) return lost;
        _inBurst = _inBurst ? !_random.Chance(burst.Leave) : _random.Chance(burst.Enter);
        return lost | (_inBurst && _random.Chance(burst.LossInBurst));
    }

    private void Corrupt(PacketBuffer packet)
    {
        // The receiver must be able to notice: the damage comes after the real sum.
        packet.CompleteChecksum();
        packet.Checksum = PacketChecksum.Unverified;
        packet.EnsureWritable();
        Span<byte> bytes = packet.Span[Math.Min(_headerLength, packet.Length)..];
        if (bytes.IsEmpty) return;
        int bit = _random.Next(bytes.Length * 8);
        bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
        Counters.Corrupted++;
    }

    private void Add(PacketBuffer packet, long sent, bool behind)
    {
        long arrival = sent + _delay;
        if (_jitter > 0) arrival = Math.Max(sent, arrival - _jitter + _random.NextInt64(2 * _jitter + 1));
        if (behind)
        {
            _lastBehind = packet.ReceivedAt = Math.Max(arrival + _reorderingDelay, _lastBehind);
            _behind.Enqueue(packet);
        }
        else
        {
            _lastInOrder = packet.ReceivedAt = Math.Max(arrival, _lastInOrder);
            _inOrder.Enqueue(packet);
        }
        if (packet.ReceivedAt <= Loop.Now) Loop.Post(this);
        else if (!_timer.IsArmed || packet.ReceivedAt < _timer.Deadline) _timer.Arm(packet.ReceivedAt);
    }

    private PacketBuffer? TakeArrived(long now)
    {
        long first = _inOrder.First?.ReceivedAt ?? long.MaxValue;
        long behind = _behind.First?.ReceivedAt ?? long.MaxValue;
        if (Math.Min(first, behind) > now) return null;
        PacketBuffer? packet;
        if (first <= behind) _inOrder.TryDequeue(out packet);
        else _behind.TryDequeue(out packet);
        return packet;
    }

    private void OnSent()
    {
        _sending.DropSent(Loop.Now);
        AwaitSent();
    }

    private void AwaitNext(long now)
    {
        long next = Math.Min(_inOrder.First?.ReceivedAt ?? long.MaxValue, _behind.First?.ReceivedAt ?? long.MaxValue);
        if (next <= now) Loop.Post(this);
        else if (next == long.MaxValue) _timer.Cancel();
        else if (!_timer.IsArmed || _timer.Deadline != next) _timer.Arm(next);
    }

    private sealed class ArrivalTimer(PacketPath path) : StackTimer(path.Loop)
    {
        protected override void OnExpired() => path.Run();
    }
}
