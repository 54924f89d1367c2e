using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Data with the SYN (RFC 7413): the client's side, and a server's connection that is there before the handshake is over.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>Room that is left in a SYN for options that boxes on the way may add.</summary>
    private const int OptionRoom = TcpOptions.MaximumLength;

    private FastOpenState FastOpen => KnownExtras?.FastOpen ?? FastOpenState.None;

    /// <summary>The first write will send the SYN.</summary>
    public bool IsOpeningDeferred => (FastOpen & FastOpenState.Deferred) != 0;

    /// <summary>A listener's connection whose handshake is not over, and which has data for the program all the same.</summary>
    public bool IsOpenEarly => State == TcpState.SynReceived && (FastOpen & FastOpenState.Child) != 0;

    private FastOpenMode FastOpenMode => (FastOpenMode)Sysctl.FastOpen.Value;

    /// <summary>Whether a SYN to the peer may have data: a cookie is known, or none is needed.</summary>
    /// <param name="cookie">The cookie; null where none goes with the data.</param>
    /// <param name="mss">The segments that the peer took the last time; 0 where nobody knows.</param>
    private bool MaySendWithSyn(out FastOpenCookie? cookie, out int mss)
    {
        cookie = null;
        if (Layer.FastOpenCache.TryFind(LocalAddress, RemoteAddress, out FastOpenCookie known, out mss)) cookie = known;
        FastOpenPause pause = Layer.FastOpenPause;
        if (pause.IsOn) return false;
        if (pause.IsOnTrial) Extras.FastOpen |= FastOpenState.OnTrial;
        if ((FastOpenMode & FastOpenMode.SendsWithoutCookie) != 0 || KnownExtras?.FastOpensWithoutCookie == true)
        {
            cookie = null;
            return true;
        }
        if (cookie is not null) return true;
        Extras.FastOpenFailure = FastOpenFailure.CookieUnavailable;
        return false;
    }

    /// <summary>connect(2) with TCP_FASTOPEN_CONNECT: where data may go with the SYN it waits for them; else it asks for a cookie (Linux tcp_fastopen_defer_connect).</summary>
    public void OpenAtFirstWrite(uint initialSequence)
    {
        PrepareToOpen(initialSequence);
        if (MaySendWithSyn(out _, out _))
        {
            Extras.FastOpen |= FastOpenState.Deferred;
            return;
        }
        SendSynWithOption(CookieRequest);
    }

    /// <summary>Opens with data, as far as they may go with the SYN (Linux tcp_send_syn_data); without a cookie it asks for one.</summary>
    /// <returns>Bytes that went.</returns>
    public int OpenWith(ReadOnlySpan<byte> data)
    {
        TcpExtras extras = Extras;
        extras.FastOpen &= ~FastOpenState.Deferred;
        if (!MaySendWithSyn(out FastOpenCookie? cookie, out int mss))
        {
            SendSynWithOption(CookieRequest);
            return 0;
        }
        // What the server takes is not known from before: what we take, at most.
        MssClamp = Math.Min(mss > 0 ? mss : AdvertisedMss, UserMss > 0 ? UserMss : Ipv4Header.MaximumPacketLength);
        SyncMss();
        int room = Math.Max(Sender.Mss + (TimestampsOk ? TimestampsLength : 0) - OptionRoom, 0);
        data = data[..Math.Min(data.Length, room)];
        if (data.IsEmpty)
        {
            SendSynWithOption(cookie);
            return 0;
        }
        NoteSynOption(cookie);
        extras.FastOpen |= FastOpenState.SentData;
        TcpSegment syn = Sender.AppendControl(TcpFlags.Syn);
        Sender.SendFirst(syn, Sender.AppendSynData(data));
        extras.SynCookie = null;
        return data.Length;
    }

    /// <summary>What asks for a cookie; nothing where the host makes a pause.</summary>
    private FastOpenCookie? CookieRequest => Layer.FastOpenPause.IsOn ? null : default(FastOpenCookie);

    /// <summary>Timeouts of a connection that was opened so: the third in a row, or the end of all patience, is taken for a black hole (Linux tcp_fastopen_active_detect_blackhole).</summary>
    private void SuspectFastOpen(int timeouts, bool isGivenUp)
    {
        const FastOpenState Tried = FastOpenState.HadOption | FastOpenState.SentData | FastOpenState.DataTaken;
        if ((FastOpen & Tried) != 0 && (timeouts == 2 || timeouts < 2 && isGivenUp)) Layer.FastOpenPause.Begin();
    }

    /// <summary>The connection is over: whether data came, or only the FIN behind them (Linux tcp_fastopen_active_disable_ofo_check).</summary>
    private void JudgeFastOpen()
    {
        if ((FastOpen & FastOpenState.HadOption) == 0) return;
        TcpExtras extras = Extras;
        extras.FastOpen &= ~FastOpenState.HadOption;
        if (Receiver.DataSegmentsIn == 0)
        {
            if (Receiver.HasOnlyEarlyFin) Layer.FastOpenPause.Begin();
        }
        else if ((extras.FastOpen & FastOpenState.OnTrial) != 0 && _path is { IsUnknown: false } path && !path.Decision.Interface.IsLoopback) Layer.FastOpenPause.End();
    }

    private void SendSynWithOption(FastOpenCookie? cookie)
    {
        NoteSynOption(cookie);
        SendSyn();
        // When the SYN is sent again it has none: something on the way may not like it (RFC 7413 §4.1.3).
        Extras.SynCookie = null;
    }

    private void NoteSynOption(FastOpenCookie? cookie)
    {
        Extras.SynCookie = cookie;
        // A signature leaves no room for a cookie; then the data go without one.
        if (SynOptionsLength > TcpOptions.MaximumLength) Extras.SynCookie = cookie = null;
        if (cookie is not null) Extras.FastOpen |= FastOpenState.HadOption;
    }

    /// <summary>Sends the SYN together with the data that follow it in the queue.</summary>
    public void SendSynWith(TcpSegment syn, TcpSegment data)
    {
        PacketBuffer packet = data.Data!.ShareForTransmit();
        packet.SegmentSize = 0;
        Send(packet, syn.Sequence, MarkSyn(TcpFlags.Syn, isRetransmission: false), isSyn: true, 0);
        Count(TcpCounter.OutSegs);
        Sender.SegmentsOut++;
    }

    /// <summary>The answer to our SYN has come: whether it took the data, and what it says of a cookie (Linux tcp_rcv_fastopen_synack).</summary>
    /// <returns>True: the data were sent again, and the acknowledgment with them.</returns>
    private bool FinishFastOpen(in TcpOptions answer, bool wasRetransmitted)
    {
        FastOpenState state = FastOpen;
        if ((state & (FastOpenState.HadOption | FastOpenState.SentData)) == 0) return false;
        FastOpenCookie? cookie = (state & FastOpenState.HadOption) != 0 ? answer.FastOpen : null;
        Layer.FastOpenCache.Note(LocalAddress, RemoteAddress, cookie, answer.MaximumSegmentSize ?? 536);
        if ((state & FastOpenState.SentData) == 0) return false;
        if (Sender.Queue.FirstSent is not null)
        {
            Extras.FastOpenFailure = wasRetransmitted ? FastOpenFailure.SynRetransmitted : FastOpenFailure.DataNotAcknowledged;
            Count(TcpExtCounter.TCPFastOpenActiveFail);
            Sender.ResendSynData();
            return true;
        }
        Extras.FastOpen |= FastOpenState.DataTaken;
        Count(TcpExtCounter.TCPFastOpenActive);
        // SYN and data were one packet.
        if (Sender.Delivered > 1) Sender.Delivered--;
        return false;
    }

    /// <summary>Becomes the connection that a SYN with a good cookie asks for, and takes the data of that SYN (Linux tcp_fastopen_create_child).</summary>
    /// <param name="request">What was agreed on.</param>
    /// <param name="segment">The SYN.</param>
    /// <param name="cookie">A newer cookie for the client; null if its own is.</param>
    /// <param name="listener">Counts it until the handshake is over.</param>
    public void OpenEarly(TcpRequest request, ref TcpArrival segment, FastOpenCookie? cookie, TcpListener listener)
    {
        TcpExtras extras = Extras;
        extras.FastOpen |= FastOpenState.Child;
        extras.FastOpenListener = listener;
        extras.SynCookie = cookie;
        if (SynOptionsLength > TcpOptions.MaximumLength) extras.SynCookie = null;
        AdvertisedMss = OfferedMss();
        FinishAgreement();
        Sender.Start(request.InitialSequence);
        Sender.SndWnd = Sender.MaxWindow = (uint)segment.Window;
        Sender.SndWl1 = segment.Sequence;
        SetState(TcpState.SynReceived);
        Count(TcpCounter.PassiveOpens);
        StartTransfer(handshakeWasRetransmitted: false);
        segment.Flags &= ~TcpFlags.Syn;
        segment.Sequence++;
        if (segment.Length > 0)
        {
            extras.FastOpen |= FastOpenState.DataTaken;
            Receiver.DataSegmentsIn = 1;
            Receiver.TakeData(ref segment);
        }
        Receiver.RcvWup = Receiver.RcvNxt;
        SendSyn();
        extras.SynCookie = null;
    }

    /// <summary>The client's acknowledgment of our SYN: nothing begins anew (Linux tcp_rcv_synrecv_state_fastopen).</summary>
    private void EndEarlyOpening(in TcpArrival segment)
    {
        SetState(TcpState.Established);
        Sender.SndWnd = (uint)segment.Window << SndScale;
        Sender.MaxWindow = Math.Max(Sender.MaxWindow, Sender.SndWnd);
        Sender.SndWl1 = segment.Sequence;
        Sender.EndHandshake();
        Socket?.OnConnected();
    }

    /// <summary>The SYN of such a connection again: our answer was lost.</summary>
    private bool IsSynAgain(in TcpArrival segment)
        => IsOpenEarly && (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn && segment.Sequence == Receiver.Irs;
}
