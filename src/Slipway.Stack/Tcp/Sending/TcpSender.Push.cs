using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>What may be sent now: by the congestion window, the peer's window, and Nagle's algorithm (Linux tcp_write_xmit).</summary>
internal sealed partial class TcpSender
{
    private const int LossProbe = 2;

    /// <summary>Sends what may be sent, and sees to it that what may not is tried again (__tcp_push_pending_frames).</summary>
    public void PushPending(NagleMode nagle)
    {
        if (Queue.FirstUnsent is null || _connection.State == TcpState.Closed) return;
        if (Transmit(CurrentMss, nagle, 0)) ArmProbeIfIdle();
    }

    /// <summary>Sends what may be sent, with or without Nagle's algorithm.</summary>
    public void Push(bool nagle) => PushPending(nagle ? _connection.Nagle : NagleMode.Push);

    /// <summary>After an acknowledgment: windows may have opened (tcp_data_snd_check).</summary>
    public void PushAfterAck()
    {
        if (Queue.FirstUnsent is not null) PushPending(_connection.Nagle);
    }

    private void PushOne() => Transmit(CurrentMss, NagleMode.Push, 1);

    /// <param name="mss">A full segment.</param>
    /// <param name="nagle">What holds small segments back.</param>
    /// <param name="pushOne">1 to send one piece; <see cref="LossProbe"/> to send one even against the congestion window; 0 for all.</param>
    /// <returns>Whether nothing is under way though data wait: only a probe can get the peer to open its window.</returns>
    private bool Transmit(int mss, NagleMode nagle, int pushOne)
    {
        bool isLimited = false, isPeerLimited = false;
        uint sent = 0;
        long now = _connection.Now;
        if (pushOne == 0 && _connection.IsProbingMtu)
        {
            MtuProbe probe = SendMtuProbe(mss, now);
            if (probe == MtuProbe.Waits) return false;
            if (probe == MtuProbe.Sent) sent = 1;
        }
        uint most = MostSegments(mss);
        while (Queue.FirstUnsent is { } segment)
        {
            if (MustWaitForPace(now)) break;
            uint quota = Window.Window > InFlight ? Window.Window - InFlight : 0;
            if (quota == 0)
            {
                isLimited = true;
                if (pushOne != LossProbe) break;
                quota = 1;
            }
            quota = Math.Min(quota, most);
            SetSize(segment, mss);
            int count = segment.Count;
            if (!FitsPeerWindow(segment, mss))
            {
                isPeerLimited = true;
                break;
            }
            if (count == 1)
            {
                bool isLast = ReferenceEquals(segment, Queue.Last);
                if (!PassesNagle(segment, mss, isLast ? nagle : NagleMode.Push)) break;
            }
            int limit = mss;
            if (count > 1 && !IsUrgent) limit = SplitPoint(segment, mss, quota, nagle);
            if (segment.Length > limit) CutUnsent(segment, limit, mss);
            SendNew(segment, mss, now);
            sent += (uint)segment.Count;
            if (pushOne != 0) break;
        }
        if (isPeerLimited) BeginLimit(SendLimit.PeerWindow);
        else EndLimit(SendLimit.PeerWindow);
        isLimited |= InFlight >= Window.Window;
        if (sent == 0)
        {
            if (isLimited) ValidateWindow(isLimited, now);
            return PacketsOut == 0 && Queue.FirstUnsent is not null;
        }
        if (IsReducing) _reduction.OnSent(sent);
        if (pushOne != LossProbe) ScheduleLossProbe(advancing: false);
        ValidateWindow(isLimited, now);
        return false;
    }

    private static int CountOf(int length, int mss) => length <= mss ? 1 : (length + mss - 1) / mss;

    /// <summary>How many segments of a size a piece stands for.</summary>
    private static void SetSize(TcpSegment segment, int size)
    {
        segment.Size = size;
        segment.Count = CountOf(segment.Length, size);
    }

    /// <summary>Whether the first full segment of a piece fits the peer's window (tcp_snd_wnd_test).</summary>
    private bool FitsPeerWindow(TcpSegment segment, int mss)
    {
        uint end = segment.EndSequence;
        if (segment.Length > mss) end = segment.Sequence + (uint)mss;
        return !After(end, WindowEnd);
    }

    private bool PassesNagle(TcpSegment segment, int mss, NagleMode nagle)
    {
        if ((nagle & NagleMode.Push) != 0) return true;
        if (IsUrgent || (segment.Flags & TcpFlags.Fin) != 0) return true;
        if (segment.Length >= mss) return true;
        if ((nagle & NagleMode.Cork) != 0) return false;
        // Minshall: a small segment waits only for another small one.
        bool smallIsOut = After(SndSml, SndUna) && !After(SndSml, SndNxt);
        return (nagle & NagleMode.Off) != 0 || PacketsOut == 0 || !smallIsOut;
    }

