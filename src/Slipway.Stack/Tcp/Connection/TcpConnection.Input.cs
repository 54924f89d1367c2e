using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>What an arriving segment does to a connection (RFC 9293 §3.10.7, Linux tcp_rcv_state_process).</summary>
internal sealed partial class TcpConnection
{
    /// <inheritdoc/>
    public override void Receive(ref TcpArrival segment)
    {
        if (MinimumTtl > segment.HopLimit)
        {
            Count(TcpExtCounter.TCPMinTTLDrop);
            return;
        }
        if (!IsAuthentic(segment)) return;
        if (Filter is { } filter && !segment.Passes(filter, this))
        {
            FilterDrops++;
            return;
        }
        if (!IsIPv4 && Socket is { TracksHeaders: true } socket) ProcessWithHeaders(socket, ref segment);
        else Process(ref segment);
    }

    /// <summary>As <see cref="Process"/>, and the socket hears of the headers if the segment was the next in turn (Linux tcp_v6_do_rcv).</summary>
    private void ProcessWithHeaders(TcpSocket socket, ref TcpArrival segment)
    {
        KeptHeaders? headers = KeptHeaders.OfSegment(segment, socket.Flags);
        uint end = segment.EndSequence;
        Process(ref segment);
        if (end == Receiver.RcvNxt && State is not (TcpState.Closed or TcpState.Listen)) socket.NoteHeaders(segment, headers);
    }

    /// <summary>SO_ATTACH_FILTER: judges segments before the connection sees them.</summary>
    public PacketProgram? Filter;

    /// <summary>Segments that the filter did not want.</summary>
    public uint FilterDrops;

    /// <summary>Takes a segment that was judged already.</summary>
    public void Process(ref TcpArrival segment)
    {
        Receiver.SegmentsIn += (uint)SegmentsOf(segment);
        if (segment.Length > 0) Receiver.DataSegmentsIn += (uint)SegmentsOf(segment);
        switch (State)
        {
            case TcpState.Closed or TcpState.Listen:
                return;
            case TcpState.SynSent:
                ReceiveInSynSent(ref segment);
                return;
            default:
                ReceiveSynchronized(ref segment);
                return;
        }
    }

    /// <summary>IP_MINTTL, IPV6_MINHOPCOUNT.</summary>
    public byte MinimumTtl;

    private static int SegmentsOf(in TcpArrival segment)
        => segment.Packet is { SegmentSize: > 0 } packet ? (segment.Length + packet.SegmentSize - 1) / packet.SegmentSize : 1;

    private void ReceiveSynchronized(ref TcpArrival segment)
    {
        if (!IsAcceptable(ref segment)) return;
        // RFC 9293: a segment without ACK is dropped here.
        if (!segment.Has(TcpFlags.Ack)) return;
        if (State == TcpState.SynReceived && !Between(segment.Acknowledgment, Sender.SndUna + 1, Sender.SndNxt))
        {
            // RFC 9293 §3.10.7.4, fifth check: our SYN must be what it acknowledges.
            SendResetFor(segment);
            return;
        }
        if ((segment.Tos & EcnBits) != 0) CountEcn(segment);
        TakeEcnBits(segment);
        bool isPredicted = IsPredicted(segment);
        if (!Sender.TakeAck(ref segment, out AckFlags result))
        {
            if (After(segment.Acknowledgment, Sender.SndNxt)) SendChallengeAck();
            return;
        }
        if (!IsAlive || !AdvanceState(ref segment)) return;
        Receiver.TakeUrgent(segment, Socket?.Has(SocketFlags.OutOfBandInline) == true);
        if (!TakeData(ref segment) || !IsAlive) return;
        if (!isPredicted) Sender.PushAfterAck();
        if ((result & AckFlags.Acked) != 0) Socket?.OnSpace();
        Receiver.AcknowledgeAsNeeded(mayBeEarly: true);
    }

