namespace Slipway.Stack;

/// <summary>What the model makes of pacing rate and window.</summary>
internal sealed partial class Bbr
{
    /// <summary>Data leave 1 % slower than the path delivers, so that a queue shrinks rather than grows.</summary>
    private const uint PacingPercent = 99;

    /// <summary>Below 1.2 Mbit/s a packet of two segments would be a long burst.</summary>
    private const ulong LeastPairRate = 1_200_000 / 8;

    /// <summary>Bunches of ACKs are allowed for up to this much of the rate.</summary>
    private const ulong LongestAggregation = 100_000;

    /// <summary>The longest packet with its headers, as Linux reckons it.</summary>
    private const ulong LongestPacket = 65_536 - 1 - 320;

    /// <inheritdoc/>
    public override uint LeastSegments(ulong pacingRate) => pacingRate < LeastPairRate ? 1u : 2u;

    private ulong BytesPerSecond(uint rate, int gain)
        => (ulong)UInt128.Min((UInt128)rate * _path.SegmentSize * (uint)gain / Unit * (1_000_000 / 100 * PacingPercent) >> RateShift, ulong.MaxValue);

    private ulong PacingRateFor(uint rate, int gain) => Math.Min(BytesPerSecond(rate, gain), _path.MaxPacingRate);

    /// <summary>Before any rate is measured: the first window over the round trip of the handshake, or over a millisecond.</summary>
    private void SetFirstPacingRate(in CongestionWindow window)
    {
        uint rtt = _path.SmoothedRtt;
        if (rtt > 0) _hasSeenRtt = true;
        else rtt = 1000;
        _path.Pacing.Rate = PacingRateFor(RateOf(window.Window, rtt * StackClock.Microsecond), HighGain);
    }

    private void SetPacingRate(in CongestionWindow window, uint rate, int gain)
    {
        ulong bytes = PacingRateFor(rate, gain);
        if (!_hasSeenRtt && _path.SmoothedRtt > 0) SetFirstPacingRate(window);
        ref Pacing pacing = ref _path.Pacing;
        // While the rate is sought, a slower sample is no reason to be slower.
        if (_isFull || bytes > pacing.Rate) pacing.Rate = bytes;
    }

    /// <summary>Segments of a packet that is paced.</summary>
    private uint PacketSegments
    {
        get
        {
            ulong rate = _path.Pacing.Rate, bytes = Math.Min(rate >> Pacing.MillisecondShift, LongestPacket);
            return Math.Min(Math.Max((uint)bytes / Math.Max(_path.SegmentSize, 1), LeastSegments(rate)), 127);
        }
    }

    /// <summary>The bandwidth-delay product times a gain, rounded up; the initial window as long as no round trip is known.</summary>
    private uint Product(uint rate, int gain)
    {
        if (_minRtt == uint.MaxValue) return CongestionWindow.Initial;
        UInt128 product = (UInt128)rate * _minRtt * (uint)gain / Unit;
        return (uint)UInt128.Min(product + ((1u << RateShift) - 1) >> RateShift, int.MaxValue);
    }

    /// <summary>Adds what the ends themselves hold: a packet on its way out, one being sent, one of which the ACK is delayed.</summary>
    private uint WithEnds(uint packets)
    {
        packets += 3 * PacketSegments;
        // An even number, as delayed ACKs come for two.
        packets = packets + 1 & ~1u;
        // A small product must not keep the search for more rate from putting more in flight.
        return _mode == BbrMode.ProbeBandwidth && _phase == 0 ? packets + 2 : packets;
    }

    private uint InFlightFor(uint rate, int gain) => WithEnds(Product(rate, gain));

    /// <summary>What will be in the network when the next packet may leave: without what is delivered until then, with that packet where more is wanted.</summary>
    private uint InNetworkAtDeparture(uint inFlight)
    {
        long wait = Math.Max(_path.Pacing.NextSend - _path.Now, 0);
        ulong delivered = (ulong)((UInt128)Rate * (ulong)wait / 1000 >> RateShift);
        if (_pacingGain > Unit) inFlight += PacketSegments;
        return delivered >= inFlight ? 0 : inFlight - (uint)delivered;
    }

    /// <summary>Keeps a good window for when recovery or PROBE_RTT are over.</summary>
    private void SaveWindow(in CongestionWindow window)
        => _priorWindow = _lastState < CongestionState.Recovery && _mode != BbrMode.ProbeRtt ? window.Window : Math.Max(_priorWindow, window.Window);

    private void SetWindow(ref CongestionWindow window, in RateSample sample)
    {
        uint target = window.Window;
        if (sample.Acked > 0 && !Recovers(ref target, sample)) target = TowardsModel(target, sample.Acked);
        window.Window = Math.Min(target, window.Clamp);
        if (_mode == BbrMode.ProbeRtt) window.Window = Math.Min(window.Window, LeastWindow);
    }

    private uint TowardsModel(uint window, uint acked)
    {
        uint target = WithEnds(Product(Rate, _windowGain) + Aggregation);
        if (_isFull) window = Math.Min(window + acked, target);
        else if (window < target || _path.Delivered < CongestionWindow.Initial) window += acked;
        return Math.Max(window, LeastWindow);
    }

    private uint Aggregation => _isFull ? (uint)Math.Min(ExtraAcked, Rate * LongestAggregation >> RateShift) : 0;

    /// <summary>The first round trip of a recovery sends a packet for a packet delivered; then the window may grow again, by what is delivered less what is lost.</summary>
    /// <returns>Whether the window is now given by what is in flight.</returns>
    private bool Recovers(ref uint window, in RateSample sample)
    {
        CongestionState last = _lastState, state = _path.State;
        if (sample.Losses > 0) window = window > sample.Losses ? window - sample.Losses : 1;
        if (state == CongestionState.Recovery && last != CongestionState.Recovery)
        {
            _conservesPackets = true;
            _roundEnd = _path.Delivered;
            // What the program left unused of the window is no right to a burst.
            window = _path.InFlight + sample.Acked;
        }
        else if (last >= CongestionState.Recovery && state < CongestionState.Recovery)
        {
            window = Math.Max(window, _priorWindow);
            _conservesPackets = false;
        }
        _lastState = state;
        if (_conservesPackets) window = Math.Max(window, _path.InFlight + sample.Acked);
        return _conservesPackets;
    }
}
