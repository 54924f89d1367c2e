namespace Slipway.Stack;

/// <summary>
/// BBR, version 1, as Linux has it ("BBR: Congestion-Based Congestion Control", ACM Queue 14-5, 2016): not loss but a model of the path decides. The model is the highest rate of delivery
/// of the last ten round trips and the least round trip of the last ten seconds; data leave at that rate, and about twice the product of both may be in flight. The estimates are kept
/// fresh by sending a little faster in one of eight round trips, and by letting the path run empty every ten seconds.
/// </summary>
/// <remarks>
/// Rates are in packets a microsecond, shifted left by <see cref="RateShift"/>; gains in 1/256. Parts: this one holds the state and its transitions, <c>Model</c> the estimates,
/// <c>Policer</c> the search for a token bucket on the path, <c>Window</c> what the model makes of window and pacing rate.
/// </remarks>
internal sealed partial class Bbr : CongestionControl
{
    private const int RateShift = 24;

    /// <summary>1 as a gain.</summary>
    private const int Unit = 256;

    /// <summary>2/ln 2: the least gain by which the rate can double every round trip.</summary>
    private const int HighGain = Unit * 2885 / 1000 + 1;

    /// <summary>The reciprocal: in a round trip what was too much is gone.</summary>
    private const int DrainGain = Unit * 1000 / 2885;

    /// <summary>The window's gain when the rate is known: room for ACKs that are delayed and come in bunches.</summary>
    private const int SteadyWindowGain = Unit * 2;

    /// <summary>What PROBE_RTT leaves in flight, and the least window ever: two packets under way, two in a delayed ACK.</summary>
    private const uint LeastWindow = 4;

    /// <summary>The gain of a phase of PROBE_BW: one seeks more rate, one removes the queue that this made, six use what there is.</summary>
    private static ReadOnlySpan<short> CycleGains => [Unit * 5 / 4, Unit * 3 / 4, Unit, Unit, Unit, Unit, Unit, Unit];

    private const int PhaseCount = 8;
    private const uint MinRttWindowMilliseconds = 10_000;
    private const uint ProbeRttMilliseconds = 200;

    private ICongestionPath _path = null!;
    private BbrMode _mode;
    private CongestionState _lastState;
    private byte _phase;
    private bool _roundStarts;
    private bool _conservesPackets;
    private bool _restartsFromIdle;
    private bool _probeRttIsTimed, _probeRttHasRound;
    private bool _hasSeenRtt;
    private short _pacingGain, _windowGain;
    private uint _priorWindow;
    private uint _probeRttUntil;
    private long _phaseSince;

    /// <inheritdoc/>
    public override string Name => "bbr";

    /// <inheritdoc/>
    public override bool NeedsPacing => true;

    /// <inheritdoc/>
    public override bool ControlsWindow => true;

    /// <inheritdoc/>
    /// <remarks>Three: the window may grow during recovery as well.</remarks>
    public override int BufferWindows => 3;

    /// <summary>Where the algorithm stands.</summary>
    public BbrMode Mode => _mode;

    /// <summary>The gains now in force, in 1/256 (INET_DIAG_BBRINFO).</summary>
    public (int Pacing, int Window) Gains => (_pacingGain, _windowGain);

    /// <summary>The rate that the path is taken to have, in bytes per second (INET_DIAG_BBRINFO).</summary>
    public ulong Bandwidth => (ulong)((UInt128)Rate * _path.SegmentSize * 1_000_000 >> RateShift);

    /// <summary>The least round trip of the last ten seconds, in microseconds; <see cref="uint.MaxValue"/> for none yet.</summary>
    public uint MinRtt => _minRtt;

    /// <summary>Whether the first search for the rate has ended.</summary>
    public bool HasFoundRate => _isFull;

    /// <summary>Round trips so far, counted by packets.</summary>
    public uint Rounds => _round;

    /// <summary>Whether the rate of a token bucket is used instead of the highest measured one.</summary>
    public bool IsPoliced => _usesLongTerm;

    private uint NowMilliseconds => (uint)(_path.Now / StackClock.Millisecond);

    /// <inheritdoc/>
    public override void Attach(ICongestionPath path) => _path = path;

    /// <inheritdoc/>
    public override void Initialize(ref CongestionWindow window, long now)
    {
        window.SlowStartThreshold = CongestionWindow.InfiniteThreshold;
        _minRtt = _path.MinRtt;
        _minRttAt = NowMilliseconds;
        _maxRate = new WindowedMaximum(_round, 0);
        _ackEpochSince = now;
        SetFirstPacingRate(window);
        ForgetLongTerm();
        _mode = BbrMode.Startup;
    }

    /// <inheritdoc/>
    public override void OnRateSample(ref CongestionWindow window, in RateSample sample)
    {
        MeasureRate(sample);
        MeasureAggregation(window, sample);
        if (_mode == BbrMode.ProbeBandwidth && PhaseIsOver(sample)) NextPhase();
        CheckFull(sample);
        CheckDrained(ref window);
        MeasureMinRtt(ref window, sample);
        SetGains();
        SetPacingRate(window, Rate, _pacingGain);
        SetWindow(ref window, sample);
    }

    /// <inheritdoc/>
    /// <remarks>Never asked for: the window is set by <see cref="OnRateSample"/>.</remarks>
    public override void OnAcked(ref CongestionWindow window, in AckSample sample)
    {
    }