    /// <summary>How much of a long piece may go: full segments, but for its end (tcp_mss_split_point).</summary>
    private int SplitPoint(TcpSegment segment, int mss, uint quota, NagleMode nagle)
    {
        uint window = WindowEnd - segment.Sequence;
        long most = Math.Min((long)quota * mss, TcpConnection.LargestPayload / mss * mss);
        if (most <= window && !ReferenceEquals(segment, Queue.Last)) return (int)Math.Max(most, mss);
        int needed = (int)Math.Min((uint)segment.Length, window);
        if (most <= needed) return (int)Math.Max(most, mss);
        int rest = needed % mss;
        if (rest == 0) return needed;
        // The end of what was written may be held back by Nagle's algorithm.
        bool holds = (nagle & NagleMode.Push) == 0 && (segment.Flags & TcpFlags.Fin) == 0
            && ((nagle & NagleMode.Cork) != 0 || nagle == NagleMode.On && PacketsOut > 0 && After(SndSml, SndUna) && !After(SndSml, SndNxt));
        return holds && needed > rest ? needed - rest : needed;
    }

    private void CutUnsent(TcpSegment segment, int length, int mss)
    {
        TcpSegment rest = Split(segment, length);
        Queue.InsertAfter(segment, rest);
        SetSize(segment, mss);
        SetSize(rest, mss);
    }

    /// <summary>Counts data that are about to leave, whether or not for the first time: stamps of their sending tell of them already.</summary>
    private void CountSent(TcpSegment segment)
    {
        if (segment.Length == 0) return;
        DataSegmentsOut += (uint)segment.Count;
        BytesSent += (uint)segment.Length;
    }

    private void SendNew(TcpSegment segment, int mss, long now)
    {
        bool isFirst = PacketsOut == 0;
        if (isFirst && segment.Length > 0) Congestion.OnEvent(ref Window, CongestionEvent.TransmitStart, now);
        StampRate(segment, now);
        segment.SentAt = now;
        CountSent(segment);
        // The window is used up by what is under way even where the packet is lost on this host.
        _connection.SendData(segment, mss, isRetransmission: false);
        if (segment.Length > 0) Window.LastSent = now;
        Queue.Advance();
        SndNxt = segment.EndSequence;
        PacketsOut += (uint)segment.Count;
        NoteOrder(segment);
        if (_reports is { Index.IsActive: true }) _reports.Index.Append(segment);
        if (segment.Length > 0)
        {
            _connection.Count(TcpExtCounter.TCPOrigDataSent, segment.Count);
            if (IsPaced) Pacing.OnSent((uint)segment.Length, now, DataSegmentsOut);
        }
        if (segment.Length < segment.Count * mss) SndSml = segment.EndSequence;
        if (isFirst || Timer == SenderTimer.LossProbe) RearmRetransmit();
    }

    private void ValidateWindow(bool isLimited, long now)
    {
        bool isUnused = Window.NoteUse(isLimited, PacketsOut, SndUna, SndNxt, now, Rto);
        if (!Window.IsLimiting && Queue.FirstUnsent is null && !_connection.HasWaitedForProgram && _connection.State is TcpState.Established or TcpState.CloseWait)
            BeginLimit(SendLimit.SendBuffer);
        if (!isUnused) return;
        // Unused for a while: by the program (then the window decays), or because the peer's window holds it back.
        if (!_connection.Sysctl.SlowStartAfterIdle.IsOn || Congestion.ControlsWindow) return;
        bool isByProgram = Queue.FirstUnsent is null && _connection.HasWaitedForProgram;
        if (isByProgram) Window.DecayUnused(State, CongestionWindow.Initial, now);
    }

    private void RestartAfterIdle()
    {
        if (PacketsOut > 0 || !_connection.Sysctl.SlowStartAfterIdle.IsOn || Congestion.ControlsWindow) return;
        long now = _connection.Now;
        if (now - Window.LastSent <= Rto) return;
        Congestion.OnEvent(ref Window, CongestionEvent.Restart, now);
        Window.RestartAfterIdle(State, CongestionWindow.Initial, now, Rto);
    }

    /// <summary>Cuts a piece in two at a byte of its data. The new one is not in the queue yet.</summary>
    private TcpSegment Split(TcpSegment segment, int length)
    {
        TcpSegment rest = _connection.Layer.RentSegment();
        rest.Data = segment.Data!.Split(length);
        rest.Sequence = segment.Sequence + (uint)length;
        rest.EndSequence = segment.EndSequence;
        segment.EndSequence = rest.Sequence;
        const TcpFlags OfTheEnd = TcpFlags.Fin | TcpFlags.Psh;
        rest.Flags = segment.Flags;
        segment.Flags &= ~OfTheEnd;
        rest.Marks = segment.Marks;
        rest.Size = segment.Size;
        rest.EndsRecord = segment.EndsRecord;
        segment.EndsRecord = false;
        rest.SentAt = segment.SentAt;
        rest.FirstSentAt = segment.FirstSentAt;
        rest.DeliveredAt = segment.DeliveredAt;
        rest.Delivered = segment.Delivered;
        rest.IsAppLimited = segment.IsAppLimited;
        rest.HasRate = segment.HasRate;
        int moved = rest.Data.Length;
        segment.Memory -= moved;
        rest.Memory = moved + SegmentCost;
        Memory += SegmentCost;
        return rest;
    }
}
