using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>A connection that is being opened from outside: its SYN was answered, the third segment of the handshake is awaited. Small, as many may come from attackers (RFC 4987).</summary>
internal sealed class TcpRequest(TcpListener listener, StackLoop loop) : TcpEndpoint(loop)
{
    private const long FirstTimeout = StackClock.Second;
    private const long GreatestTimeout = 120 * StackClock.Second;

    private bool _isAcknowledged, _isAnswered;

    /// <summary>IRS and ISS.</summary>
    public uint RemoteSequence, InitialSequence;
    public uint TimestampOffset, RecentTimestamp;
    private uint _firstTimestamp, _lastTimestamp;
    public uint RcvWnd;
    public int WindowClamp;
    public int Mss;
    public TcpPath? Path;

    /// <summary>The flow label of the answers.</summary>
    public int FlowLabel;

    /// <summary>How many other labels were chosen, with each answer that was sent again (SO_TXREHASH).</summary>
    public uint PathChoice;

    /// <summary>The cookie of fast open that the peer asked for, or should have had.</summary>
    public FastOpenCookie? Cookie;

    /// <summary>The headers of the SYN, where the listener keeps them.</summary>
    public byte[]? SavedSyn;

    /// <summary>Those that the listener wants its connections to tell (IPV6_2292PKTOPTIONS).</summary>
    public KeptHeaders? KeptHeaders;

    /// <summary>When the answer was first sent; -1 where nobody knows (SYN cookies).</summary>
    public long SentAt = -1;
    public byte Timeouts;
    public byte SndScale, RcvScale;
    public bool TimestampsOk, SackOk, WindowScaleOk, EcnOk;

    public TcpListener Listener { get; } = listener;

    private TcpLayer Layer => Listener.Layer;

    private TcpAnswering Answering => TcpAnswering.Of(FlowLabel, Listener.Extras, RemoteAddress);

    /// <summary>Answers the SYN, and answers again until the peer does.</summary>
    public void Start()
    {
        SentAt = Loop.Now;
        SendAnswer();
        ArmAfter(FirstTimeout);
    }

    /// <summary>Is no more.</summary>
    public void Leave()
    {
        if (!IsInTable) return;
        Cancel();
        Layer.Connections.Remove(this);
        Listener.RequestCount--;
    }

    /// <inheritdoc/>
    public override bool IsInFlight(uint sequence) => sequence == InitialSequence;

