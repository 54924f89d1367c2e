namespace Slipway.Stack;

/// <summary>
/// CUBIC (RFC 9438), Linux's default: after a reduction the window follows a cubic function of time around the window of that reduction, flat near it and
/// steep far from it, so long paths fill as fast as short ones; where that is slower than Reno would be, it keeps up with Reno. Slow start ends by
/// <see cref="HyStart"/>. Integer arithmetic in 1/1024 of a second and of a packet, as Linux has it, so runs are the same on every machine.
/// </summary>
internal sealed class Cubic : CongestionControl
{
    /// <summary>β, the multiplicative decrease: 0.7 as 717/1024 (RFC 9438 section 4.6).</summary>
    private const uint Beta = 717;

    private const uint Scale = 1024;

    /// <summary>C = 0.4 as 410/1024 (RFC 9438 section 5).</summary>
    private const ulong C = 410;

    /// <summary>1/C in the units of <see cref="_k"/> cubed: 2^40 / 410.</summary>
    private const ulong InverseC = (1UL << 40) / C;

    /// <summary>
    /// 1/α in eighths: while below the old window, Reno's estimate grows by α = 3(1 − β)/(1 + β) packets a round trip, which makes AIMD(α, β) as fair as
    /// AIMD(1, 0.5) (RFC 9438 section 4.3): 15/8 ≈ 1/0.53.
    /// </summary>
    private const uint InverseAlphaEighths = 8 * (Scale + Beta) / 3 / (Scale - Beta);

    /// <summary>Until a first loss has told what the path bears, grow by at least 5 % a round trip.</summary>
    private const uint SlowestUnknown = 20;

    /// <summary>Beyond 256 s from the inflection the cube would overflow, and the growth is capped long before.</summary>
    private const ulong MaxOffset = 1UL << 18;

    private HyStart _hyStart;
    private uint _interval;
    private uint _lastMaximum;
    private uint _lastWindow;
    private uint _lastTime;
    private uint _origin;
    private uint _k;
    private uint _minDelay;
    private uint _epochStart;
    private uint _acked;
    private uint _renoWindow;
    private bool _inEpoch;

    /// <inheritdoc/>
    public override string Name => "cubic";

    /// <inheritdoc/>
    public override void OnAcked(ref CongestionWindow window, in AckSample sample)
    {
        if (!window.IsLimiting) return;
        uint acked = sample.AckedPackets;
        if (window.InSlowStart)
        {
            // A trial ends with the initial slow start, also when something else than HyStart++ set the threshold.
            if (_hyStart.IsConservative && window.SlowStartThreshold >= CongestionWindow.InfiniteThreshold)
            {
                window.GrowSlowStart(acked, HyStart.GrowthDivisor);
                return;
            }
            acked = window.GrowSlowStart(acked);
            if (acked == 0) return;
        }
        Update(window, acked, Milliseconds(sample.Now));
        window.GrowAvoidance(_interval, acked);
    }

    /// <inheritdoc/>
    public override uint SlowStartThreshold(in CongestionWindow window, long now)
    {
        _inEpoch = false;
        _hyStart.Reset();
        // Fast convergence (RFC 9438 section 4.7): the window did not reach the last maximum, so others want a share; leave it to them sooner.
        _lastMaximum = window.Window < _lastMaximum ? (uint)((ulong)window.Window * (Scale + Beta) / (2 * Scale)) : window.Window;
        return Math.Max((uint)((ulong)window.Window * Beta / Scale), 2);
    }

    /// <inheritdoc/>
    public override void OnRttSample(ref CongestionWindow window, in AckSample sample)
    {
        // HyStart++ serves the initial slow start alone: later ones end at a threshold that was measured (RFC 9406 section 4.3).
        if (window.SlowStartThreshold >= CongestionWindow.InfiniteThreshold) _hyStart.OnAck(ref window, sample);
        if (sample.RttNanoseconds < 0) return;
        // Round trips right after a reduction still carry the queue that led to it.
        if (_inEpoch && Milliseconds(sample.Now) - _epochStart < 1000) return;
        uint delay = (uint)Math.Clamp(sample.RttNanoseconds / 1000, 1, uint.MaxValue);
        if (_minDelay == 0 || delay < _minDelay) _minDelay = delay;
    }

