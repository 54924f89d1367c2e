using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A listening socket's queues: requests whose handshake is not finished, and connections that wait for accept(2). The backlog limits the second one; where it is full new
/// SYNs are dropped without an answer, so that the peer tries again (LSN-02, LSN-05; Linux tcp_conn_request).
/// </summary>
internal sealed partial class TcpListener(TcpSocket socket)
{
    private readonly Queue<TcpSocket> _ready = [];
    private long _overflowAt = long.MinValue / 2;

    public TcpSocket Socket { get; } = socket;

    public TcpLayer Layer { get; } = socket.Host.Tcp;

    /// <summary>listen(2)'s backlog, cut to somaxconn.</summary>
    public int Backlog { get; set; }

    /// <summary>Requests in the table.</summary>
    public int RequestCount { get; set; }

    /// <summary>Connections that wait for accept(2).</summary>
    public int ReadyCount => _ready.Count;

    /// <summary>The next one of the same port in the <see cref="ListenerTable"/>.</summary>
    public TcpListener? NextOnPort { get; set; }

    /// <summary>The listeners that share address and port by SO_REUSEPORT; null where there is none.</summary>
    public ListenerGroup? ReuseGroup { get; set; }

    private TcpConnection Template => Socket.Connection;

    public int UserMss => Template.UserMss;

    public byte Tos => Template.Tos;

    public short HopLimit => Template.HopLimit;

    /// <summary>Rare options; null where none was set.</summary>
    public TcpExtras? Extras => Template.KnownExtras;

    public int SynAckRetries => Template.SynRetries > 0 ? Template.SynRetries : Layer.Sysctl.SynAckRetries.Value;

    /// <summary>TCP_DEFER_ACCEPT, as answers sent until the time is over.</summary>
    public int DeferredAnswers => SecondsToAnswers(Template.DeferAcceptSeconds, 1, 120);

    private bool IsFull => _ready.Count > Backlog;

    /// <summary>Takes the next connection; null if there is none.</summary>
    public TcpSocket? Accept()
    {
        if (!_ready.TryDequeue(out TcpSocket? accepted)) return null;
        accepted.Connection.Parent = null;
        return accepted;
    }

    /// <summary>A segment for the listener that belongs to no connection.</summary>
    public void Receive(ref TcpArrival segment)
    {
        if (segment.HopLimit < (segment.Source.IsIPv4 ? Socket.MinTtl : Socket.MinHopCount))
        {
            Count(TcpExtCounter.TCPMinTTLDrop);
            return;
        }
        if (!Layer.IsAuthentic(segment, Extras) || !Accepts(ref segment) || segment.Has(TcpFlags.Rst)) return;
        if (segment.Has(TcpFlags.Ack))
        {
            if (!segment.Has(TcpFlags.Syn) && TryTakeCookie(ref segment)) return;
            Layer.SendResetFor(segment, Extras);
            return;
        }
        if (!segment.Has(TcpFlags.Syn) || segment.Has(TcpFlags.Fin)) return;
        TakeSyn(ref segment, 0);
    }

    /// <summary>Whether the listener's filter wants the segment; it may cut its data.</summary>
    public bool Accepts(ref TcpArrival segment)
    {
        if (Template.Filter is not { } filter || segment.Passes(filter, Template)) return true;
        Template.FilterDrops++;
        return false;
    }

