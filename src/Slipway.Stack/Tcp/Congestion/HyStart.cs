namespace Slipway.Stack;

/// <summary>
/// HyStart++ (RFC 9406): leaves the initial slow start when the round trips of one round are longer than those of the round before, first for a trial at a
/// quarter of the pace (conservative slow start, CSS), for good when that trial was not disproved in five rounds.
/// </summary>
/// <remarks>
/// The limit L of section 4.2 is infinite, which the RFC asks of paced senders only: as Linux does, growth counts all that an ACK acknowledges. Our
/// receivers acknowledge whole offloaded segments of some forty packets; an L of 8 would make slow start take several times as many round trips.
/// </remarks>
internal struct HyStart
{
    /// <summary>N_RTT_SAMPLE: a round's minimum counts once it has been taken over so many samples.</summary>
    public const int Samples = 8;

    /// <summary>MIN_RTT_THRESH, 4 ms, in microseconds.</summary>
    public const uint MinThreshold = 4_000;

    /// <summary>MAX_RTT_THRESH, 16 ms, in microseconds.</summary>
    public const uint MaxThreshold = 16_000;

    /// <summary>MIN_RTT_DIVISOR.</summary>
    public const uint ThresholdDivisor = 8;

    /// <summary>CSS_GROWTH_DIVISOR.</summary>
    public const uint GrowthDivisor = 4;

    /// <summary>CSS_ROUNDS.</summary>
    public const int ConservativeRounds = 5;

    private uint _windowEnd;
    private uint _lastRoundMin;
    private uint _roundMin;
    private uint _baseline;
    private byte _samples;
    private byte _rounds;
    private bool _started;

    /// <summary>In the trial at a quarter of the pace.</summary>
    public bool IsConservative { get; private set; }

    /// <summary>Takes an ACK of the initial slow start; sets the threshold to the window when it is time to leave.</summary>
    public void OnAck(ref CongestionWindow window, in AckSample sample)
    {
        if (!_started)
        {
            this = default;
            _started = true;
            _lastRoundMin = _roundMin = uint.MaxValue;
            _windowEnd = sample.SndNxt;
        }
        // The ACK that ends a round is a sample of that round: its segment left before the next round began.
        if (sample.RttNanoseconds >= 0) TakeSample((uint)Math.Clamp(sample.RttNanoseconds / 1000, 1, uint.MaxValue - 1));
        if (SequenceNumber.AfterOrEqual(sample.AckSequence, _windowEnd)) EndRound(ref window, sample.SndNxt);
    }

    /// <summary>A new slow start, should there be another initial one (after an undo), begins from nothing.</summary>
    public void Reset() => this = default;

    private void TakeSample(uint rtt)
    {
        _roundMin = Math.Min(_roundMin, rtt);
        if (_samples < Samples && ++_samples < Samples) return;
        if (IsConservative)
        {
            // The round trips fell again: what looked like a queue was jitter.
            if (_roundMin < _baseline) IsConservative = false;
            return;
        }
        if (_lastRoundMin == uint.MaxValue) return;
        uint threshold = Math.Clamp(_lastRoundMin / ThresholdDivisor, MinThreshold, MaxThreshold);
        if (_roundMin < (ulong)_lastRoundMin + threshold) return;
        IsConservative = true;
        _baseline = _roundMin;
        _rounds = 0;
    }

    private void EndRound(ref CongestionWindow window, uint sndNxt)
    {
        _windowEnd = sndNxt;
        _lastRoundMin = _roundMin;
        _roundMin = uint.MaxValue;
        _samples = 0;
        if (!IsConservative || ++_rounds < ConservativeRounds) return;
        window.SlowStartThreshold = window.Window;
        Reset();
    }
}