    /// <summary>Whether a segment is nothing but the next data (RFC 1323's header prediction, Linux tcp_rcv_established): then what MSG_MORE holds back stays.</summary>
    private bool IsPredicted(in TcpArrival segment)
        => State == TcpState.Established && segment.Length > 0 && segment.Sequence == Receiver.RcvNxt && segment.Acknowledgment == Sender.SndUna
            && (segment.Flags & ~TcpFlags.Psh) == TcpFlags.Ack && (uint)segment.Window << SndScale == Sender.SndWnd && !Receiver.HasEarly && Receiver.Urgent == UrgentState.None;

    /// <summary>Our SYN, our data or our FIN may have been acknowledged: the next state.</summary>
    /// <returns>False: the segment is done with.</returns>
    private bool AdvanceState(ref TcpArrival segment)
    {
        switch (State)
        {
            case TcpState.SynReceived:
                EstablishFromSynReceived(segment);
                return true;
            case TcpState.FinWait1 when Sender.SndUna == Sender.WriteSeq:
                SetState(TcpState.FinWait2);
                IsSendShut = true;
                if (HasSocket)
                {
                    Socket!.OnStateChanged();
                    return true;
                }
                return WaitForFinAsOrphan(ref segment);
            case TcpState.Closing when Sender.SndUna == Sender.WriteSeq:
                EnterTimeWait(TcpState.TimeWait, TimeWaitLength);
                return false;
            case TcpState.LastAck when Sender.SndUna == Sender.WriteSeq:
                RememberMetrics();
                Finish();
                return false;
            default:
                return true;
        }
    }

    private bool WaitForFinAsOrphan(ref TcpArrival segment)
    {
        if (LingerSeconds < 0)
        {
            Count(TcpExtCounter.TCPAbortOnData);
            SendResetFor(segment);
            Finish();
            return false;
        }
        bool hasFin = segment.Has(TcpFlags.Fin);
        if (segment.Sequence != segment.EndSequence && After(segment.EndSequence - (hasFin ? 1u : 0u), Receiver.RcvNxt))
        {
            // Data for a program that has closed: RFC 9293 §3.6.1 wants a reset.
            Count(TcpExtCounter.TCPAbortOnData);
            SendResetFor(segment);
            Finish();
            return false;
        }
        long time = FinWait2Time;
        if (time > TimeWaitLength) StartKeepAlive(time - TimeWaitLength);
        else if (hasFin) StartKeepAlive(time);
        else
        {
            EnterTimeWait(TcpState.FinWait2, time);
            return false;
        }
        return true;
    }

    /// <returns>False: the connection was reset because of data that nobody will read.</returns>
    private bool TakeData(ref TcpArrival segment)
    {
        // The peer has sent its FIN: nothing new can follow it.
        if (State is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck && !Before(segment.Sequence, Receiver.RcvNxt)) return true;
        if (State != TcpState.Established && IsReceiveShut && segment.Sequence != segment.EndSequence
            && After(segment.EndSequence - (segment.Has(TcpFlags.Fin) ? 1u : 0u), Receiver.RcvNxt))
        {
            Count(TcpExtCounter.TCPAbortOnData);
            SendResetFor(segment);
            TakeReset();
            return false;
        }
        Receiver.TakeData(ref segment);
        return true;
    }