    /// <inheritdoc/>
    /// <remarks>Loss is no measure of the path: the threshold stays.</remarks>
    public override uint SlowStartThreshold(in CongestionWindow window, long now)
    {
        SaveWindow(window);
        return window.SlowStartThreshold;
    }

    /// <inheritdoc/>
    /// <remarks>The slower deliveries of the recovery meant nothing: the search for the rate and for a policer begins anew. The window comes back by itself.</remarks>
    public override uint UndoWindow(in CongestionWindow window)
    {
        _fullRate = 0;
        _fullCount = 0;
        ForgetLongTerm();
        return window.Window;
    }

    /// <inheritdoc/>
    public override void OnEvent(ref CongestionWindow window, CongestionEvent e, long now)
    {
        if (e != CongestionEvent.TransmitStart || !_path.IsAppLimited) return;
        _restartsFromIdle = true;
        _ackEpochSince = now;
        _ackEpochAcked = 0;
        // No more speed is needed than the path had: do not overflow its queue.
        if (_mode == BbrMode.ProbeBandwidth) SetPacingRate(window, Rate, Unit);
        else if (_mode == BbrMode.ProbeRtt) CheckProbeRttDone(ref window);
    }

    /// <inheritdoc/>
    public override void OnStateChange(CongestionState newState)
    {
        if (newState != CongestionState.Loss) return;
        // A timeout ends a round trip as well, and what was found full may have been a dead path.
        _lastState = CongestionState.Loss;
        _fullRate = 0;
        _roundStarts = true;
        SampleLongTerm(new RateSample { Losses = 1 });
    }

    /// <summary>The first search found the rate: three round trips in which it did not grow by a quarter. Three, for a receive window or another flow may be what held it back for one.</summary>
    private void CheckFull(in RateSample sample)
    {
        if (_isFull || !_roundStarts || sample.IsAppLimited) return;
        if (_maxRate.Value >= (ulong)_fullRate * 5 / 4)
        {
            _fullRate = _maxRate.Value;
            _fullCount = 0;
            return;
        }
        _isFull = ++_fullCount >= 3;
    }

    /// <summary>STARTUP has left a queue of up to two thirds of what it sent in its last round trip: DRAIN until only what the path itself holds is in flight.</summary>
    private void CheckDrained(ref CongestionWindow window)
    {
        if (_mode == BbrMode.Startup && _isFull)
        {
            _mode = BbrMode.Drain;
            window.SlowStartThreshold = InFlightFor(_maxRate.Value, Unit);
        }
        if (_mode == BbrMode.Drain && InNetworkAtDeparture(_path.InFlight) <= InFlightFor(_maxRate.Value, Unit)) BeginCycle();
    }

    /// <summary>PROBE_BW begins in any phase but that which removes a queue, so that flows that began together do not seek more rate together.</summary>
    private void BeginCycle()
    {
        _mode = BbrMode.ProbeBandwidth;
        _phase = (byte)(PhaseCount - 1 - _path.Choose(PhaseCount - 1));
        NextPhase();
    }

    private void NextPhase()
    {
        _phase = (byte)((_phase + 1) % PhaseCount);
        _phaseSince = _path.DeliveredAt;
    }

    private bool PhaseIsOver(in RateSample sample)
    {
        bool hasLasted = _path.DeliveredAt - _phaseSince > _minRtt * StackClock.Microsecond;
        if (_pacingGain == Unit) return hasLasted;
        uint inFlight = InNetworkAtDeparture(sample.PriorInFlight);
        // To seek more rate takes as long as it takes to fill the path that far, unless it cannot hold as much.
        if (_pacingGain > Unit) return hasLasted && (sample.Losses > 0 || inFlight >= InFlightFor(_maxRate.Value, _pacingGain));
        // And to remove the queue no longer than there is one.
        return hasLasted || inFlight <= InFlightFor(_maxRate.Value, Unit);
    }

    private void BeginProbeRtt(in CongestionWindow window)
    {
        _mode = BbrMode.ProbeRtt;
        SaveWindow(window);
        _probeRttIsTimed = false;
    }

    /// <summary>PROBE_RTT: four packets in flight for 200 ms, and for a round trip at least, so that queues run empty.</summary>
    private void StayInProbeRtt(ref CongestionWindow window)
    {
        // The rates measured now are not the path's.
        _path.MarkAppLimited();
        if (!_probeRttIsTimed)
        {
            if (_path.InFlight > LeastWindow) return;
            _probeRttIsTimed = true;
            _probeRttUntil = NowMilliseconds + ProbeRttMilliseconds;
            _probeRttHasRound = false;
            _roundEnd = _path.Delivered;
            return;
        }
        if (_roundStarts) _probeRttHasRound = true;
        if (_probeRttHasRound) CheckProbeRttDone(ref window);
    }

    private void CheckProbeRttDone(ref CongestionWindow window)
    {
        if (!_probeRttIsTimed || !SequenceNumber.After(NowMilliseconds, _probeRttUntil)) return;
        _minRttAt = NowMilliseconds;
        window.Window = Math.Max(window.Window, _priorWindow);
        if (_isFull) BeginCycle();
        else _mode = BbrMode.Startup;
    }

    private void SetGains() => (_pacingGain, _windowGain) = _mode switch
    {
        BbrMode.Startup => ((short)HighGain, (short)HighGain),
        BbrMode.Drain => ((short)DrainGain, (short)HighGain),
        BbrMode.ProbeBandwidth => (_usesLongTerm ? (short)Unit : CycleGains[_phase], (short)SteadyWindowGain),
        _ => ((short)Unit, (short)Unit),
    };
}