    /// <inheritdoc/>
    public override void ReceiveError(in IcmpError error, uint sequence)
    {
        // Linux forgets the request: the peer, or the way to it, will not have it.
        if (sequence == InitialSequence && !error.IsPathMtu) Leave();
    }

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        int retries = Listener.SynAckRetries;
        bool waitsForData = Listener.DeferredAnswers > 0;
        bool isOver = Timeouts >= retries && (!waitsForData || !_isAcknowledged || Timeouts >= Listener.DeferredAnswers);
        if (isOver)
        {
            Leave();
            return;
        }
        if (!waitsForData || !_isAcknowledged || Timeouts >= Listener.DeferredAnswers - 1) SendAnswerAgain();
        Timeouts++;
        ArmAfter(Math.Min(FirstTimeout << Timeouts, GreatestTimeout));
    }

    /// <summary>Linux tcp_check_req.</summary>
    public override void Receive(ref TcpArrival segment)
    {
        if (!Layer.IsAuthentic(segment, Listener.Extras) || !Listener.Accepts(ref segment)) return;
        bool isOld = segment.HasTimestamps && TimestampsOk && !segment.Has(TcpFlags.Rst) && (int)(RecentTimestamp - segment.TimestampValue) > 0;
        const TcpFlags Deciding = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst;
        if ((segment.Flags & Deciding) == TcpFlags.Syn && segment.Sequence == RemoteSequence && !isOld)
        {
            // The SYN again: our answer was lost.
            if (!IsLimited(Layer.Sysctl)) SendAnswerAgain();
            return;
        }
        if (segment.Has(TcpFlags.Ack) && segment.Acknowledgment != InitialSequence + 1)
        {
            if (!segment.Has(TcpFlags.Rst)) Layer.SendResetFor(segment, Listener.Extras);
            return;
        }
        bool isForeign = EchoesWhatWasNotSent(segment);
        if (isOld || isForeign || !IsInWindow(segment))
        {
            if (!segment.Has(TcpFlags.Rst) && !IsLimited(Layer.Sysctl)) SendAck();
            if (isOld) Layer.Host.Counters[TcpExtCounter.PAWSEstab]++;
            else if (isForeign) Layer.Host.Counters[TcpExtCounter.TSEcrRejected]++;
            return;
        }
        if (segment.HasTimestamps && TimestampsOk && !After(segment.Sequence, RemoteSequence + 1)) RecentTimestamp = segment.TimestampValue;
        if (segment.Sequence == RemoteSequence && segment.Has(TcpFlags.Syn)) segment.Flags &= ~TcpFlags.Syn;
        if (segment.Has(TcpFlags.Rst | TcpFlags.Syn))
        {
            Layer.Host.Counters[TcpCounter.AttemptFails]++;
            if (!segment.Has(TcpFlags.Rst)) Layer.SendResetFor(segment, Listener.Extras);
            Layer.Host.Counters[TcpExtCounter.EmbryonicRsts]++;
            Leave();
            return;
        }
        if (!segment.Has(TcpFlags.Ack)) return;
        if (Timeouts < Listener.DeferredAnswers && segment.EndSequence == RemoteSequence + 1)
        {
            // TCP_DEFER_ACCEPT: the bare acknowledgment is not worth a wake-up.
            _isAcknowledged = true;
            Layer.Host.Counters[TcpExtCounter.TCPDeferAcceptDrop]++;
            return;
        }
        if (!Listener.TryEstablish(this, ref segment)) _isAcknowledged = true;
    }

    /// <summary>The echo is of a timestamp that no answer of ours had: somebody guesses (Linux since 6.15).</summary>
    private bool EchoesWhatWasNotSent(in TcpArrival segment)
        => segment.HasTimestamps && TimestampsOk && segment.TimestampEcho != 0 && !Between(segment.TimestampEcho, _firstTimestamp, _lastTimestamp);

    private bool IsInWindow(in TcpArrival segment)
    {
        uint next = RemoteSequence + 1, window = Math.Max(RcvWnd, 1);
        if (segment.Sequence == next) return true;
        if (After(segment.EndSequence, next) && Before(segment.Sequence, next + window)) return true;
        return segment.Sequence == next + window && segment.Sequence == segment.EndSequence;
    }

    private void SendAnswerAgain()
    {
        Layer.Host.Counters[TcpCounter.RetransSegs]++;
        Layer.Host.Counters[TcpExtCounter.TCPSynRetrans]++;
        if (Listener.Socket.Connection.ChoosesPaths)
        {
            PathChoice++;
            FlowLabel = Listener.Socket.AnswerFlowLabel(this);
        }
        SendAnswer();
    }

    public void SendAnswer()
    {
        if (Path is not { } known || Layer.FindPath(known.Flow, out TcpPath path) != Errno.None) return;
        TcpAnswering answering = Answering;
        var options = new TcpOptions
        {
            IsSigned = answering.Key is not null,
            MaximumSegmentSize = (ushort)TcpLayer.OfferedMss(path, Listener.UserMss),
            SackPermitted = SackOk,
            Timestamps = TimestampsOk ? new TcpTimestamps(OwnTimestamp, RecentTimestamp) : null,
            WindowScale = WindowScaleOk ? RcvScale : null,
            // Only the first answer has it: something on the way may not like it.
            FastOpen = _isAnswered ? null : Cookie,
        };
        if (options.Length > TcpOptions.MaximumLength) options = options with { FastOpen = null };
        if (options.Timestamps is { } stamp)
        {
            if (!_isAnswered) _firstTimestamp = stamp.Value;
            _lastTimestamp = stamp.Value;
        }
        _isAnswered = true;
        TcpFlags flags = TcpFlags.Syn | TcpFlags.Ack | (EcnOk ? TcpFlags.Ece : 0);
        Layer.SendBare(path, this, InitialSequence, RemoteSequence + 1, flags, (ushort)Math.Min(RcvWnd, 0xFFFF), options, Listener.Tos, Listener.HopLimit, answering);
    }

    /// <summary>The timestamp of the answer: with SYN cookies it carries what no request remembers.</summary>
    private uint OwnTimestamp
    {
        get
        {
            uint now = (uint)(Loop.Now / StackClock.Millisecond);
            if (IsCookie) now = new SynCookieOptions(WindowScaleOk ? SndScale : SynCookieOptions.NoWindowScale, SackOk, EcnOk).Encode(now);
            return now + TimestampOffset;
        }
    }

    /// <summary>Answered without being remembered (RFC 4987 §3.6).</summary>
    public bool IsCookie { get; init; }

    private void SendAck()
        => Layer.SendBare(Path!.Flow, LocalPort, RemotePort, InitialSequence + 1, RemoteSequence + 1, TcpFlags.Ack, (ushort)(RcvWnd >> RcvScale),
            TimestampsOk ? new TcpTimestamps(OwnTimestamp, RecentTimestamp) : null, Listener.Tos, Listener.HopLimit,
            Answering);
}
