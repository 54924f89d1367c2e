using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>Selective acknowledgments: which of the segments under way have arrived (RFC 2018, RFC 2883, RFC 6675).</summary>
internal sealed partial class TcpSender
{
    private uint _highestSack;

    public bool IsSack => _connection.SackOk;

    /// <summary>Behind the highest data that was selectively acknowledged.</summary>
    private uint HighestSack => SackedOut == 0 || !IsSack ? SndUna : _highestSack;

    private void TakeSacks(in TcpArrival segment, ref AckReading reading)
    {
        uint ack = segment.Acknowledgment;
        SackBlocks blocks = segment.Sack;
        bool hasDuplicate = IsDuplicate(blocks, ack);
        if (hasDuplicate) NoteDuplicate(blocks[0], ref reading);
        // So old that the report may be of another life of the numbers.
        if (Before(ack, reading.PriorUna - MaxWindow) || PacketsOut == 0) return;
        SackBlocks known = SackedOut == 0 || _reports is null ? default : _reports.Known;
        Span<SackBlock> valid = stackalloc SackBlock[SackBlocks.MaximumCount];
        int count = 0;
        for (int i = hasDuplicate ? 1 : 0; i < blocks.Count; i++)
        {
            SackBlock block = blocks[i];
            if (!IsValid(block))
            {
                _connection.Count(TcpExtCounter.TCPSACKDiscard);
                continue;
            }
            if (!After(block.Right, SndUna)) continue;
            MarkBlock(block, known, ref reading);
            valid[count++] = block;
        }
        (_reports ??= new SackReports()).Known = new SackBlocks(valid[..count]);
        if (hasDuplicate) MarkDuplicate(blocks[0], ref reading);
        if (Before(reading.Reordered, HighestSack)) NoteReordering(reading.Reordered);
    }

    /// <summary>The first block is a duplicate if it lies below the acknowledgment, or within the second block (RFC 2883 §4).</summary>
    private static bool IsDuplicate(in SackBlocks blocks, uint ack)
    {
        SackBlock first = blocks[0];
        if (Before(first.Left, ack)) return true;
        return blocks.Count > 1 && !After(first.Right, blocks[1].Right) && !Before(first.Left, blocks[1].Left);
    }

    private bool IsValid(SackBlock block)
        => Before(block.Left, block.Right) && !After(block.Right, SndNxt) && Before(block.Left, SndNxt) && After(block.Left, SndUna);

    private void NoteDuplicate(SackBlock block, ref AckReading reading)
    {
        if (!Before(block.Left, block.Right) || After(block.Right, SndNxt)) return;
        reading.Flags |= AckFlags.DuplicateSack;
        uint packets = Math.Max(1, (block.Right - block.Left + (uint)Mss - 1) / (uint)Mss);
        _connection.Count(TcpExtCounter.TCPDSACKRecv);
        _connection.Count(TcpExtCounter.TCPDSACKRecvSegs, (int)Math.Min(packets, 1 << 16));
        if (_probeIsRetransmission && _probeHighSeq == block.Right) reading.Flags |= AckFlags.ProbeDuplicate;
        // Only as many as were sent again can be needless: more is the network's duplication, or a lie.
        if (DuplicateSacks + packets > TotalRetransmitted)
        {
            _connection.Count(TcpExtCounter.TCPDSACKIgnoredDubious);
            return;
        }
        DuplicateSacks += packets;
        _rack.DsackSeen = true;
        if (!After(block.Right, reading.PriorUna) && _undoRetransmitted > 0 && _undoMarker is { } marker && After(block.Right, marker))
            _undoRetransmitted = (int)Math.Max(0, _undoRetransmitted - packets);
    }

    // Most connections never lose anything: null until the first report.
    private SackReports? _reports;

    /// <summary>Marks what a block covers, as far as the last report did not cover it.</summary>
    private void MarkBlock(SackBlock block, SackBlocks known, ref AckReading reading)
    {
        uint at = Max(block.Left, SndUna);
        while (Before(at, block.Right))
        {
            uint end = block.Right;
            bool isKnown = false;
            for (int i = 0; i < known.Count; i++)
            {
                SackBlock other = known[i];
                if (!After(other.Left, at) && After(other.Right, at))
                {
                    at = other.Right;
                    isKnown = true;
                    break;
                }
                if (After(other.Left, at) && Before(other.Left, end)) end = other.Left;
            }
            if (isKnown) continue;
            MarkRange(block, at, end, ref reading);
            at = end;
        }
    }

