namespace Slipway.Stack;

/// <summary>
/// Policers: a token bucket lets bursts through and then drops all above its rate, which the highest measured rate never shows. Where two intervals, each of which ended with a loss, lost
/// a fifth and more and delivered at the same rate, that is taken to be the bucket's, and used for 48 round trips (Linux's long-term sampling, "lt").
/// </summary>
internal sealed partial class Bbr
{
    private const int ShortestInterval = 4, LongestInterval = 4 * ShortestInterval, RoundsOfUse = 48;

    /// <summary>Lost packets for those delivered from which on an interval is lossy, in 1/256: 20 %.</summary>
    private const uint LossThreshold = 50;

    /// <summary>Rates that differ by no more than an eighth are the same, or by 4 kbit/s.</summary>
    private const uint SameRateBytes = 4000 / 8;

    private bool _samplesLongTerm, _usesLongTerm;
    private byte _longTermRounds;
    private uint _longTermRate;
    private uint _longTermDelivered, _longTermLost;
    private long _longTermSince;

    private void ForgetLongTerm()
    {
        _longTermRate = 0;
        _usesLongTerm = _samplesLongTerm = false;
        BeginInterval();
    }

    private void BeginInterval()
    {
        _longTermSince = _path.DeliveredAt;
        _longTermDelivered = _path.Delivered;
        _longTermLost = _path.LostTotal;
        _longTermRounds = 0;
    }

    private void SampleLongTerm(in RateSample sample)
    {
        if (_usesLongTerm)
        {
            if (_mode != BbrMode.ProbeBandwidth || !_roundStarts || ++_longTermRounds < RoundsOfUse) return;
            // The path may have changed.
            ForgetLongTerm();
            BeginCycle();
            return;
        }
        if (!_samplesLongTerm)
        {
            // Until the first loss the bucket's tokens pass for rate.
            if (sample.Losses == 0) return;
            BeginInterval();
            _samplesLongTerm = true;
        }
        if (sample.IsAppLimited)
        {
            ForgetLongTerm();
            return;
        }
        if (_roundStarts) _longTermRounds++;
        if (_longTermRounds < ShortestInterval) return;
        if (_longTermRounds > LongestInterval) ForgetLongTerm();
        // Only at a loss the bucket is known to be empty again.
        else if (sample.Losses > 0) EndInterval();
    }

    private void EndInterval()
    {
        uint lost = _path.LostTotal - _longTermLost, delivered = _path.Delivered - _longTermDelivered;
        if (delivered == 0 || (ulong)lost * Unit < (ulong)LossThreshold * delivered) return;
        long time = _path.DeliveredAt - _longTermSince;
        if (time < StackClock.Millisecond) return;
        uint rate = RateOf(delivered, time);
        if (_longTermRate != 0 && IsSame(rate, _longTermRate))
        {
            _longTermRate = (uint)(((ulong)rate + _longTermRate) / 2);
            _usesLongTerm = true;
            _pacingGain = Unit;
            _longTermRounds = 0;
            return;
        }
        _longTermRate = rate;
        BeginInterval();
    }

    private bool IsSame(uint rate, uint other)
    {
        uint difference = rate > other ? rate - other : other - rate;
        return difference <= other / 8 || BytesPerSecond(difference, Unit) <= SameRateBytes;
    }
}