    /// <inheritdoc/>
    public override void OnEvent(ref CongestionWindow window, CongestionEvent e, long now)
    {
        // Time without data to send is not time in which the path was probed: shift the curve by it (RFC 9438 section 5.8).
        if (e != CongestionEvent.TransmitStart || !_inEpoch) return;
        long idle = Math.Max(now - window.LastSent, 0) / 1_000_000;
        uint time = Milliseconds(now);
        uint shifted = _epochStart + (uint)Math.Min(idle, int.MaxValue);
        _epochStart = (int)(shifted - time) > 0 ? time : shifted;
    }

    /// <inheritdoc/>
    public override void OnStateChange(CongestionState newState)
    {
        if (newState != CongestionState.Loss) return;
        // After a timeout the first avoidance starts from the window it finds, with K = 0 (RFC 9438 section 4.8).
        _interval = _lastMaximum = _lastWindow = _lastTime = _origin = _k = _minDelay = _acked = _renoWindow = 0;
        _inEpoch = false;
        _hyStart.Reset();
    }

    private static uint Milliseconds(long nanoseconds) => (uint)(nanoseconds / 1_000_000);

    /// <summary>How many packets acknowledged earn one of growth.</summary>
    private void Update(in CongestionWindow window, uint acked, uint now)
    {
        uint cwnd = window.Window;
        _acked += acked;
        // While the window stands still, the curve need not be looked at for every ACK.
        if (_inEpoch && _lastWindow == cwnd && now - _lastTime <= 1000 / 32) return;
        if (!_inEpoch || now != _lastTime)
        {
            _lastWindow = cwnd;
            _lastTime = now;
            if (!_inEpoch) BeginEpoch(cwnd, acked, now);
            FollowCurve(cwnd, now);
        }
        KeepUpWithReno(window);
        // The target is at most half a window away (RFC 9438 section 4.2): one packet for two acknowledged.
        _interval = Math.Max(_interval, 2);
    }

    private void BeginEpoch(uint cwnd, uint acked, uint now)
    {
        _inEpoch = true;
        _epochStart = now;
        _acked = acked;
        _renoWindow = cwnd;
        _origin = Math.Max(_lastMaximum, cwnd);
        _k = CubeRoot(InverseC * (_origin - cwnd));
    }

    /// <summary>W_cubic(t + RTT) = C (t − K)³ + W_max (RFC 9438 section 4.2, equation 1).</summary>
    private void FollowCurve(uint cwnd, uint now)
    {
        ulong time = ((ulong)(now - _epochStart) + _minDelay / 1000) * 1024 / 1000;
        ulong offset = Math.Min(time < _k ? _k - time : time - _k, MaxOffset);
        uint distance = (uint)(C * offset * offset * offset >> 40);
        uint target = time >= _k ? _origin + distance : _origin > distance ? _origin - distance : 0;
        _interval = target > cwnd ? cwnd / (target - cwnd) : 100 * cwnd;
        if (_lastMaximum == 0) _interval = Math.Min(_interval, SlowestUnknown);
    }

    /// <summary>The Reno-friendly region (RFC 9438 section 4.3): where Reno's window would be larger, grow towards it within a round trip.</summary>
    private void KeepUpWithReno(in CongestionWindow window)
    {
        uint cwnd = window.Window;
        // From the window of the last reduction on, Reno's estimate grows as Reno itself (α = 1).
        uint perPacket = Math.Max(_renoWindow >= window.PriorWindow ? cwnd : (uint)((ulong)cwnd * InverseAlphaEighths >> 3), 1);
        if (_acked > perPacket)
        {
            uint growth = (_acked - 1) / perPacket;
            _acked -= growth * perPacket;
            _renoWindow += growth;
        }
        if (_renoWindow > cwnd) _interval = Math.Min(_interval, cwnd / (_renoWindow - cwnd));
    }

    /// <summary>The largest x with x³ ≤ <paramref name="value"/>.</summary>
    internal static uint CubeRoot(ulong value)
    {
        ulong root = 0;
        for (int shift = 63; shift >= 0; shift -= 3)
        {
            root <<= 1;
            ulong step = 3 * root * (root + 1) + 1;
            if (value >> shift < step) continue;
            value -= step << shift;
            root++;
        }
        return (uint)root;
    }
}
