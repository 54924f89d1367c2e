using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>Sending again.</summary>
internal sealed partial class TcpSender
{
    private TcpSegment? _retransmitHint;

    /// <summary>Sends what is marked lost again, as far as the congestion window allows (Linux tcp_xmit_retransmit_queue).</summary>
    private void RetransmitLost()
    {
        if (PacketsOut == 0) return;
        TcpSegment? head = Queue.First;
        bool rearm = false;
        TcpSegment? segment = _retransmitHint ?? head;
        uint most = MostSegments(CurrentMss);
        for (; segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent); segment = segment.Next)
        {
            if (LostOut <= RetransmittedOut) break;
            if (MustWaitForPace(_connection.Now)) break;
            if (InFlight >= Window.Window) break;
            if (!segment.Has(SegmentMarks.Lost) || segment.Has(SegmentMarks.Sacked | SegmentMarks.Retransmitted)) continue;
            _retransmitHint = segment;
            _connection.Count(State == CongestionState.Loss ? TcpExtCounter.TCPSlowStartRetrans : TcpExtCounter.TCPFastRetrans);
            if (Retransmit(segment, (int)Math.Min(Window.Window - InFlight, most)) != Errno.None) break;
            if (IsReducing) _reduction.OnSent((uint)segment.Count);
            if (ReferenceEquals(segment, head) && Timer != SenderTimer.Reordering) rearm = true;
        }
        if (rearm) SetTimer(SenderTimer.Retransmit, Rto + PaceDelay);
    }

    /// <summary>Sends a segment again, at most so many of those that it stands for, and keeps account of it.</summary>
    /// <returns>EAGAIN: the peer's window does not hold it any more.</returns>
    public Errno Retransmit(TcpSegment segment, int packets)
    {
        Errno error = SendAgain(segment, packets);
        if (error == Errno.None && !segment.Has(SegmentMarks.Retransmitted))
        {
            segment.Marks |= SegmentMarks.Retransmitted;
            RetransmittedOut += (uint)segment.Count;
        }
        if (RetransmittedSince < 0) RetransmittedSince = segment.SentAt;
        _undoRetransmitted = Math.Max(_undoRetransmitted, 0) + segment.Count;
        return error;
    }

    /// <summary>Sends a segment again; a tail loss probe is no more than this, for it does not say that anything was lost.</summary>
    private Errno SendAgain(TcpSegment segment, int packets)
    {
        int mss = CurrentMss;
        _mtuProbe = 0;
        if (Before(segment.Sequence, SndUna) && segment.Data is { } data)
        {
            int acked = (int)(SndUna - segment.Sequence);
            data.TrimStart(acked);
            segment.Sequence = SndUna;
            segment.Memory -= acked;
            Memory -= acked;
        }
        long room = (int)(WindowEnd - segment.Sequence);
        if (room <= 0)
        {
            if (segment.Sequence != SndUna) return Errno.EAGAIN;
            room = mss;
        }
        long length = (long)mss * Math.Max(packets, 1);
        if (length > room) length = Math.Max(room / mss * mss, Math.Min(room, mss));
        if (segment.Length > length) CutSent(segment, (int)length, mss);
        else if (segment.Length > 0) Recount(segment, mss);
        bool isSyn = (segment.Flags & TcpFlags.Syn) != 0;
        if (isSyn) _connection.Count(TcpExtCounter.TCPSynRetrans);
        _connection.CountRetransmitted(segment.Count);
        TotalRetransmitted += (uint)segment.Count;
        BytesRetransmitted += (uint)segment.Length;
        long now = _connection.Now;
        segment.SentAt = now;
        segment.Marks |= SegmentMarks.EverRetransmitted;
        CountSent(segment); // what is sent again, too
        Errno error = _connection.SendData(segment, mss, isRetransmission: true);
        if (error != Errno.None)
        {
            _connection.Count(TcpExtCounter.TCPRetransFail, segment.Count);
            return error;
        }
        if (segment.Length > 0)
        {
            Window.LastSent = now;
            if (IsPaced) Pacing.OnSent((uint)segment.Length, now, DataSegmentsOut);
        }
        StampRate(segment, now);
        NoteOrder(segment);
        return Errno.None;
    }

    /// <summary>The path takes other segments than when it was sent first.</summary>
    private void Recount(TcpSegment segment, int size)
    {
        int before = segment.Count;
        SetSize(segment, size);
        int grown = segment.Count - before;
        if (grown != 0) AdjustCounts(segment, grown);
    }

    /// <summary>The path takes less than was sent: what is too long is lost (Linux tcp_simple_retransmit). No congestion, so the window stays.</summary>
    public void OnMssLowered()
    {
        uint lost = LostOut;
        for (TcpSegment? segment = Queue.First; segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent); segment = segment.Next)
        {
            if ((segment.Count == 1 ? segment.Length : segment.Size) > Mss) MarkLost(segment);
        }
        if (lost == LostOut) return;
        RetransmitWithoutCongestion();
    }

    /// <summary>The data of the SYN were not taken with it: they go again, now that the connection is there (Linux tcp_rcv_fastopen_synack).</summary>
    public void ResendSynData()
    {
        for (TcpSegment? segment = Queue.First; segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent); segment = segment.Next) MarkLost(segment);
        RetransmitWithoutCongestion();
    }

    /// <summary>Linux tcp_non_congestion_loss_retransmit.</summary>
    private void RetransmitWithoutCongestion()
    {
        if (!IsSack) LimitRenoSacks();
        if (State != CongestionState.Loss)
        {
            _highSeq = SndNxt;
            Window.SlowStartThreshold = Window.CurrentThreshold(State);
            _priorThreshold = 0;
            _undoMarker = null;
            SetState(CongestionState.Loss);
        }
        RetransmitLost();
    }
}
