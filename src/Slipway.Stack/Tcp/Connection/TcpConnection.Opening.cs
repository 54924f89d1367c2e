using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>The handshake from this side (RFC 9293 §3.5): SYN_SENT, and SYN_RECEIVED where both ends open at once.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>Sends the SYN. Addresses and ports are set, the connection stands in the table (Linux tcp_connect).</summary>
    public void Open(uint initialSequence)
    {
        PrepareToOpen(initialSequence);
        SendSyn();
    }

    /// <summary>All that comes before the SYN leaves.</summary>
    public void PrepareToOpen(uint initialSequence)
    {
        TcpSysctl sysctl = Sysctl;
        // A SYN has no room for a signature and timestamps.
        bool isSigned = Key is not null;
        if (SendsOneByOne) Extras.SignatureInMss = isSigned ? TcpOptions.SignatureLength : 0;
        TimestampsOk = sysctl.Timestamps.IsOn && !isSigned;
        SackOk = sysctl.SelectiveAcks.IsOn;
        WindowScaleOk = sysctl.WindowScaling.IsOn;
        _offersEcn = sysctl.Ecn.Value == 1;
        AdvertisedMss = OfferedMss();
        MssClamp = UserMss > 0 ? UserMss : RemoteAddress.IsIPv4 ? DefaultMss : DefaultMss6;
        Sender.MaxWindow = 0;
        SyncMss();
        Receiver.WindowClamp = UserWindowClamp;
        Receiver.ChooseInitialWindow(AdvertisedMss, WindowScaleOk, out RcvScale);
        Sender.Start(initialSequence);
        SetState(TcpState.SynSent);
        Count(TcpCounter.ActiveOpens);
    }

    private void SendSyn()
    {
        TcpSegment syn = Sender.AppendControl(TcpFlags.Syn);
        Sender.SendFirst(syn);
    }

    /// <summary>Linux tcp_rcv_synsent_state_process.</summary>
    private void ReceiveInSynSent(ref TcpArrival segment)
    {
        if (segment.Has(TcpFlags.Ack))
        {
            if (!After(segment.Acknowledgment, Sender.SndUna) || After(segment.Acknowledgment, Sender.SndNxt))
            {
                // Of an older connection: RFC 9293 §3.10.7.3. Once the peer has dropped that, it will take our SYN: soon, not after the timeout.
                if (Sender.Timeouts == 0) Sender.SetTimer(SenderTimer.Retransmit, TailLossProbe.TimerSlack);
                if (!segment.Has(TcpFlags.Rst)) SendResetFor(segment);
                return;
            }
            if (segment.HasTimestamps && segment.TimestampEcho != 0 && TimestampsOk
                && (After(segment.TimestampEcho, TimestampNow) || Before(segment.TimestampEcho, TimestampAt(Sender.FirstSentAt))))
            {
                Count(TcpExtCounter.PAWSActive);
                if (!segment.Has(TcpFlags.Rst)) SendResetFor(segment);
                return;
            }
            if (segment.Has(TcpFlags.Rst))
            {
                TakeReset();
                return;
            }
            if (segment.Has(TcpFlags.Syn)) EstablishFromSynSent(ref segment);
            return;
        }
        if (segment.Has(TcpFlags.Rst) || !segment.Has(TcpFlags.Syn)) return;
        OpenSimultaneously(segment);
    }

    private void EstablishFromSynSent(ref TcpArrival segment)
    {
        EcnOk = _offersEcn && segment.Has(TcpFlags.Ece) && !segment.Has(TcpFlags.Cwr);
        TcpOptions options = segment.SynOptions();
        Agree(options, segment);
        Sender.SndWl1 = segment.Sequence;
        bool wasRetransmitted = Sender.TotalRetransmitted > 0;
        Sender.TakeAck(ref segment, out _);
        Receiver.Start(segment.Sequence);
        Sender.SndWnd = (uint)segment.Window;
        Sender.MaxWindow = Math.Max(Sender.MaxWindow, Sender.SndWnd);
        FinishAgreement();
        SetState(TcpState.Established);
        StartTransfer(wasRetransmitted);
        bool isAcknowledged = FinishFastOpen(options, wasRetransmitted);
        Socket?.OnConnected();
        if (!IsAlive || isAcknowledged) return;
        if (Sender.Queue.FirstUnsent is not null || DeferAcceptSeconds > 0 || Receiver.WantsDelayedHandshakeAck)
        {
            // The first data will carry it.
            Receiver.EnterQuickAck(TcpReceiver.MaxQuickAcks);
            Receiver.RetryLater();
            Sender.PushAfterAck();
        }
        else SendAck();
    }

    private void OpenSimultaneously(in TcpArrival segment)
    {
        Agree(segment.SynOptions(), segment);
        SetState(TcpState.SynReceived);
        Receiver.Start(segment.Sequence);
        Sender.SndWnd = (uint)segment.Window;
        Sender.SndWl1 = segment.Sequence;
        Sender.MaxWindow = Sender.SndWnd;
        EcnOk = false;
        FinishAgreement();
        Sender.ResendFirst();
    }

    /// <summary>What the peer offered and we had offered holds.</summary>
    private void Agree(in TcpOptions options, in TcpArrival segment)
    {
        int mss = options.MaximumSegmentSize ?? (RemoteAddress.IsIPv4 ? DefaultMss : DefaultMss6);
        MssClamp = UserMss > 0 && UserMss < mss ? UserMss : mss;
        TimestampsOk &= options.Timestamps is not null;
        SackOk &= options.SackPermitted;
        if (KnownExtras is { } extras) extras.SignatureInMss = 0;
        WindowScaleOk &= options.WindowScale is not null;
        if (WindowScaleOk) SndScale = options.WindowScale!.Value;
        else
        {
            SndScale = RcvScale = 0;
            Receiver.WindowClamp = Math.Min(Receiver.WindowClamp, 0xFFFF);
        }
        if (!TimestampsOk) return;
        RecentTimestamp = options.Timestamps!.Value.Value;
        RecentTimestampAt = Now;
        _echo = options.Timestamps.Value.EchoReply;
        _hasEcho = segment.Has(TcpFlags.Ack) && _echo != 0;
    }

    private void FinishAgreement()
    {
        if (TimestampsOk) AdvertisedMss -= TimestampsLength;
        SyncMss();
        Receiver.StartEstimate(Sender.Mss);
        Receiver.LastArrival = Now;
    }

    /// <summary>Established: buffers, the first congestion window, keepalive (Linux tcp_init_transfer).</summary>
    private void StartTransfer(bool handshakeWasRetransmitted)
    {
        StartMtuSearch();
        SyncMss();
        Sender.StartTransfer(handshakeWasRetransmitted);
        Receiver.StartBuffers(AdvertisedMss);
        Sender.ExpandBuffer();
        if (KeepsAlive) StartKeepAlive(KeepIdle);
    }

    private void EstablishFromSynReceived(in TcpArrival segment)
    {
        if (IsOpenEarly)
        {
            EndEarlyOpening(segment);
            return;
        }
        SetState(TcpState.Established);
        Sender.SndUna = segment.Acknowledgment;
        Sender.SndWnd = (uint)segment.Window << SndScale;
        Sender.MaxWindow = Math.Max(Sender.MaxWindow, Sender.SndWnd);
        Sender.SndWl1 = segment.Sequence;
        StartTransfer(Sender.TotalRetransmitted > 0);
        Socket?.OnConnected();
        // Both sides opened at once, and the program had shut this one before it connected.
        if (IsSendShut) ShutSend();
    }

    /// <summary>Becomes the connection that a request asked for: the third segment of the handshake has come (Linux tcp_create_openreq_child).</summary>
    public void EstablishFrom(TcpRequest request, in TcpArrival segment)
    {
        LocalAddress = request.LocalAddress;
        RemoteAddress = request.RemoteAddress;
        LocalPort = request.LocalPort;
        RemotePort = request.RemotePort;
        BoundInterface = request.BoundInterface;
        RemoteFlowLabel = segment.FlowLabel;
        TimestampOffset = request.TimestampOffset;
        TimestampsOk = request.TimestampsOk;
        SackOk = request.SackOk;
        WindowScaleOk = request.WindowScaleOk;
        SndScale = request.SndScale;
        RcvScale = request.RcvScale;
        EcnOk = request.EcnOk;
        MssClamp = request.Mss;
        RecentTimestamp = request.RecentTimestamp;
        RecentTimestampAt = Now;
        _echo = segment.TimestampEcho;
        _hasEcho = segment.HasTimestamps && TimestampsOk && _echo != 0;
        KeepKeyOfPeer();
        Sender.Start(request.InitialSequence);
        Sender.SndUna = Sender.SndNxt = Sender.WriteSeq = Sender.PushedSeq = Sender.SndUp = Sender.SndSml = request.InitialSequence + 1;
        Receiver.Start(request.RemoteSequence);
        Receiver.AdoptWindow(request.RcvWnd, request.WindowClamp);
        if (request.SavedSyn is { } headers) Extras.SavedSyn = headers;
        if (request.PathChoice != 0) Extras.PathChoice = request.PathChoice;
    }

    /// <summary>The second half, when addresses stand in the tables and the socket's settings were taken over.</summary>
    public void EnterEstablished(TcpRequest request, in TcpArrival segment)
    {
        AdvertisedMss = OfferedMss();
        FinishAgreement();
        Sender.SndWnd = (uint)segment.Window << SndScale;
        Sender.MaxWindow = Sender.SndWnd;
        Sender.SndWl1 = segment.Sequence;
        SetState(TcpState.Established);
        Count(TcpCounter.PassiveOpens);
        Sender.MeasureHandshake(request.Timeouts == 0 && request.SentAt >= 0 ? Now - request.SentAt : RttByTimestamp());
        StartTransfer(request.Timeouts > 0);
        if (request.Timeouts == 0) return;
        // The answers that were sent again count as the connection's timeouts.
        Extras.Timeouts = request.Timeouts;
        Extras.TimeoutRecoveries = 1;
        if (request.SentAt >= 0) Extras.TimeoutMilliseconds = (uint)((Now - request.SentAt) / StackClock.Millisecond);
    }
}
