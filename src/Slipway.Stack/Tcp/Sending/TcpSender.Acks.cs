using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>What an acknowledgment says about the queue (Linux tcp_ack).</summary>
internal sealed partial class TcpSender
{
    /// <summary>What is gathered while one acknowledgment is read.</summary>
    private struct AckReading
    {
        public AckFlags Flags;
        public uint PriorUna;
        public uint PriorInFlight;
        public uint PriorHighestSack;
        public uint DeliveredBefore;
        public uint LostBefore;
        public uint PriorSacked;
        public byte HopLimit;

        /// <summary>Where reordering shows: the first data that came later than others sent after it.</summary>
        public uint Reordered;
        public long FirstSackedAt, LastSackedAt;
        public long FirstAckedAt, LastAckedAt;
        public uint AckedPackets;
        public bool RoundTripMeasured;
        public long CongestionRtt;

        // The state of deliveries when the newest of the delivered segments left.
        public bool HasRate, RateIsAppLimited, RateIsRetransmission;
        public uint PriorDelivered, RateEnd;
        public long PriorDeliveredAt, SendingInterval;
    }

    private uint _probeHighSeq;
    private bool _probeIsRetransmission;

    /// <summary>Takes the acknowledgment of a segment that was found acceptable.</summary>
    /// <returns>False: it acknowledges what was never sent, or is too old; the segment is to be dropped.</returns>
    public bool TakeAck(ref TcpArrival segment, out AckFlags result)
    {
        uint ack = segment.Acknowledgment;
        result = AckFlags.None;
        if (Before(ack, SndUna))
        {
            // RFC 5961 §5.2: older than anything that the peer could have seen.
            if (Before(ack, SndUna - (uint)Math.Min(MaxWindow, BytesAcked)))
            {
                _connection.SendChallengeAck();
                return false;
            }
            TakeOldAck(ref segment);
            return true;
        }
        if (After(ack, SndNxt)) return false;
        var reading = new AckReading
        {
            PriorUna = SndUna,
            PriorInFlight = InFlight,
            PriorHighestSack = HighestSack,
            Reordered = SndNxt,
            DeliveredBefore = Delivered,
            LostBefore = LostTotal,
            PriorSacked = SackedOut,
            HopLimit = segment.HopLimit,
            FirstSackedAt = -1,
            LastSackedAt = -1,
            FirstAckedAt = -1,
            LastAckedAt = -1,
            CongestionRtt = -1,
        };
        uint priorPackets = PacketsOut;
        if (After(ack, SndUna))
        {
            reading.Flags |= AckFlags.Advanced;
            Timeouts = 0;
        }
        _connection.UpdateRecentTimestamp(segment);
        if (segment.Sequence != segment.EndSequence) reading.Flags |= AckFlags.Data;
        else _connection.Count(TcpExtCounter.TCPPureAcks);
        TakeWindow(segment, ref reading);
        if (segment.Sack.Count > 0) TakeSacks(segment, ref reading);
        if (_connection.IsEcnEcho(segment)) reading.Flags |= AckFlags.EcnEcho;
        _connection.NoteAnswer();
        if (priorPackets == 0)
        {
            if ((reading.Flags & AckFlags.DuplicateSack) != 0) Judge(ref reading, 0, out _);
            TakeProbeAnswer();
            if (_probeHighSeq != 0) TakeLossProbeAck(ack, reading.Flags);
            result = reading.Flags;
            return true;
        }
        CleanQueue(ref reading);
        _rack.UpdateReorderWindow(reading.PriorDelivered, Delivered);
        if (_probeHighSeq != 0) TakeLossProbeAck(ack, reading.Flags);
        Recovery recovery = Recovery.None;
        if ((reading.Flags & AckFlags.NotDuplicate) == 0 || (reading.Flags & AckFlags.Alert) != 0 || State != CongestionState.Open)
        {
            int duplicates = (reading.Flags & (AckFlags.Advanced | AckFlags.NotDuplicate | AckFlags.DuplicateSack)) == 0 ? 1 : 0;
            Judge(ref reading, duplicates, out recovery);
        }
        if ((reading.Flags & AckFlags.SetTimer) != 0 && !ScheduleLossProbe(advancing: true)) RearmRetransmit();
        if ((reading.Flags & AckFlags.Progress) != 0) _connection.ConfirmNeighbor();
        ControlCongestion(reading);
        Recover(recovery);
        VerifyCounts();
        result = reading.Flags;
        return true;
    }

    /// <summary>An acknowledgment that was overtaken by a newer one still may tell of duplicates and losses.</summary>
    private void TakeOldAck(ref TcpArrival segment)
    {
        if (segment.Sack.Count == 0) return;
        var reading = new AckReading
        {
            PriorUna = SndUna, Reordered = SndNxt, DeliveredBefore = Delivered, LostBefore = LostTotal, PriorHighestSack = HighestSack, PriorInFlight = InFlight,
            FirstSackedAt = -1, LastSackedAt = -1, FirstAckedAt = -1, LastAckedAt = -1, CongestionRtt = -1,
        };
        TakeSacks(segment, ref reading);
        Judge(ref reading, 0, out Recovery recovery);
        Recover(recovery);
        VerifyCounts();
    }

