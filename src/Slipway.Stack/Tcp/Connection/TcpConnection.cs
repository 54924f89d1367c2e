using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// One end of a TCP connection (RFC 9293), as Linux behaves: its state, what both ends agreed on, and what ties the two halves (<see cref="TcpSender"/>, <see cref="TcpReceiver"/>)
/// together. It lives on without a socket after close(2) until the peer has all of its data. The other parts of the class: input, output, closing, timers, errors.
/// </summary>
internal sealed partial class TcpConnection : TcpEndpoint
{
    public TcpConnection(TcpLayer layer) : base(layer.Host.Loop)
    {
        Layer = layer;
        Sender = new TcpSender(this);
        Receiver = new TcpReceiver(this);
        LocalAddress = RemoteAddress = IpAddress.AnyIPv4;
    }

    public TcpLayer Layer { get; }

    public StackHost Host => Layer.Host;

    public TcpSysctl Sysctl => Layer.Sysctl;

    public TcpSender Sender { get; }

    public TcpReceiver Receiver { get; }

    public TcpState State { get; private set; } = TcpState.Closed;

    /// <summary>The socket that programs hold; null once the last descriptor was closed (SOCK_DEAD).</summary>
    public TcpSocket? Socket { get; set; }

    public bool HasSocket => Socket is not null;

    /// <summary>The listener in whose queue it waits.</summary>
    public TcpListener? Parent { get; set; }

    public long Now => Loop.Now;

    // What both ends agreed on in the handshake.
    public bool SackOk, TimestampsOk, WindowScaleOk, EcnOk;
    public byte SndScale, RcvScale;

    /// <summary>The segment size of a peer that has not said its own (RFC 9293 §3.7.1).</summary>
    public const int DefaultMss = 536, DefaultMss6 = 1220;

    /// <summary>The largest segment that we offered to take, options taken off (advmss).</summary>
    public int AdvertisedMss = DefaultMss;

    /// <summary>The largest segment that the peer takes, or TCP_MAXSEG if that is less (mss_clamp).</summary>
    public int MssClamp = DefaultMss;

    /// <summary>TCP_MAXSEG; 0 for none.</summary>
    public int UserMss;

    /// <summary>Added to our clock in timestamps, so that they do not tell our uptime (RFC 7323 §5.4).</summary>
    public uint TimestampOffset;

    /// <summary>TS.Recent of RFC 7323 and when it was taken, nanoseconds.</summary>
    public uint RecentTimestamp;
    public long RecentTimestampAt;

    /// <summary>TSecr of the last acknowledgment.</summary>
    private uint _echo;
    private bool _hasEcho;

    /// <summary>The directions that shutdown(2), or the connection's end, closed.</summary>
    public bool IsReceiveShut, IsSendShut;

    /// <summary>An ICMP error that does not end the connection by itself (sk_err_soft).</summary>
    public Errno SoftError { get; private set; }

    // Options of TCP.
    public NagleMode Nagle;
    public int KeepIdleSeconds, KeepIntervalSeconds, KeepProbes, UserTimeoutMilliseconds, LingerSeconds, SynRetries, DeferAcceptSeconds;
    public int NotSentLowWater;
    public int UserWindowClamp;
    public bool KeepsAlive, HasThinTimeouts;

    /// <summary>SO_MAX_PACING_RATE, bytes a second: setting it paces the connection, for good.</summary>
    public ulong MaxPacingRate
    {
        get => KnownExtras?.MaxPacingRate ?? Pacing.Unlimited;
        set
        {
            if (value != MaxPacingRate) Extras.MaxPacingRate = value;
            Sender.LimitPace(value);
        }
    }

    /// <summary>The greatest delay of an acknowledgment, nanoseconds: TCP_DELACK_MAX_US, and never so long that the peer's timer fires.</summary>
    public long GreatestAckDelay => (KnownExtras?.GreatestAckDelay ?? (int)(TcpReceiver.GreatestDelay / StackClock.Microsecond)) * StackClock.Microsecond;

    /// <summary>What few connections have; made now if there was none of it.</summary>
    public TcpExtras Extras => KnownExtras ??= new TcpExtras();

    public TcpExtras? KnownExtras { get; private set; }