    private void MarkRange(SackBlock block, uint from, uint to, ref AckReading reading)
    {
        for (TcpSegment? segment = FirstFrom(from); segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent) && Before(segment.Sequence, to); segment = segment.Next)
        {
            if (!After(segment.EndSequence, block.Left) || segment.Has(SegmentMarks.Sacked)) continue;
            TcpSegment? covered = CutToBlock(segment, block);
            if (covered is not null) MarkSacked(covered, ref reading);
        }
    }

    /// <summary>The segment under way with which a walk from a number begins.</summary>
    private TcpSegment? FirstFrom(uint sequence)
    {
        ref SentIndex index = ref (_reports ??= new SackReports()).Index;
        if (PacketsOut > ShortWalk && !index.IsActive) index.Build(Queue);
        TcpSegment? segment = (index.IsActive ? index.FindUpTo(sequence) : null) ?? Queue.FirstSent;
        while (segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent) && !After(segment.EndSequence, sequence)) segment = segment.Next;
        return segment;
    }

    /// <summary>With so few segments under way a walk is as quick.</summary>
    private const int ShortWalk = 32;

    /// <summary>What of a segment lies in a block, whole segments of the wire only: a piece that stands for several is cut (tcp_match_skb_to_sack).</summary>
    private TcpSegment? CutToBlock(TcpSegment segment, SackBlock block)
    {
        bool startsInside = !After(block.Left, segment.Sequence);
        bool endsInside = !Before(block.Right, segment.EndSequence);
        if (startsInside && endsInside) return segment;
        if (segment.Count <= 1 || segment.Length == 0) return null;
        int size = segment.Size;
        if (!startsInside)
        {
            int head = (int)(block.Left - segment.Sequence);
            // Cut behind the segment in which the block begins: of that only a part arrived, which the receiver will be sent again.
            head = (head + size - 1) / size * size;
            if (head >= segment.Length) return null;
            segment = CutSent(segment, head, size);
            endsInside = !Before(block.Right, segment.EndSequence);
        }
        if (endsInside) return segment;
        int length = (int)(block.Right - segment.Sequence) / size * size;
        if (length <= 0) return null;
        if (length < segment.Length) CutSent(segment, length, size);
        return segment;
    }

    /// <summary>Cuts a segment that is under way, with its counts.</summary>
    /// <param name="segment">It keeps the first part.</param>
    /// <param name="length">Bytes of the first part.</param>
    /// <param name="size">Segment size by which both parts are counted.</param>
    /// <returns>The rest.</returns>
    private TcpSegment CutSent(TcpSegment segment, int length, int size)
    {
        int before = segment.Count;
        TcpSegment rest = Split(segment, length);
        Queue.InsertAfter(segment, rest);
        if (segment.IsInSentOrder) _order.InsertAfter(segment, rest);
        SetSize(segment, size);
        SetSize(rest, size);
        rest.Order = segment.Order;
        segment.Order -= (uint)rest.Count;
        int grown = segment.Count + rest.Count - before;
        if (grown != 0) AdjustCounts(segment, grown);
        return rest;
    }

    private void AdjustCounts(TcpSegment segment, int packets)
    {
        PacketsOut = (uint)(PacketsOut + packets);
        if (segment.Has(SegmentMarks.Sacked)) SackedOut = (uint)(SackedOut + packets);
        if (segment.Has(SegmentMarks.Retransmitted)) RetransmittedOut = (uint)(RetransmittedOut + packets);
        if (segment.Has(SegmentMarks.Lost)) LostOut = (uint)(LostOut + packets);
    }

    private void MarkSacked(TcpSegment segment, ref AckReading reading)
    {
        long now = _connection.Now;
        uint packets = (uint)segment.Count;
        _rack.Advance(segment.Has(SegmentMarks.EverRetransmitted), segment.SentAt, segment.Order, now, Rtt.MinRtt);
        if (segment.Has(SegmentMarks.Retransmitted))
        {
            // The retransmission may still be under way; what counts is that the data are there.
            if (segment.Has(SegmentMarks.Lost))
            {
                segment.Marks &= ~(SegmentMarks.Lost | SegmentMarks.Retransmitted);
                LostOut -= packets;
                RetransmittedOut -= packets;
            }
        }
        else
        {
            if (!segment.Has(SegmentMarks.EverRetransmitted))
            {
                // New data fills a hole below what was reported before: it was overtaken, not lost.
                if (Before(segment.Sequence, HighestSack) && Before(segment.Sequence, reading.Reordered)) reading.Reordered = segment.Sequence;
                if (!After(segment.EndSequence, _highSeq)) reading.Flags |= AckFlags.OriginalAcked;
                if (reading.FirstSackedAt < 0) reading.FirstSackedAt = segment.SentAt;
                reading.LastSackedAt = segment.SentAt;
            }
            if (segment.Has(SegmentMarks.Lost))
            {
                segment.Marks &= ~SegmentMarks.Lost;
                LostOut -= packets;
            }
        }
        segment.Marks |= SegmentMarks.Sacked;
        reading.Flags |= AckFlags.DataSacked;
        uint highest = HighestSack;
        SackedOut += packets;
        _highestSack = Max(highest, segment.EndSequence);
        CountDelivered(packets, (reading.Flags & AckFlags.EcnEcho) != 0);
        TakeRate(segment, ref reading);
        _order.Remove(segment);
    }

    /// <summary>What came twice within the window: its retransmission is no longer under way.</summary>
    private void MarkDuplicate(SackBlock block, ref AckReading reading)
    {
        for (TcpSegment? segment = FirstFrom(block.Left); segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent) && Before(segment.Sequence, block.Right); segment = segment.Next)
        {
            if (Before(segment.Sequence, block.Left) || After(segment.EndSequence, block.Right) || !segment.Has(SegmentMarks.Retransmitted)) continue;
            if (_undoMarker is { } marker && _undoRetransmitted > 0 && After(segment.EndSequence, marker)) _undoRetransmitted = Math.Max(0, _undoRetransmitted - segment.Count);
            if (segment.Has(SegmentMarks.Sacked) && Before(segment.Sequence, reading.Reordered)) reading.Reordered = segment.Sequence;
            segment.Marks &= ~SegmentMarks.Retransmitted;
            RetransmittedOut -= (uint)segment.Count;
        }
    }

    /// <summary>Data arrived later than others that were sent after it: how far apart they were is how much reordering is to be expected (tcp_check_sack_reordering).</summary>
    private void NoteReordering(uint low)
    {
        uint high = HighestSack;
        if (!Before(low, high)) return;
        uint distance = high - low;
        if (distance > Reordering * (uint)Mss)
            Reordering = Math.Min((distance + (uint)Mss - 1) / (uint)Mss, (uint)_connection.Sysctl.MaxReordering.Value);
        ReorderingSeen++;
        _connection.Count(TcpExtCounter.TCPSACKReorder);
    }

    // Without SACK, duplicate acknowledgments are counted as if each reported one segment (RFC 5681 §3.2).

    private void AddRenoSack(int duplicates, bool isMarked)
    {
        if (duplicates == 0) return;
        uint before = SackedOut;
        SackedOut += (uint)duplicates;
        CheckRenoReordering(0);
        if (SackedOut > before) CountDelivered(SackedOut - before, isMarked);
    }

    private void ForgetRenoSacks(uint acked, bool isMarked)
    {
        if (acked > 0)
        {
            CountDelivered(Math.Max(acked > SackedOut ? acked - SackedOut : 0, 1), isMarked);
            SackedOut = acked - 1 >= SackedOut ? 0 : SackedOut - (acked - 1);
        }
        CheckRenoReordering(acked);
    }

    /// <summary>More duplicates than segments under way: the network duplicates, or reorders more than was thought.</summary>
    private void CheckRenoReordering(uint acked)
    {
        if (!LimitRenoSacks()) return;
        Reordering = Math.Min(PacketsOut + acked, (uint)_connection.Sysctl.MaxReordering.Value);
        ReorderingSeen++;
        _connection.Count(TcpExtCounter.TCPRenoReorder);
    }

    /// <summary>No more can have arrived than is neither lost nor missing.</summary>
    private bool LimitRenoSacks()
    {
        uint holes = Math.Min(Math.Max(LostOut, 1), PacketsOut);
        if (SackedOut + holes <= PacketsOut) return false;
        SackedOut = PacketsOut - holes;
        return true;
    }
}