    /// <summary>RFC 9293 §3.10.7.4: the window of the newest segment counts.</summary>
    private void TakeWindow(in TcpArrival segment, ref AckReading reading)
    {
        uint ack = segment.Acknowledgment;
        uint window = (uint)segment.Window << (segment.Has(TcpFlags.Syn) ? 0 : _connection.SndScale);
        if (After(ack, SndUna) || After(segment.Sequence, SndWl1) || segment.Sequence == SndWl1 && (window > SndWnd || window == 0))
        {
            reading.Flags |= AckFlags.WindowUpdate;
            SndWl1 = segment.Sequence;
            if (SndWnd != window)
            {
                if (SndWnd == 0 && PacketsOut > 0) EndClosedWindow();
                SndWnd = window;
                if (window > MaxWindow)
                {
                    MaxWindow = window;
                    _connection.SyncMss();
                }
            }
            else reading.Flags &= ~AckFlags.WindowUpdate;
        }
        BytesAcked += ack - SndUna;
        SndUna = ack;
    }

    /// <summary>Takes what is acknowledged off the queue, and measures round trips by it (Linux tcp_clean_rtx_queue).</summary>
    private void CleanQueue(ref AckReading reading)
    {
        long now = _connection.Now;
        bool isWhole = true;
        uint acked = 0;
        while (Queue.FirstSent is { } segment)
        {
            uint packets = (uint)segment.Count;
            isWhole = !After(segment.EndSequence, SndUna);
            if (!isWhole)
            {
                packets = TrimAcked(segment);
                if (packets == 0) break;
            }
            CountAcked(segment, packets, isWhole, now, ref reading);
            acked += packets;
            if (!isWhole) break;
            StampAcknowledged(segment, reading.HopLimit);
            Drop(segment);
        }
        if (Queue.FirstSent is { } partial) StampAcknowledged(partial, reading.HopLimit);
        if (Queue.FirstSent is null) EndLimit(SendLimit.Busy);
        if (SackedOut == 0 && _reports is { Index.IsActive: true }) _reports.Index.Clear();
        if (Between(SndUp, reading.PriorUna, SndUna)) SndUp = SndUna;
        if (_mtuProbe > 0 && !After(_mtuProbeEnd, SndUna)) SucceedMtuProbe();
        if (Queue.FirstSent is { } first && first.Has(SegmentMarks.Sacked)) reading.Flags |= AckFlags.SackReneging;
        reading.AckedPackets = acked;
        MeasureRoundTrip(ref reading, acked, isWhole, now);
        if ((reading.Flags & AckFlags.Acked) != 0)
        {
            reading.Flags |= AckFlags.SetTimer;
            if (!IsSack) ForgetRenoSacks(acked, (reading.Flags & AckFlags.EcnEcho) != 0);
            else if (Before(reading.Reordered, reading.PriorHighestSack)) NoteReordering(reading.Reordered);
        }
        else if (reading.RoundTripMeasured && reading.FirstSackedAt >= 0 && Queue.FirstSent is { } head && now - reading.FirstSackedAt > now - head.SentAt)
        {
            // The timer began with a round trip that is known to be longer by now.
            reading.Flags |= AckFlags.SetTimer;
        }
        Congestion.OnRttSample(ref Window, SampleOf(reading, now));
    }

    /// <summary>Bytes of a piece whose stamps are wanted may have been acknowledged.</summary>
    private void StampAcknowledged(TcpSegment segment, byte hopLimit)
    {
        if (Stamps is not null) _connection.Socket?.StampAcknowledged(After(segment.EndSequence, SndUna) ? SndUna : segment.EndSequence, segment, hopLimit);
    }

    private void CountAcked(TcpSegment segment, uint packets, bool isWhole, long now, ref AckReading reading)
    {
        if (segment.Has(SegmentMarks.EverRetransmitted))
        {
            if (segment.Has(SegmentMarks.Retransmitted)) RetransmittedOut -= packets;
            reading.Flags |= AckFlags.RetransmittedDataAcked;
        }
        else if (!segment.Has(SegmentMarks.Sacked))
        {
            reading.LastAckedAt = segment.SentAt;
            if (reading.FirstAckedAt < 0) reading.FirstAckedAt = segment.SentAt;
            if (Before(segment.Sequence, reading.Reordered)) reading.Reordered = segment.Sequence;
            if (!After(segment.EndSequence, _highSeq)) reading.Flags |= AckFlags.OriginalAcked;
        }
        if (segment.Has(SegmentMarks.Sacked)) SackedOut -= packets;
        else if (IsSack)
        {
            CountDelivered(packets, (reading.Flags & AckFlags.EcnEcho) != 0);
            _rack.Advance(segment.Has(SegmentMarks.EverRetransmitted), segment.SentAt, segment.Order, now, Rtt.MinRtt);
        }
        if (segment.Has(SegmentMarks.Lost)) LostOut -= packets;
        PacketsOut -= packets;
        TakeRate(segment, ref reading);
        if ((segment.Flags & TcpFlags.Syn) != 0)
        {
            reading.Flags |= AckFlags.SynAcked;
            RetransmittedSince = -1;
        }
        else reading.Flags |= AckFlags.DataAcked;
        if (!isWhole) segment.Count -= (int)packets;
    }

