namespace Slipway.Stack;

/// <summary>
/// Round trip time and retransmission timeout (RFC 6298) with Linux's arithmetic: the smoothed round trip in eighths of a microsecond, the deviation in
/// quarters, the variation taken as the largest deviation of a round trip and lowered slowly. So RTO = SRTT + max(RTO_MIN, 4 · RTTVAR): the floor lies on
/// the variation, and a steady path of 100 ms has an RTO of 300 ms.
/// </summary>
internal struct RttEstimator
{
    /// <summary>TCP_TIMEOUT_INIT: 1 s before the first measurement (RFC 6298 section 2.1).</summary>
    public const uint InitialMicroseconds = 1_000_000;

    /// <summary>TCP_TIMEOUT_FALLBACK: 3 s (RFC 6298 section 5.7).</summary>
    public const uint FallbackMicroseconds = 3_000_000;

    /// <summary>TCP_RTO_MIN: 200 ms.</summary>
    public const uint DefaultMinMicroseconds = 200_000;

    /// <summary>TCP_RTO_MAX: 120 s.</summary>
    public const uint DefaultMaxMicroseconds = 120_000_000;

    /// <summary>net.ipv4.tcp_min_rtt_wlen: how long a minimal round trip counts, in milliseconds.</summary>
    public const uint DefaultMinRttWindow = 300_000;

    private uint _smoothed;
    private uint _deviation;
    private uint _maxDeviation;
    private uint _variation;
    private uint _roundEnd;
    private WindowedMinimum _minRtt;

    /// <summary>The least value of the variation term, in microseconds (net.ipv4.tcp_rto_min_us, TCP_RTO_MIN_US, the route's rto_min).</summary>
    public uint MinMicroseconds;

    /// <summary>The largest timeout, in microseconds (TCP_RTO_MAX_MS).</summary>
    public uint MaxMicroseconds;

    /// <summary>How often the timer expired since the last measurement: the timeout doubles each time (RFC 6298 section 5.5). A measurement clears it.</summary>
    public byte Backoff;

    // Milliseconds of the first timeout by what is remembered of the destination, until data were measured; 0 for none.
    private ushort _remembered;

    /// <summary>Starts with nothing measured.</summary>
    public RttEstimator(long now, uint minMicroseconds = DefaultMinMicroseconds, uint maxMicroseconds = DefaultMaxMicroseconds)
    {
        MinMicroseconds = minMicroseconds;
        MaxMicroseconds = maxMicroseconds;
        _deviation = _variation = InitialMicroseconds;
        _minRtt = new WindowedMinimum(Milliseconds(now), uint.MaxValue);
    }

    /// <summary>Whether anything was measured.</summary>
    public readonly bool HasSample => _smoothed != 0;

    /// <summary>The smoothed round trip in microseconds (tcpi_rtt); 0 before the first measurement.</summary>
    public readonly uint SmoothedMicroseconds => _smoothed >> 3;

    /// <summary>The smoothed round trip in eighths of a microsecond (srtt_us), for arithmetic that should not lose them.</summary>
    public readonly uint SmoothedEighths => _smoothed;

    /// <summary>The mean deviation in microseconds (tcpi_rttvar).</summary>
    public readonly uint VariationMicroseconds => _deviation >> 2;

    /// <summary>The mean deviation in quarters of a microsecond (mdev_us).</summary>
    public readonly uint DeviationQuarters => _deviation;

    /// <summary>The least round trip of the last minutes in microseconds (tcpi_min_rtt); <see cref="uint.MaxValue"/> before the first measurement.</summary>
    public readonly uint MinRtt => _minRtt.Value;

    /// <summary>The timeout without back-off, in nanoseconds.</summary>
    public readonly long RtoNanoseconds => 1000 * Math.Min(_remembered > 0 ? _remembered * 1000L : (long)(_smoothed >> 3) + _variation, MaxMicroseconds);

    /// <summary>The timeout as it now stands (tcpi_rto), in nanoseconds: doubled for each expiry, up to the maximum.</summary>
    public readonly long BackedOffNanoseconds => Math.Min(RtoNanoseconds << Math.Min((int)Backoff, 20), 1000L * MaxMicroseconds);

