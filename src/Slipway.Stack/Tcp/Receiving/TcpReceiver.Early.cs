using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>Data out of order: kept, reported by SACK, taken over when the gap closes.</summary>
internal sealed partial class TcpReceiver
{
    private EarlyData? _early;

    /// <summary>Whether a FIN is all that waits behind a gap.</summary>
    public bool HasOnlyEarlyFin => _early is { First: { HasFin: true } first } early && ReferenceEquals(first, early.Last);

    /// <summary>Whether data waits behind a gap.</summary>
    public bool HasEarly => _early is { First: not null };

    /// <summary>Segments out of order so far, for TCP_INFO (tcpi_rcv_ooopack).</summary>
    public uint EarlyCount { get; private set; }

    /// <summary>Blocks that the next acknowledgment has to report, a duplicate included.</summary>
    public int SackCount => _early is null ? 0 : _early.BlockCount + (_early.HasDuplicate ? 1 : 0);

    /// <summary>The blocks of an acknowledgment that is sent now.</summary>
    public SackBlocks TakeSackReport(int room)
    {
        SackBlocks blocks = _early!.Report(room);
        _early.ForgetDuplicate();
        return blocks;
    }

    /// <summary>Takes data that came early (Linux tcp_data_queue_ofo): overlaps keep what came first.</summary>
    private void TakeEarly(ref TcpArrival segment)
    {
        CutToWindow(ref segment);
        if (segment.Sequence == segment.EndSequence) return;
        TakeEcnMark(segment);
        if (Memory > Buffer && !MakeRoom())
        {
            _connection.Count(TcpExtCounter.TCPOFODrop);
            ScheduleAck();
            return;
        }
        EarlyData early = _early ??= NewEarlyData();
        EarlyCount++;
        _connection.Count(TcpExtCounter.TCPOFOQueue);
        ScheduleAck();
        EarlySegment? after = early.FindUpTo(segment.Sequence);
        if (after is not null && Before(segment.Sequence, after.EndSequence))
        {
            if (!After(segment.EndSequence, after.EndSequence))
            {
                _connection.Count(TcpExtCounter.TCPOFOMerge);
                NoteDuplicate(segment.Sequence, segment.EndSequence);
                if (_connection.SackOk) early.NoteBlock(after.Sequence, after.EndSequence);
                return;
            }
            NoteDuplicate(segment.Sequence, after.EndSequence);
            segment.TrimStart((int)Math.Min(after.EndSequence - segment.Sequence, (uint)segment.Length));
            segment.Sequence = after.EndSequence;
        }
        InsertEarly(early, ref segment, after);
    }

    private void InsertEarly(EarlyData early, ref TcpArrival segment, EarlySegment? after)
    {
        EarlySegment? next = after is null ? early.First : after.Next;
        while (next is not null && !Before(segment.EndSequence, next.EndSequence))
        {
            // Covered by the new one, which may have more.
            EarlySegment covered = next;
            next = next.Next;
            early.ExtendDuplicateIf(_connection.ReportsDuplicates, covered.Sequence, covered.EndSequence);
            _connection.Count(TcpExtCounter.TCPOFOMerge);
            DropEarly(early, covered);
        }
        bool hasFin = segment.Has(TcpFlags.Fin);
        if (next is not null && After(segment.EndSequence, next.Sequence))
        {
            early.ExtendDuplicateIf(_connection.ReportsDuplicates, next.Sequence, segment.EndSequence);
            int excess = (int)(segment.EndSequence - next.Sequence);
            if (hasFin)
            {
                hasFin = false;
                excess--;
            }
            segment.Packet!.TrimEnd(excess);
            segment.Length -= excess;
            segment.EndSequence = next.Sequence;
            if (segment.Length == 0)
            {
                // The neighbours on both sides have all of it.
                _connection.Count(TcpExtCounter.TCPOFOMerge);
                if (_connection.SackOk) early.NoteBlock(next.Sequence, next.EndSequence);
                return;
            }
        }
        uint left = segment.Sequence, right = segment.EndSequence;
        if (!TryAppendEarly(after, ref segment, hasFin))
        {
            EarlySegment kept = _connection.Layer.RentEarly();
            kept.Sequence = left;
            kept.EndSequence = right;
            kept.HasFin = hasFin;
            if (segment.Length > 0)
            {
                kept.Data = segment.Take();
                Charge(kept.Data);
            }
            early.InsertBefore(next, kept);
        }
        if (!_connection.SackOk) return;
        if (early.WouldCrowd(left, right))
        {
            SendCompressed(early);
            ScheduleAck();
        }
        early.NoteBlock(left, right);
    }

