using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>TCP of a host, over both families (RFC 9293): hands segments to connections and listeners, answers those that belong to none. All by the owner of the loop.</summary>
internal sealed partial class TcpLayer : ITransport
{
    private readonly Dictionary<FlowKey, TcpPath> _paths = [];
    private readonly EphemeralPortTable _portTable;
    private TcpSegment? _freeSegments;
    private EarlySegment? _freeEarly;

    public TcpLayer(StackHost host)
    {
        Host = host;
        RandomSource random = host.Random.Derive("tcp");
        Secrets = new TcpSecrets(random);
        Connections = new ConnectionTable(random.NextUInt64());
        Listeners = new ListenerTable(random.Derive("listeners").NextUInt64());
        _portTable = new EphemeralPortTable(random.Derive("ports"), 8);
        Ports = new TcpPorts(this, _portTable);
        FastOpenPause = new FastOpenPause(host);
        Metrics = new TcpMetricsTable(host.Loop);
        host.Ip.Register(IpProtocolNumber.Tcp, this);
        SnmpCounters counters = host.Counters;
        counters[TcpCounter.RtoAlgorithm] = 1;
        counters[TcpCounter.RtoMin] = 200;
        counters[TcpCounter.RtoMax] = 120000;
        counters[TcpCounter.MaxConn] = -1;
    }

    public StackHost Host { get; }

    public TcpSysctl Sysctl => Host.Sysctl.Tcp;

    public TcpSecrets Secrets { get; }

    public ConnectionTable Connections { get; }

    public ListenerTable Listeners { get; }

    public TcpPorts Ports { get; }

    /// <summary>Connections that no program holds any more.</summary>
    public int OrphanCount { get; set; }

    public int TimeWaitCount { get; set; }

    public bool HasTooManyOrphans => OrphanCount > Sysctl.MaxOrphans.Value;

    /// <summary>net.ipv4.tcp_congestion_control: what new sockets begin with.</summary>
    public string DefaultCongestion => Sysctl.CongestionControl.Text;

    public TcpSocket CreateSocket(ProcessContext creator, AddressFamily family) => new(Host, creator.UserId, family, ++Host.Udp.LastCookie);

    /// <inheritdoc/>
    public void Receive(PacketBuffer packet, in ReceivedIp info)
    {
        Host.Counters[TcpCounter.InSegs]++;
        if (!info.IsUnicast || packet.Destination != LinkDestination.Host)
        {
            // RFC 1122 §4.2.3.10: not to broadcast or multicast.
            packet.Release();
            return;
        }
        if (!TcpView.TryParse(packet.Span, out TcpView view, out _))
        {
            Host.Counters[TcpCounter.InErrs]++;
            packet.Release();
            return;
        }
        if (packet.Checksum == PacketChecksum.Unverified && !view.HasValidChecksum(info.Source, info.Destination))
        {
            Host.Counters[TcpCounter.InCsumErrors]++;
            Host.Counters[TcpCounter.InErrs]++;
            packet.Release();
            return;
        }
        TcpArrival.Read(packet, info, view, out TcpArrival segment);
        packet.TransportOffset = 0;
        packet.TrimStart(segment.HeaderLength);
        Dispatch(ref segment);
        segment.Packet?.Release();
    }

    /// <inheritdoc/>
    public void ReceiveError(in IcmpError error)
    {
        if (Find(error) is not { } endpoint) return;
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(error.Transport[4..]);
        if (!endpoint.IsInFlight(sequence))
        {
            if (!endpoint.IsTimeWait) Host.Counters[TcpExtCounter.OutOfWindowIcmps]++;
            return;
        }
        endpoint.ReceiveError(error, sequence);
    }

    /// <inheritdoc/>
    public bool AcceptsPathMtu(in IcmpError error)
        => Find(error) is { } endpoint && endpoint.IsInFlight(BinaryPrimitives.ReadUInt32BigEndian(error.Transport[4..]));

    /// <summary>A path to a peer: asked of the routing once for all connections that go there.</summary>
    public Errno FindPath(in FlowKey flow, out TcpPath path)
    {
        if (_paths.TryGetValue(flow, out TcpPath? known) && known.Decision.Generation == Host.RoutingGeneration)
        {
            path = known;
            return Errno.None;
        }
        Errno error = Host.Ip.Route(flow, out RouteDecision decision);
        if (error == Errno.None && decision.Kind is RouteKind.Broadcast or RouteKind.Multicast) error = Errno.ENETUNREACH;
        if (error != Errno.None)
        {
            path = null!;
            return error;
        }
        if (_paths.Count >= MostPaths) _paths.Clear();
        _paths[flow] = path = new TcpPath(flow, decision);
        return Errno.None;
    }

    /// <summary>The path, or the question to be asked again where there is none now.</summary>
    public TcpPath PathOf(in FlowKey flow) => FindPath(flow, out TcpPath path) == Errno.None ? path : new TcpPath(flow, default);

    private const int MostPaths = 4096;

    public static int OfferedMss(TcpPath path, int userMss)
    {
        bool isIPv4 = path.Decision.Destination.IsIPv4;
        return OfferedMss(RouteResolver.InterfaceMtu(path.Decision.Interface, path.Decision.Route, isIPv4), isIPv4, userMss);
    }