    /// <summary>Takes a measurement (never of a retransmitted segment without timestamps: Karn's rule, RFC 6298 section 3) and clears the back-off.</summary>
    /// <param name="rttMicroseconds">The round trip; less than a microsecond counts as one eighth.</param>
    /// <param name="sndUna">SND.UNA after the ACK that gave the measurement.</param>
    /// <param name="sndNxt">SND.NXT; once it is acknowledged, the next round trip begins.</param>
    public void Sample(long rttMicroseconds, uint sndUna, uint sndNxt)
    {
        long rtt = Math.Clamp(rttMicroseconds, 0, uint.MaxValue >> 3);
        Backoff = 0;
        _remembered = 0;
        if (_smoothed == 0)
        {
            _deviation = (uint)rtt << 1;
            _variation = _maxDeviation = Math.Max(_deviation, MinMicroseconds);
            _smoothed = Math.Max((uint)rtt << 3, 1);
            _roundEnd = sndNxt;
            return;
        }
        long error = rtt - (_smoothed >> 3);
        _smoothed = (uint)Math.Max(_smoothed + error, 1);
        TakeDeviation(error);
        if (SequenceNumber.After(sndUna, _roundEnd))
        {
            if (_maxDeviation < _variation) _variation -= _variation - _maxDeviation >> 2;
            _roundEnd = sndNxt;
            _maxDeviation = MinMicroseconds;
        }
    }

    /// <summary>Takes a measurement for the minimum (also those that <see cref="Sample"/> must not see).</summary>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    /// <param name="rttMicroseconds">The round trip; 0 counts as 1.</param>
    /// <param name="maybeDelayed">The peer may have delayed the ACK: it can lower the minimum, but not stand for a new one.</param>
    /// <param name="windowMilliseconds">net.ipv4.tcp_min_rtt_wlen.</param>
    public void SampleMinimum(long now, uint rttMicroseconds, bool maybeDelayed = false, uint windowMilliseconds = DefaultMinRttWindow)
    {
        if (maybeDelayed && rttMicroseconds > MinRtt) return;
        _minRtt.Update(windowMilliseconds, Milliseconds(now), Math.Max(rttMicroseconds, 1));
    }

    /// <summary>
    /// The handshake gave no measurement because a SYN or its answer was retransmitted: data starts with 3 s (RFC 6298 section 5.7).
    /// </summary>
    public void FallBack()
    {
        if (_smoothed != 0) return;
        _deviation = _maxDeviation = _variation = FallbackMicroseconds;
        Backoff = 0;
    }

    /// <summary>
    /// Earlier connections measured a longer round trip than the handshake, whose segments are small: the first timeout goes by theirs, until data were measured. The estimate stays (Linux
    /// tcp_init_metrics).
    /// </summary>
    /// <param name="eighths">Theirs, in eighths of a microsecond.</param>
    /// <returns>Whether it is longer.</returns>
    public bool TryRemember(uint eighths)
    {
        if (eighths <= _smoothed) return false;
        long microseconds = eighths >> 3;
        _remembered = (ushort)Math.Min((microseconds + Math.Max(2 * microseconds, MinMicroseconds)) / 1000, ushort.MaxValue);
        return true;
    }

    /// <summary>What was measured is so many microseconds too short, or too long where it is negative; the minimum is measured anew.</summary>
    public void Shift(long now, int microseconds)
    {
        _remembered = 0;
        _smoothed = (uint)Math.Clamp(_smoothed + 8L * microseconds, 1, uint.MaxValue);
        _minRtt.Reset(Milliseconds(now), uint.MaxValue);
    }

    private static uint Milliseconds(long nanoseconds) => (uint)(nanoseconds / 1_000_000);

    private void TakeDeviation(long error)
    {
        // An early ACK (a smaller round trip than expected) must not raise the timeout much: an eighth of a quarter.
        long change = Math.Abs(error) - (_deviation >> 2);
        if (error < 0 && change > 0) change >>= 3;
        _deviation = (uint)(_deviation + change);
        if (_deviation <= _maxDeviation) return;
        _maxDeviation = _deviation;
        _variation = Math.Max(_variation, _maxDeviation);
    }
}
