using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>The model of the path: its rate, its length, and how ACKs are gathered on it.</summary>
internal sealed partial class Bbr
{
    /// <summary>Round trips for which a rate counts: a cycle of PROBE_BW and two more.</summary>
    private const uint RateWindow = PhaseCount + 2;

    /// <summary>Round trips of one half of the window for <see cref="ExtraAcked"/>.</summary>
    private const int AggregationRounds = 5;

    /// <summary>An epoch of ACKs ends with so many packets.</summary>
    private const uint LongestEpoch = 1 << 20;

    private WindowedMaximum _maxRate;
    private uint _round;

    /// <summary>Delivered when the round trip began: a segment that left later belongs to the next one.</summary>
    private uint _roundEnd;
    private uint _minRtt;
    private uint _minRttAt;
    private uint _fullRate;
    private byte _fullCount;
    private bool _isFull;
    private bool _secondHalf;
    private byte _halfRounds;
    private ushort _extraAcked0, _extraAcked1;
    private uint _ackEpochAcked;
    private long _ackEpochSince;

    /// <summary>The rate of the path.</summary>
    private uint Rate => _usesLongTerm ? _longTermRate : _maxRate.Value;

    /// <summary>Packets beyond those that the rate explains, which ACKs brought at once, within the last five to ten round trips.</summary>
    private uint ExtraAcked => Math.Max(_extraAcked0, _extraAcked1);

    private static uint RateOf(uint packets, long nanoseconds)
        => (uint)UInt128.Min(((UInt128)packets << RateShift) * 1000 / (ulong)nanoseconds, uint.MaxValue);

    private void MeasureRate(in RateSample sample)
    {
        _roundStarts = false;
        if (!sample.IsValid) return;
        if (!Before(sample.PriorDelivered, _roundEnd))
        {
            _roundEnd = _path.Delivered;
            _round++;
            _roundStarts = true;
            _conservesPackets = false;
        }
        SampleLongTerm(sample);
        uint rate = RateOf((uint)sample.Delivered, sample.Interval);
        // A program that sends little says nothing of the path, unless the path proves faster than was known.
        if (!sample.IsAppLimited || rate >= _maxRate.Value) _maxRate.Update(RateWindow, _round, rate);
    }

    /// <summary>How far ACKs run ahead of the rate: where links gather packets or ACKs, as much more must be in flight for the path not to fall silent in between.</summary>
    private void MeasureAggregation(in CongestionWindow window, in RateSample sample)
    {
        if (!sample.IsValid || sample.Acked == 0) return;
        if (_roundStarts && ++_halfRounds >= AggregationRounds)
        {
            _halfRounds = 0;
            _secondHalf = !_secondHalf;
            ExtraOfHalf = 0;
        }
        uint expected = ExpectedSince(_ackEpochSince);
        if (_ackEpochAcked <= expected || _ackEpochAcked + sample.Acked >= LongestEpoch)
        {
            // The rate has caught up: the next bunch is counted from here.
            _ackEpochAcked = 0;
            _ackEpochSince = _path.DeliveredAt;
            expected = 0;
        }
        _ackEpochAcked = Math.Min(_ackEpochAcked + sample.Acked, LongestEpoch - 1);
        uint extra = Math.Min(Math.Min(_ackEpochAcked - expected, window.Window), ushort.MaxValue);
        if (extra > ExtraOfHalf) ExtraOfHalf = (ushort)extra;
    }

    private ref ushort ExtraOfHalf => ref _secondHalf ? ref _extraAcked1 : ref _extraAcked0;

    /// <summary>Packets that the rate delivers from then until the last delivery.</summary>
    private uint ExpectedSince(long since)
        => (uint)UInt128.Min((UInt128)Rate * (ulong)Math.Max(_path.DeliveredAt - since, 0) / 1000 >> RateShift, uint.MaxValue);

    private void MeasureMinRtt(ref CongestionWindow window, in RateSample sample)
    {
        uint now = NowMilliseconds;
        bool isOld = After(now, _minRttAt + MinRttWindowMilliseconds);
        if (sample.Rtt >= 0)
        {
            uint rtt = (uint)Math.Clamp(sample.Rtt / StackClock.Microsecond, 1, uint.MaxValue - 1);
            if (rtt <= _minRtt || isOld && !sample.IsAckDelayed)
            {
                _minRtt = rtt;
                _minRttAt = now;
            }
        }
        // A pause of the program has let the path run empty already.
        if (isOld && !_restartsFromIdle && _mode != BbrMode.ProbeRtt) BeginProbeRtt(window);
        if (_mode == BbrMode.ProbeRtt) StayInProbeRtt(ref window);
        if (sample.Delivered > 0) _restartsFromIdle = false;
    }
}