    /// <summary>Small pieces that follow each other share a buffer.</summary>
    private static bool TryAppendEarly(EarlySegment? before, ref TcpArrival segment, bool hasFin)
    {
        if (before is not { Data: { } data, HasFin: false } || before.EndSequence != segment.Sequence || segment.Length == 0) return false;
        if (segment.Length >= SmallData || segment.Length > data.Tailroom || data.IsShared) return false;
        data.Append(segment.Packet!.Span);
        before.EndSequence = segment.EndSequence;
        before.HasFin = hasFin;
        return true;
    }

    /// <summary>The gap has closed: what fits behind it moves to the program's queue (Linux tcp_ofo_queue).</summary>
    private void TakeEarlyThatFits()
    {
        EarlyData early = _early!;
        bool hadEarly = early.First is not null;
        while (early.First is { } segment && !After(segment.Sequence, RcvNxt))
        {
            if (Before(segment.Sequence, RcvNxt)) early.ExtendDuplicateIf(_connection.ReportsDuplicates, segment.Sequence, Min(RcvNxt, segment.EndSequence));
            if (!After(segment.EndSequence, RcvNxt))
            {
                DropEarly(early, segment);
                continue;
            }
            if (segment.Data is { } data)
            {
                Discharge(data);
                int known = (int)Math.Min(RcvNxt - segment.Sequence, (uint)data.Length);
                if (known > 0) data.TrimStart(known);
                segment.Data = null;
                Enqueue(data, data.Length);
            }
            RcvNxt = segment.EndSequence;
            bool hasFin = segment.HasFin;
            early.Remove(segment);
            _connection.Layer.ReturnEarly(segment);
            if (!hasFin) continue;
            TakeFin();
            break;
        }
        early.ForgetBlocksBefore(RcvNxt);
        // RFC 5681 §4.2: a segment that fills a gap is acknowledged at once.
        if (hadEarly) ScheduleAckNow();
    }

    private void DropEarly(EarlyData early, EarlySegment segment)
    {
        early.Remove(segment);
        if (segment.Data is { } data)
        {
            Discharge(data);
            data.Release();
            segment.Data = null;
        }
        _connection.Layer.ReturnEarly(segment);
    }

    private EarlyData NewEarlyData() => new(_connection.Host.Random.NextUInt32());

    private void ClearEarly()
    {
        if (_early is not { } early) return;
        while (early.First is { } segment) DropEarly(early, segment);
        early.Reset();
    }

    /// <summary>RFC 2883: what was received twice is reported with the next acknowledgment.</summary>
    private void NoteDuplicate(uint left, uint right)
    {
        if (!_connection.ReportsDuplicates) return;
        _connection.Count(Before(left, RcvNxt) ? TcpExtCounter.TCPDSACKOldSent : TcpExtCounter.TCPDSACKOfoSent);
        (_early ??= NewEarlyData()).SetDuplicate(left, right);
    }

    /// <summary>Whether a reset is numbered by the end of what was reported as received (RFC 5961 as Linux extends it).</summary>
    public bool IsEndOfEarly(uint sequence)
    {
        if (_early?.First is null || !_connection.SackOk) return false;
        uint end = _early.Last!.EndSequence;
        return sequence == end;
    }

    /// <summary>A segment that was not acceptable may be a copy of what was received: the answer reports it (Linux tcp_send_dupack).</summary>
    public void AnswerOldData(uint left, uint right, int flowLabel)
    {
        if (left == right || !Before(left, RcvNxt)) return;
        _connection.Count(TcpExtCounter.DelayedACKLost);
        EnterQuickAck(MaxQuickAcks);
        if (_connection.ReportsDuplicates) _connection.ChoosePathAfterDuplicate(flowLabel);
        NoteDuplicate(left, After(right, RcvNxt) ? RcvNxt : right);
    }
}