    /// <summary>What a segment can carry by the MTU of the interface, TCP_MAXSEG at most (Linux tcp_advertise_mss).</summary>
    public static int OfferedMss(int mtu, bool isIPv4, int userMss)
    {
        int mss = Math.Min(mtu, Ipv4Header.MaximumPacketLength) - (isIPv4 ? Ipv4Header.MinimumLength : Ipv6Header.Length) - TcpHeader.MinimumLength;
        if (userMss > 0) mss = Math.Min(mss, userMss);
        return Math.Max(mss, 88);
    }

    /// <summary>What is remembered of destinations.</summary>
    public TcpMetricsTable Metrics { get; }

    /// <summary>Cookies of servers.</summary>
    public FastOpenCache FastOpenCache { get; } = new();

    /// <summary>Whether the host sends data with SYNs now.</summary>
    public FastOpenPause FastOpenPause { get; }

    /// <summary>The host's own keys for cookies (tcp_fastopen_key): made when they are first wanted.</summary>
    public FastOpenKeys FastOpenKeys => Sysctl.FastOpenKey.Keys ??= FastOpenKeys.From(Host.Random.Derive("fast open"));

    public uint TimestampOffsetFor(IpAddress local, IpAddress remote) => Sysctl.Timestamps.Value == 1 ? Secrets.TimestampOffset(local, remote) : 0;

    /// <summary>Whether no connection has this local and remote address and port; one in TIME_WAIT may make room (RFC 6191, tcp_tw_reuse).</summary>
    public bool IsFreeTuple(TcpConnection wanted)
    {
        TcpEndpoint? other = Connections.Find(wanted.LocalAddress, wanted.LocalPort, wanted.RemoteAddress, wanted.RemotePort, wanted.BoundInterface);
        if (other is null) return true;
        if (other is not TcpTimeWait rest || !MayReuse(rest)) return false;
        wanted.ContinueFrom(rest);
        rest.Leave();
        return true;
    }

    /// <summary>RFC 5961 §7: challenges in a second are limited for the whole host too.</summary>
    public bool MaySendChallenge()
    {
        int limit = Sysctl.ChallengeAckLimit.Value;
        if (limit == int.MaxValue) return true;
        long second = Host.Loop.Now / StackClock.Second;
        if (second != _challengeSecond)
        {
            _challengeSecond = second;
            // Not guessable by counting: RFC 5961's limit leaked who talks to whom (CVE-2016-5696).
            _challengesLeft = limit / 2 + (limit > 0 ? Host.Random.Next(limit) : 0);
        }
        return _challengesLeft-- > 0;
    }

    private long _challengeSecond = -1;
    private int _challengesLeft;

    public TcpSegment RentSegment()
    {
        if (_freeSegments is not { } segment) return new TcpSegment();
        _freeSegments = segment.Next;
        segment.Next = null;
        return segment;
    }

    public void ReturnSegment(TcpSegment segment)
    {
        segment.Flags = 0;
        segment.Marks = SegmentMarks.None;
        segment.EndsRecord = false;
        segment.Memory = 0;
        segment.HasRate = false;
        segment.Next = _freeSegments;
        _freeSegments = segment;
    }

    public EarlySegment RentEarly()
    {
        if (_freeEarly is not { } segment) return new EarlySegment();
        _freeEarly = segment.Next;
        segment.Next = null;
        return segment;
    }

    public void ReturnEarly(EarlySegment segment)
    {
        segment.Data = null;
        segment.Next = _freeEarly;
        _freeEarly = segment;
    }

    private void Dispatch(ref TcpArrival segment)
    {
        TcpEndpoint? endpoint = Connections.Find(segment.Destination, segment.DestinationPort, segment.Source, segment.SourcePort, segment.Interface.Index);
        if (endpoint is not null) endpoint.Receive(ref segment);
        // A stream needs one host at its end: nobody opens one to an anycast address (Linux tcp_v6_conn_request).
        else if (Host.Interfaces.IsAnycast(segment.Destination)) return;
        else if (Listeners.Find(segment) is { } listener) listener.Receive(ref segment);
        else if (!segment.Has(TcpFlags.Rst)) SendResetFor(segment);
    }

    private TcpEndpoint? Find(in IcmpError error)
    {
        if (error.Transport.Length < 8) return null;
        ushort localPort = BinaryPrimitives.ReadUInt16BigEndian(error.Transport);
        ushort remotePort = BinaryPrimitives.ReadUInt16BigEndian(error.Transport[2..]);
        return Connections.Find(error.Source, localPort, error.Destination, remotePort, error.Interface.Index);
    }

    private bool MayReuse(TcpTimeWait rest)
    {
        int mode = Sysctl.TimeWaitReuse.Value;
        if (mode == 0 || rest.State != TcpState.TimeWait || !rest.HasTimestamps) return false;
        if (mode == 2 && !IsLoopback(rest.RemoteAddress) && !IsLoopback(rest.LocalAddress)) return false;
        return Host.Loop.Now - rest.RecentAt > Sysctl.TimeWaitReuseDelay.Value * StackClock.Millisecond;
    }

    private static bool IsLoopback(IpAddress address) => address.IsLoopback;
}