    /// <summary>Part of a piece is acknowledged: takes it off, and tells how many segments that were (tcp_tso_acked).</summary>
    private uint TrimAcked(TcpSegment segment)
    {
        if (segment.Count <= 1 || !After(SndUna, segment.Sequence)) return 0;
        int acked = (int)(SndUna - segment.Sequence);
        int left = segment.Length - acked;
        if (left <= 0) return 0;
        uint packets = (uint)(segment.Count - CountOf(left, segment.Size));
        segment.Data!.TrimStart(acked);
        segment.Sequence = SndUna;
        segment.Memory -= acked;
        Memory -= acked;
        return packets;
    }

    /// <summary>RFC 6298 §3 (Karn): no round trip from what was sent twice, unless timestamps tell them apart (RFC 7323 §4.1).</summary>
    private void MeasureRoundTrip(ref AckReading reading, uint acked, bool isWhole, long now)
    {
        long rtt = -1;
        if (reading.FirstAckedAt >= 0 && (reading.Flags & AckFlags.RetransmittedDataAcked) == 0)
        {
            rtt = now - reading.FirstAckedAt;
            reading.CongestionRtt = now - reading.LastAckedAt;
            if (acked == 1 && isWhole && reading.PriorSacked == 0 && SndUna - reading.PriorUna < Mss && !IsReducing) reading.Flags |= AckFlags.MaybeDelayed;
        }
        if (reading.FirstSackedAt >= 0)
        {
            reading.CongestionRtt = now - reading.LastSackedAt;
            if (rtt < 0) rtt = now - reading.FirstSackedAt;
        }
        if (rtt < 0 && (reading.Flags & AckFlags.Acked) != 0) rtt = reading.CongestionRtt = _connection.RttByTimestamp();
        if (rtt < 0) return;
        Rtt.SampleMinimum(now, (uint)Math.Min(reading.CongestionRtt / StackClock.Microsecond, int.MaxValue), (reading.Flags & AckFlags.MaybeDelayed) != 0, (uint)_connection.Sysctl.MinRttWindow.Value * 1000);
        Rtt.Sample(rtt / StackClock.Microsecond, SndUna, SndNxt);
        reading.RoundTripMeasured = true;
    }

    /// <summary>The round trip of the handshake: the first measurement of a connection.</summary>
    public void MeasureHandshake(long rtt)
    {
        if (rtt < 0) return;
        Rtt.SampleMinimum(_connection.Now, (uint)Math.Min(rtt / StackClock.Microsecond, int.MaxValue), false, (uint)_connection.Sysctl.MinRttWindow.Value * 1000);
        Rtt.Sample(rtt / StackClock.Microsecond, SndUna, SndNxt);
    }

    private AckSample SampleOf(in AckReading reading, long now) => new()
    {
        Now = now,
        AckedPackets = Delivered - reading.DeliveredBefore,
        AckSequence = SndUna,
        SndNxt = SndNxt,
        RttNanoseconds = reading.CongestionRtt,
        InFlight = reading.PriorInFlight,
        MinRttMicroseconds = Rtt.MinRtt,
        IsAppLimited = !Window.IsWindowLimited,
    };

    /// <summary>Lets the window grow, or shrink by proportional rate reduction, unless the algorithm does it all by itself (tcp_cong_control).</summary>
    private void ControlCongestion(in AckReading reading)
    {
        RateSample rate = MakeRate(reading);
        if (Congestion.ControlsWindow)
        {
            Congestion.OnRateSample(ref Window, rate);
            return;
        }
        if (IsReducing)
            Window.Window = Math.Max(_reduction.OnAck(Window.SlowStartThreshold, InFlight, rate.Acked, rate.Losses, (reading.Flags & AckFlags.Advanced) != 0, Window.Window), 1);
        else if (MayRaise(reading.Flags)) Congestion.OnAcked(ref Window, SampleOf(reading, _connection.Now));
        if (IsPaced) UpdatePacing();
    }

    private bool MayRaise(AckFlags flags)
        => Reordering > (uint)_connection.Sysctl.Reordering.Value ? (flags & AckFlags.Progress) != 0 : (flags & AckFlags.DataAcked) != 0;

    private void UpdatePacing()
    {
        TcpSysctl sysctl = _connection.Sysctl;
        Pacing.Rate = Pacing.ComputeRate(Window, PacketsOut, (uint)Mss, Rtt.SmoothedEighths, _connection.MaxPacingRate, (uint)sysctl.PacingSlowStartRatio.Value, (uint)sysctl.PacingAvoidanceRatio.Value);
    }

    private void CountDelivered(uint packets, bool isMarked)
    {
        Delivered += packets;
        _connection.Count(TcpExtCounter.TCPDelivered, (int)packets);
        if (!isMarked) return;
        DeliveredCe += packets;
        _connection.Count(TcpExtCounter.TCPDeliveredCE, (int)packets);
    }
}