    /// <summary>Microseconds that packets are held back (TCP_TX_DELAY). What was measured of a live connection moves with it, as far as it can (Linux tcp_enable_tx_delay).</summary>
    public int TransmitDelay
    {
        get => KnownExtras?.TransmitDelay ?? 0;
        set
        {
            int change = value - TransmitDelay;
            if (change == 0) return;
            Extras.TransmitDelay = value;
            if (State == TcpState.Established) Sender.OnPathLonger(change);
        }
    }

    // What goes into the IP header, copied from the socket's options: a connection outlives its socket.
    public byte Tos;
    public short HopLimit = -1;
    public PathMtuMode PathMtuMode = PathMtuMode.Want;
    public int FlowLabel;

    /// <summary>The flow label of the segment that ended the handshake from outside.</summary>
    public int RemoteFlowLabel;
    public IpOptions? IpOptions;

    public int ReceiveLowWater => Socket?.ReceiveLowWater ?? 1;

    /// <summary>Unsent bytes from which on the stream is not writable (TCP_NOTSENT_LOWAT).</summary>
    public long NotSentLimit
    {
        get
        {
            uint limit = NotSentLowWater != 0 ? (uint)NotSentLowWater : (uint)Sysctl.NotSentLowWater.Value;
            return limit == uint.MaxValue ? long.MaxValue : limit;
        }
    }

    public bool ReportsDuplicates => SackOk && Sysctl.DuplicateSacks.IsOn;

    /// <summary>Our timestamp clock: milliseconds and the offset of the connection.</summary>
    public uint TimestampNow => TimestampAt(Now);

    public bool HasWaitedForProgram => Socket is null || Socket.IsSendBufferEmptyBecauseOfProgram;

    public bool IsAlive => State != TcpState.Closed;

    public bool IsIPv4 => RemoteAddress.IsIPv4;

    public uint TimestampAt(long now) => (uint)(now / StackClock.Millisecond) + TimestampOffset;

    public void Count(TcpExtCounter counter, int by = 1) => Host.Counters[counter] += by;

    public void Count(TcpCounter counter, int by = 1) => Host.Counters[counter] += by;

    public void CountRetransmitted(int segments) => Host.Counters[TcpCounter.RetransSegs] += segments;

    public void SetState(TcpState state)
    {
        TcpState old = State;
        if (old == state) return;
        State = state;
        if (old == TcpState.SynReceived && KnownExtras is { FastOpenListener: { } listener } early)
        {
            listener.EarlyCount--;
            early.FastOpenListener = null;
        }
        if (state == TcpState.Established) Count(TcpCounter.CurrEstab);
        else if (old is TcpState.Established or TcpState.CloseWait && state != TcpState.CloseWait) Count(TcpCounter.CurrEstab, -1);
        if (state == TcpState.Closed && old is TcpState.Established or TcpState.CloseWait && state == TcpState.Closed) Count(TcpCounter.EstabResets);
    }

    /// <summary>Takes over what goes into the IP header, and which way it goes.</summary>
    public void TakeIpSettings(TcpSocket socket)
    {
        bool isIPv4 = RemoteAddress.IsIPv4;
        Tos = isIPv4 ? socket.Tos : socket.TrafficClass;
        HopLimit = (short)(isIPv4 ? socket.Ttl : socket.HopLimit);
        PathMtuMode = isIPv4 ? socket.PathMtu : socket.PathMtu6;
        IpOptions = isIPv4 ? socket.Options : socket.Extensions.Sent;
        FlowLabel = isIPv4 ? 0 : socket.FlowLabelOf(this);
        KeepsAlive = socket.Has(SocketFlags.KeepAlive);
        _path = Layer.PathOf(socket.FlowOf(LocalAddress, RemoteAddress));
    }

    /// <summary>Sends a congestion mark's echo from now on until the peer has answered it (RFC 3168 §6.1.3).</summary>
    public void NoteCongestionMark()
    {
        if (!EcnOk) return;
        _ecnSeen = true;
        if (!_echoesMark) Receiver.EnterQuickAck(2);
        _echoesMark = true;
    }

    public void NoteEcnCapable() => _ecnSeen = true;

    private bool _ecnSeen, _echoesMark;

