using System.Diagnostics;

namespace Slipway.Stack;

/// <summary>What must hold of the counts whatever came in. A debug build asks after each acknowledgment and each timer (as Linux does with tcp_verify_left_out).</summary>
internal sealed partial class TcpSender
{
    /// <summary>Queues longer than this are not walked each time.</summary>
    private const uint VerifiedLength = 1024;

    [Conditional("DEBUG")]
    private void VerifyCounts()
    {
        Hold(SackedOut + LostOut <= PacketsOut, "more has left the network than was sent");
        Hold(RetransmittedOut <= PacketsOut, "more is retransmitted than was sent");
        Hold(!SequenceNumber.After(SndUna, SndNxt) && !SequenceNumber.After(SndNxt, WriteSeq), "the sequence numbers are out of order");
        if (PacketsOut > VerifiedLength) return;
        uint sent = 0, sacked = 0, lost = 0, retransmitted = 0;
        int memory = 0;
        bool isSent = true;
        uint next = Queue.First?.Sequence ?? SndUna;
        for (TcpSegment? segment = Queue.First; segment is not null; segment = segment.Next)
        {
            Hold(segment.Sequence == next, "the queue has a gap");
            next = segment.EndSequence;
            memory += segment.Memory;
            if (ReferenceEquals(segment, Queue.FirstUnsent)) isSent = false;
            if (!isSent)
            {
                Hold(segment.Marks == SegmentMarks.None, "what was not sent is marked");
                continue;
            }
            uint count = (uint)segment.Count;
            sent += count;
            if (segment.Has(SegmentMarks.Sacked)) sacked += count;
            if (segment.Has(SegmentMarks.Lost)) lost += count;
            if (segment.Has(SegmentMarks.Retransmitted)) retransmitted += count;
            Hold(!segment.Has(SegmentMarks.Sacked) || !segment.Has(SegmentMarks.Lost), "what arrived is marked lost");
        }
        Hold(sent == PacketsOut, "PacketsOut is not what the queue says");
        Hold(!IsSack || sacked == SackedOut, "SackedOut is not what the queue says");
        Hold(lost == LostOut, "LostOut is not what the queue says");
        Hold(retransmitted == RetransmittedOut, "RetransmittedOut is not what the queue says");
        Hold(memory == Memory, "Memory is not what the queue says");
        Hold(PacketsOut == 0 || _connection.State == TcpState.Closed || Timer != SenderTimer.None, "data are under way and no timer runs");
    }

    private void Hold(bool condition, string what)
        => Debug.Assert(condition, $"{what}: {State}, out {PacketsOut}, sacked {SackedOut}, lost {LostOut}, retransmitted {RetransmittedOut}, memory {Memory}, una {SndUna - Iss}, nxt {SndNxt - Iss}, write {WriteSeq - Iss}");
}