    /// <summary>A SYN: a request is made and answered, or a cookie stands for it.</summary>
    /// <param name="segment">The SYN.</param>
    /// <param name="initialSequence">Our number where a connection in TIME_WAIT makes room for this one; 0 to choose one.</param>
    public void TakeSyn(ref TcpArrival segment, uint initialSequence)
    {
        TcpSysctl sysctl = Layer.Sysctl;
        bool wantsCookie = initialSequence == 0 && (sysctl.SynCookies.Value == 2 || RequestCount > Backlog);
        if (wantsCookie && !sysctl.SynCookies.IsOn)
        {
            Count(TcpExtCounter.TCPReqQFullDrop);
            Count(TcpExtCounter.ListenDrops);
            return;
        }
        if (IsFull)
        {
            Count(TcpExtCounter.ListenOverflows);
            Count(TcpExtCounter.ListenDrops);
            return;
        }
        if (!sysctl.SynCookies.IsOn && sysctl.MaxSynBacklog.Value - RequestCount < sysctl.MaxSynBacklog.Value >> 2 && !Layer.Metrics.IsProven(segment.Destination, segment.Source))
        {
            Count(TcpExtCounter.ListenDrops);
            return;
        }
        TcpOptions options = segment.SynOptions();
        if (wantsCookie && options.Timestamps is null) options = options with { SackPermitted = false, WindowScale = null };
        TcpRequest request = NewRequest(segment, wantsCookie);
        TakeOffer(request, options, segment);
        if (Layer.FindPath(request.Path!.Flow, out TcpPath path) != Errno.None) return;
        ChooseWindow(request, path);
        // A signature leaves no room for reports of what came early beside timestamps.
        if (!wantsCookie && Extras?.Keys?.Find(request.RemoteAddress) is not null) request.TimestampsOk &= !request.SackOk;
        var ends = new TcpTuple(request.LocalAddress, request.LocalPort, request.RemoteAddress, request.RemotePort);
        long now = Layer.Host.Loop.Now;
        if (wantsCookie)
        {
            _overflowAt = now;
            Count(TcpExtCounter.TCPReqQFullDoCookies);
            ushort mss = (ushort)request.Mss;
            request.InitialSequence = Layer.Secrets.Cookies.Create(ends, segment.Sequence, ref mss, now);
            Count(TcpExtCounter.SyncookiesSent);
            request.SendAnswer();
            return;
        }
        request.SavedSyn = SavedHeaders(segment);
        request.KeptHeaders = KeptHeaders.OfSyn(segment, Socket.Flags);
        request.InitialSequence = initialSequence != 0 ? initialSequence : Layer.Secrets.InitialSequence(ends, now);
        if (TryOpenEarly(request, options.FastOpen, ref segment)) return;
        RequestCount++;
        Layer.Connections.Add(request);
        request.Start();
    }

    /// <summary>The handshake is done: the connection is made, and takes what the segment carries.</summary>
    /// <returns>False: the queue is full; the peer believes itself connected, and its data will bring the answer again.</returns>
    public bool TryEstablish(TcpRequest request, ref TcpArrival segment)
    {
        if (IsFull)
        {
            Count(TcpExtCounter.ListenOverflows);
            Count(TcpExtCounter.ListenDrops);
            if (!Layer.Sysctl.AbortOnOverflow.IsOn) return false;
            Layer.SendResetFor(segment, Extras);
            request.Leave();
            return true;
        }
        request.Leave();
        TcpSocket child = Socket.CreateChild(request, segment);
        TcpConnection connection = child.Connection;
        connection.Parent = this;
        Layer.Connections.Add(connection);
        Layer.Ports.Join(connection, connection.LocalPort);
        connection.EnterEstablished(request, segment);
        connection.Receiver.SegmentsIn = 1; // the SYN counts, the SYN-ACK does not
        _ready.Enqueue(child);
        connection.Process(ref segment);
        if (connection.Parent is not null) Socket.OnConnectionReady();
        return true;
    }

    /// <summary>No listener any more: requests are forgotten, connections that nobody accepted are reset (LSN-16).</summary>
    public void Close()
    {
        if (RequestCount > 0)
        {
            foreach (TcpEndpoint endpoint in Layer.Connections.ToList())
            {
                if (endpoint is TcpRequest request && ReferenceEquals(request.Listener, this)) request.Leave();
            }
        }
        while (_ready.TryDequeue(out TcpSocket? child)) child.AbortUnaccepted();
    }

    /// <summary>RFC 4987 §3.6: the acknowledgment of an answer that nobody remembers proves by its number that it was sent.</summary>
    private bool TryTakeCookie(ref TcpArrival segment)
    {
        TcpSysctl sysctl = Layer.Sysctl;
        long now = Layer.Host.Loop.Now;
        if (!sysctl.SynCookies.IsOn || sysctl.SynCookies.Value != 2 && now - _overflowAt > SynCookies.MaxAge * 60 * StackClock.Second) return false;
        var ends = new TcpTuple(segment.Destination, segment.DestinationPort, segment.Source, segment.SourcePort);
        ushort mss = Layer.Secrets.Cookies.Check(ends, segment.Sequence - 1, segment.Acknowledgment - 1, now);
        if (mss == 0)
        {
            Count(TcpExtCounter.SyncookiesFailed);
            return false;
        }
        Count(TcpExtCounter.SyncookiesRecv);
        TcpRequest request = NewRequest(segment, isCookie: true);
        request.RemoteSequence = segment.Sequence - 1;
        request.InitialSequence = segment.Acknowledgment - 1;
        request.Mss = UserMss > 0 ? Math.Min(UserMss, mss) : mss;
        if (segment.HasTimestamps && segment.TimestampEcho != 0)
        {
            SynCookieOptions options = SynCookieOptions.Decode(segment.TimestampEcho - request.TimestampOffset);
            request.TimestampsOk = sysctl.Timestamps.IsOn;
            request.RecentTimestamp = segment.TimestampValue;
            request.SackOk = options.Sack;
            request.EcnOk = options.Ecn && sysctl.Ecn.IsOn;
            request.WindowScaleOk = options.WindowScale != SynCookieOptions.NoWindowScale;
            if (request.WindowScaleOk) request.SndScale = options.WindowScale;
        }
        if (Layer.FindPath(request.Path!.Flow, out TcpPath path) != Errno.None) return true;
        ChooseWindow(request, path);
        TryEstablish(request, ref segment);
        return true;
    }