    /// <summary>RFC 9293 §3.10.7.4, first to fourth check, with RFC 5961 and RFC 7323 (Linux tcp_validate_incoming).</summary>
    private bool IsAcceptable(ref TcpArrival segment)
    {
        if (IsSynAgain(segment))
        {
            if (!IsLimited(Sysctl)) Sender.ResendFirst();
            return false;
        }
        if (segment.HasTimestamps && TimestampsOk && !segment.Has(TcpFlags.Rst) && IsFromThePast(segment))
        {
            if (segment.Has(TcpFlags.Syn))
            {
                ChallengeSyn();
                return false;
            }
            Count(TcpExtCounter.PAWSEstab);
            AnswerUnacceptable(segment, TcpExtCounter.TCPACKSkippedPAWS);
            return false;
        }
        if (!IsInWindow(segment))
        {
            if (!segment.Has(TcpFlags.Rst))
            {
                if (segment.Has(TcpFlags.Syn)) ChallengeSyn();
                else AnswerUnacceptable(segment, TcpExtCounter.TCPACKSkippedSeq);
            }
            else if (IsResetAfterFin(segment)) TakeReset();
            return false;
        }
        if (segment.Has(TcpFlags.Rst))
        {
            // RFC 5961 §3.2: only a reset at exactly the next number is believed; Linux also takes one at the end of what is reported as received.
            if (segment.Sequence == Receiver.RcvNxt || IsResetAfterFin(segment) || Receiver.IsEndOfEarly(segment.Sequence)) TakeReset();
            else SendChallengeAck();
            return false;
        }
        if (!segment.Has(TcpFlags.Syn)) return true;
        if (State == TcpState.SynReceived && segment.Has(TcpFlags.Ack) && segment.Sequence + 1 == segment.EndSequence
            && segment.Sequence + 1 == Receiver.RcvNxt && Receiver.RcvNxt == Receiver.Irs + 1 && segment.Acknowledgment == Sender.SndNxt)
        {
            // The other half of a simultaneous open (RFC 9293 §3.5, figure 7).
            segment.Flags &= ~TcpFlags.Syn;
            segment.Sequence++;
            return true;
        }
        ChallengeSyn();
        return false;
    }

    private void ChallengeSyn()
    {
        Count(TcpExtCounter.TCPSYNChallenge);
        SendChallengeAck();
    }

    private bool IsInWindow(in TcpArrival segment)
        => !Before(segment.EndSequence, Receiver.RcvWup) && !After(segment.Sequence, Receiver.RcvNxt + Receiver.ReceiveWindow);

    /// <summary>A reset that the peer numbered by what it knew before our acknowledgment of its FIN came.</summary>
    private bool IsResetAfterFin(in TcpArrival segment)
        => segment.Sequence == Receiver.RcvNxt - 1 && State is TcpState.CloseWait or TcpState.LastAck or TcpState.Closing;

    /// <summary>PAWS (RFC 7323 §5.3): a timestamp older than what was seen is of an earlier life of the numbers, or of a copy.</summary>
    private bool IsFromThePast(in TcpArrival segment)
    {
        int age = (int)(RecentTimestamp - segment.TimestampValue);
        if (age <= 0 || IsRecentTimestampOld || RecentTimestamp == 0) return false;
        // A pure acknowledgment that was overtaken does no harm.
        bool isDisordered = segment.Has(TcpFlags.Ack) && segment.Sequence == segment.EndSequence && segment.Sequence == Receiver.RcvNxt
            && segment.Acknowledgment == Sender.SndUna && ((uint)segment.Window << SndScale) == Sender.SndWnd
            && age <= Sender.Rto / StackClock.Millisecond;
        return !isDisordered;
    }

    private void AnswerUnacceptable(in TcpArrival segment, TcpExtCounter skipped)
    {
        bool hasNothing = segment.Sequence == segment.EndSequence;
        if (hasNothing && IsLimited(Sysctl))
        {
            Count(skipped);
            return;
        }
        Receiver.AnswerOldData(segment.Sequence, segment.EndSequence, segment.FlowLabel);
        SendAck();
    }

    private void TakeEcnBits(in TcpArrival segment)
    {
        if (!EcnOk || !segment.Has(TcpFlags.Cwr)) return;
        _echoesMark = false;
        if (segment.Length > 0) Receiver.ScheduleAckNow();
    }

    // What the halves report.

    public void OnDataArrived() => Socket?.OnReadable();

    public void OnUrgentNotice() => Socket?.OnUrgentNotice();

    public void OnUrgentByte() => Socket?.OnReadable();
}