    /// <summary>Counts what a segment with a code point of ECN brought, whether or not ECN was agreed on (Linux tcp_ecn_received_counters).</summary>
    private void CountEcn(in TcpArrival segment)
    {
        TcpExtras extras = Extras;
        uint length = (uint)segment.Length;
        switch (segment.Tos & EcnBits)
        {
            case EcnCapable:
                extras.BytesEct0 += length;
                break;
            case EcnBits:
                extras.CongestionMarks += (uint)SegmentsOf(segment);
                extras.BytesCe += length;
                break;
            default:
                extras.BytesEct1 += length;
                break;
        }
        _ecnSeen = true;
    }

    public bool HasSeenEcn => _ecnSeen;

    public bool IsEcnEcho(in TcpArrival segment) => EcnOk && segment.Has(TcpFlags.Ece) && !segment.Has(TcpFlags.Syn);

    /// <summary>A timestamp of the peer that may be echoed: of a segment that begins where all before it was acknowledged (RFC 7323 §4.3).</summary>
    public void UpdateRecentTimestamp(in TcpArrival segment)
    {
        if (!segment.HasTimestamps || !TimestampsOk) return;
        _echo = segment.TimestampEcho;
        _hasEcho = segment.Has(TcpFlags.Ack) && segment.TimestampEcho != 0;
        if (SequenceNumber.After(segment.Sequence, Receiver.RcvWup)) return;
        if (RecentTimestamp != 0 && (int)(RecentTimestamp - segment.TimestampValue) > 0 && !IsRecentTimestampOld) return;
        RecentTimestamp = segment.TimestampValue;
        RecentTimestampAt = Now;
    }

    /// <summary>The round trip by the echo of our clock, nanoseconds; -1 where there is none.</summary>
    public long RttByTimestamp()
    {
        if (!_hasEcho) return -1;
        uint milliseconds = TimestampNow - _echo;
        if (milliseconds > int.MaxValue / 1000) return -1;
        return Math.Max(milliseconds, 1) * StackClock.Millisecond;
    }

    /// <summary>Whether the last echo is of a segment that was sent before a moment.</summary>
    public bool EchoIsBefore(long moment) => _hasEcho && (int)(_echo - TimestampAt(moment)) < 0;

    /// <summary>RFC 7323 §5.5: after 24 days the peer's clock may have wrapped.</summary>
    private bool IsRecentTimestampOld => Now - RecentTimestampAt > 24L * 86400 * StackClock.Second;

    public void ConfirmNeighbor() => _confirms = true;

    private bool _confirms;

    /// <summary>Never used: nothing of an earlier life is left in it.</summary>
    public bool IsFresh => State == TcpState.Closed && Sender.Iss == 0 && Receiver.Irs == 0 && !IsSendShut && !IsReceiveShut && Sender.SegmentsOut == 0;

    /// <inheritdoc/>
    public override bool IsListening => Socket is { IsListening: true };

    /// <summary>Takes over the options of TCP: of the listener, or of the connection's earlier life.</summary>
    public void CopyOptionsFrom(TcpConnection other)
    {
        UserMss = other.UserMss;
        Nagle = other.Nagle;
        KeepIdleSeconds = other.KeepIdleSeconds;
        KeepIntervalSeconds = other.KeepIntervalSeconds;
        KeepProbes = other.KeepProbes;
        UserTimeoutMilliseconds = other.UserTimeoutMilliseconds;
        LingerSeconds = other.LingerSeconds;
        SynRetries = other.SynRetries;
        DeferAcceptSeconds = other.DeferAcceptSeconds;
        NotSentLowWater = other.NotSentLowWater;
        UserWindowClamp = other.UserWindowClamp;
        ChoosesPaths = other.ChoosesPaths;
        KeepsAlive = other.KeepsAlive;
        HasThinTimeouts = other.HasThinTimeouts;
        KnownExtras = other.KnownExtras?.CopyOptions();
        if (MaxPacingRate != Pacing.Unlimited) Sender.LimitPace(MaxPacingRate);
        Sender.Rtt.MinMicroseconds = other.Sender.Rtt.MinMicroseconds;
        Sender.Rtt.MaxMicroseconds = other.Sender.Rtt.MaxMicroseconds;
        Filter = other.Filter;
        Receiver.SetBuffer(other.Receiver.Buffer, other.Receiver.IsBufferLocked);
        Sender.SetBuffer(other.Sender.Buffer, other.Sender.IsBufferLocked);
    }
}
