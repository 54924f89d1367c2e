using System.Numerics;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>The first steps of a connection, and what may go into a closed window.</summary>
internal sealed partial class TcpSender
{
    private const int HeaderCost = 320, HandleCost = 256;

    /// <summary>When the SYN was sent first.</summary>
    public long FirstSentAt { get; private set; }

    /// <summary>Sends the SYN, without regard to windows that nobody knows yet.</summary>
    public void SendFirst(TcpSegment syn)
    {
        long now = _connection.Now;
        FirstSentAt = now;
        RetransmittedSince = now; // attempts are timed from the first SYN on (Linux tcp_connect_init)
        syn.SentAt = now;
        StampRate(syn, now);
        Queue.Advance();
        SndNxt = PushedSeq = syn.EndSequence;
        PacketsOut++;
        NoteOrder(syn);
        _connection.SendData(syn, Mss, isRetransmission: false);
        SetTimer(SenderTimer.Retransmit, Rto);
    }

    /// <summary>Sends the SYN and the data behind it in one packet (RFC 7413): each is a segment of the queue, and only the SYN is sent again by the timer.</summary>
    public void SendFirst(TcpSegment syn, TcpSegment data)
    {
        long now = _connection.Now;
        RetransmittedSince = FirstSentAt = now;
        foreach (TcpSegment segment in (ReadOnlySpan<TcpSegment>)[syn, data])
        {
            segment.SentAt = now;
            StampRate(segment, now);
            Queue.Advance();
            PacketsOut++;
            NoteOrder(segment);
        }
        data.Size = data.Length;
        SndNxt = PushedSeq = data.EndSequence;
        DataSegmentsOut++;
        BytesSent += (uint)data.Length;
        _connection.Count(TcpExtCounter.TCPOrigDataSent);
        _connection.SendSynWith(syn, data);
        SetTimer(SenderTimer.Retransmit, Rto);
    }

    /// <summary>The handshake of a connection that had begun before its end.</summary>
    public void EndHandshake()
    {
        Timeouts = 0;
        RetransmittedSince = -1;
    }

    /// <summary>Simultaneous open: the SYN again, now with an acknowledgment (RFC 9293 §3.5).</summary>
    public void ResendFirst()
    {
        if (Queue.First is not { } syn) return;
        syn.SentAt = _connection.Now;
        syn.Marks |= SegmentMarks.EverRetransmitted;
        _connection.SendData(syn, Mss, isRetransmission: true);
        SetTimer(SenderTimer.Retransmit, Rto);
    }

    /// <summary>The connection is established: the algorithm and the first window (RFC 6928; RFC 5681 §3.1: one segment where the SYN was lost).</summary>
    public void StartTransfer(bool handshakeWasRetransmitted)
    {
        long now = _connection.Now;
        // A SYN that was repeated for want of an answer (and not needlessly, which its timestamp would tell) is a loss.
        uint initial = handshakeWasRetransmitted && TotalRetransmitted > 1 ? 1 : CongestionWindow.Initial;
        Window.Window = initial;
        Window.UsedSince = now;
        Window.LastSent = now;
        StartFromMetrics(_connection.Layer.Metrics.Find(_connection.LocalAddress, _connection.RemoteAddress), handshakeWasRetransmitted);
        Timeouts = 0;
        RetransmittedSince = -1;
        SndUp = SndUna;
        SetState(CongestionState.Open);
        InitializeCongestion();
    }

    /// <summary>What earlier connections with the peer tell (Linux tcp_init_metrics).</summary>
    private void StartFromMetrics(TcpMetrics? known, bool handshakeWasRetransmitted)
    {
        bool isRemembered = false;
        if (known is not null)
        {
            if (known.Threshold > 0 && !_connection.Sysctl.NoThresholdMetricsSave.IsOn) Window.SlowStartThreshold = Math.Min(known.Threshold, Window.Clamp);
            if (known.Reordering > 0) Reordering = known.Reordering;
            isRemembered = Rtt.TryRemember(known.RoundTrip);
        }
        if (handshakeWasRetransmitted && !isRemembered) Rtt.FallBack();
    }

    /// <summary>The buffer grows with the congestion window, unless SO_SNDBUF fixed it (Linux tcp_sndbuf_expand).</summary>
    public void ExpandBuffer()
    {
        if (IsBufferLocked) return;
        long segment = Math.Max(_connection.MssClamp, Mss) + HeaderCost + HeaderCost;
        segment = BitOperations.RoundUpToPowerOf2((uint)segment) + HandleCost;
        long segments = Math.Max(Math.Max(CongestionWindow.Initial, Window.Window), Reordering + 1);
        long wanted = Congestion.BufferWindows * segments * segment;
        if (Buffer < wanted) Buffer = (int)Math.Min(wanted, _connection.Sysctl.Wmem[2]);
    }

    /// <summary>Acknowledgments have made room: whether the buffer should grow too (tcp_should_expand_sndbuf).</summary>
    public void NoteSpace()
    {
        if (InFlight < Window.Window) ExpandBuffer();
    }

    /// <summary>Sends what the peer's window still takes, though it be less than a segment: the answer tells its present window.</summary>
    public bool TrySendIntoWindow(TcpExtCounter counter)
    {
        if (Queue.FirstUnsent is not { } segment || !Before(segment.Sequence, WindowEnd)) return false;
        int mss = CurrentMss;
        uint room = WindowEnd - segment.Sequence;
        if (Before(PushedSeq, segment.EndSequence)) PushedSeq = segment.EndSequence;
        int length = (int)Math.Min(room, (uint)mss);
        if (segment.Length > length) CutUnsent(segment, length, mss);
        else SetSize(segment, mss);
        segment.Flags |= TcpFlags.Psh;
        SendNew(segment, mss, _connection.Now);
        return true;
    }
}