    private TcpRequest NewRequest(in TcpArrival segment, bool isCookie)
    {
        bool bindsInterface = Template.BoundInterface != 0 || segment.Destination.IsLinkLocal;
        var request = new TcpRequest(this, Layer.Host.Loop)
        {
            LocalAddress = segment.Destination,
            LocalPort = segment.DestinationPort,
            RemoteAddress = segment.Source,
            RemotePort = segment.SourcePort,
            BoundInterface = bindsInterface ? segment.Interface.Index : 0,
            RemoteSequence = segment.Sequence,
            FlowLabel = Socket.AnswerFlowLabel(segment),
            IsCookie = isCookie,
        };
        request.Path = Layer.PathOf(Socket.FlowOf(segment.Destination, segment.Source, request.BoundInterface));
        request.TimestampOffset = Layer.TimestampOffsetFor(segment.Destination, segment.Source);
        return request;
    }

    /// <summary>TCP_SAVE_SYN: the headers of a SYN, for the connection that it asks for.</summary>
    private byte[]? SavedHeaders(in TcpArrival segment)
    {
        if (Template.KnownExtras is not { SavesSyn: > 0 and var mode } || segment.Packet is not { HasNetworkOffset: true } packet) return null;
        int start = mode == 2 && packet.HasLinkOffset ? packet.LinkOffset : packet.NetworkOffset;
        return packet.From(start)[..(packet.TransportOffset + segment.HeaderLength - start)].ToArray();
    }

    private void TakeOffer(TcpRequest request, in TcpOptions options, in TcpArrival segment)
    {
        TcpSysctl sysctl = Layer.Sysctl;
        int mss = options.MaximumSegmentSize ?? (segment.Source.IsIPv4 ? TcpConnection.DefaultMss : TcpConnection.DefaultMss6);
        request.Mss = UserMss > 0 && UserMss < mss ? UserMss : mss;
        request.TimestampsOk = options.Timestamps is not null && sysctl.Timestamps.IsOn;
        request.RecentTimestamp = options.Timestamps?.Value ?? 0;
        request.SackOk = options.SackPermitted && sysctl.SelectiveAcks.IsOn;
        request.WindowScaleOk = options.WindowScale is not null && sysctl.WindowScaling.IsOn;
        request.SndScale = request.WindowScaleOk ? options.WindowScale!.Value : (byte)0;
        request.EcnOk = sysctl.Ecn.IsOn && segment.Has(TcpFlags.Ece) && segment.Has(TcpFlags.Cwr);
    }

    private void ChooseWindow(TcpRequest request, TcpPath path)
    {
        TcpReceiver receiver = Template.Receiver;
        int full = receiver.FullSpace;
        long clamp = Template.UserWindowClamp > 0 ? Template.UserWindowClamp : (long)0xFFFF << TcpOptions.MaximumWindowScale;
        if (receiver.IsBufferLocked && clamp > full) clamp = full;
        int mss = TcpLayer.OfferedMss(path, UserMss) - (request.TimestampsOk ? 12 : 0);
        request.RcvWnd = (uint)TcpReceiver.InitialWindow(Layer.Host, full, clamp, mss, request.WindowScaleOk, out request.RcvScale);
        request.WindowClamp = (int)Math.Min(clamp, 0xFFFFL << request.RcvScale);
    }

    private void Count(TcpExtCounter counter) => Layer.Host.Counters[counter]++;

    /// <summary>How many answers, with doubling distances, fill so many seconds (Linux secs_to_retrans).</summary>
    public static int SecondsToAnswers(int seconds, int first, int most)
    {
        int answers = 0;
        if (seconds <= 0) return 0;
        answers = 1;
        for (int period = first; seconds > period && answers < 255; answers++)
        {
            first <<= 1;
            if (first > most) first = most;
            period += first;
        }
        return answers;
    }

    /// <summary>The seconds that so many answers fill (Linux retrans_to_secs): what TCP_DEFER_ACCEPT reads.</summary>
    public static int AnswersToSeconds(int answers, int first, int most)
    {
        if (answers <= 0) return 0;
        int period = first;
        while (--answers > 0)
        {
            first <<= 1;
            if (first > most) first = most;
            period += first;
        }
        return period;
    }
}
