using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The way to the peer, and the size of segments that it takes (RFC 9293 §3.7, RFC 1191, RFC 8201, RFC 4821).</summary>
internal sealed partial class TcpConnection
{
    /// <summary>Most data that one packet may stand for: what an IPv4 packet holds beside the longest headers.</summary>
    public const int LargestPayload = Ipv4Header.MaximumPacketLength - Ipv4Header.MinimumLength - TcpHeader.MaximumLength;

    private TcpPath? _path;

    /// <summary>Greatest packet that the path takes as far as it is known (IP_MTU).</summary>
    public int PathMtu => FindPath() == Errno.None ? _path!.Decision.Mtu : 0;

    /// <summary>The way, as far as it is known.</summary>
    public TcpPath? Path => _path;

    /// <summary>Finds the way anew where routes have changed.</summary>
    public Errno FindPath()
    {
        if (_path is not { } known) return Errno.ENETUNREACH;
        if (known.Decision.Generation == Host.RoutingGeneration) return Errno.None;
        int mtu = known.IsUnknown ? 0 : known.Decision.Mtu;
        Errno error = Layer.FindPath(known.Flow, out TcpPath path);
        if (error != Errno.None) return error;
        _path = path;
        if (!IsIPv4 && Socket is { } socket) FlowLabel = socket.FlowLabelOf(this);
        if (mtu != 0 && mtu != path.Decision.Mtu && State is not (TcpState.Closed or TcpState.Listen)) SyncMss();
        return Errno.None;
    }

    /// <summary>As <see cref="FindPath"/>, for whoever can do without: the old way stays.</summary>
    public void RefreshPath() => FindPath();

    /// <summary>What a segment could carry by the interface alone: what we offer to take (Linux tcp_advertise_mss).</summary>
    public int OfferedMss()
    {
        if (FindPath() == Errno.None) return TcpLayer.OfferedMss(_path!, UserMss);
        return TcpLayer.OfferedMss(WithoutPath, IsIPv4, UserMss);
    }

    // RFC 9293 §3.7.1: what every host takes.
    private const int WithoutPath = 576;

    /// <summary>The segment size for a path: its MTU without headers and options, not above what the peer takes (Linux tcp_sync_mss).</summary>
    public void SyncMss()
    {
        int mtu = Math.Min(_path is { IsUnknown: false } path ? path.Decision.Mtu : 576, Ipv4Header.MaximumPacketLength);
        if (_searchHigh > mtu) _searchHigh = mtu;
        if (IsProbingMtu) mtu = Math.Min(mtu, _searchLow);
        int mss = mtu - IpHeaderLength - TcpHeader.MinimumLength;
        mss = Math.Min(mss, MssClamp) - (IpOptions?.Length ?? 0);
        mss = Math.Max(mss, Sysctl.MinSendMss.Value);
        if (TimestampsOk) mss -= TimestampsLength;
        mss -= SignatureInMss;
        mss = Sender.BoundToHalfWindow(mss);
        int old = Sender.Mss;
        Sender.Mss = Math.Max(mss, 1);
        if (old > Sender.Mss && Sender.PacketsOut > 0) Sender.OnMssLowered();
    }

    private const int TimestampsLength = 12;

    private int IpHeaderLength => IsIPv4 ? Ipv4Header.MinimumLength : Ipv6Header.Length;

    // Path MTU probing (RFC 4821): packets up to _searchLow pass, those above _searchHigh do not.
    private int _searchLow, _searchHigh;
    private long _searchedAt;

    /// <summary>Whether segments are kept at the size that was found to pass (tcp_mtu_probing).</summary>
    public bool IsProbingMtu { get; private set; }

    private int HeadersLength => IpHeaderLength + TcpHeader.MinimumLength + (TimestampsOk ? TimestampsLength : 0) + SignatureInMss;

    private int SignatureInMss => KnownExtras?.SignatureInMss ?? 0;

    /// <summary>The packet that carries so much data.</summary>
    public int MtuOf(int mss) => mss + HeadersLength;

    /// <summary>Data of the next probe, halfway between what passes and what does not; 0 where nothing is left to be found out (tcp_mtu_probe).</summary>
    public int NextMtuProbe()
    {
        if (_searchHigh - _searchLow >= Math.Max(Sysctl.ProbeThreshold.Value, 1)) return ((_searchHigh + _searchLow) >> 1) - HeadersLength;
        // Paths change: after a while all is open again.
        if (Now - _searchedAt < Sysctl.ProbeInterval.Value * StackClock.Second) return 0;
        _searchHigh = MssClamp + TcpHeader.MinimumLength + IpHeaderLength;
        _searchLow = MtuOf(Sender.Mss);
        _searchedAt = Now;
        return 0;
    }

    /// <summary>A probe with so much data arrived.</summary>
    public void RaiseMtu(int size)
    {
        _searchLow = MtuOf(size);
        SyncMss();
    }

    /// <summary>A probe with so much data was lost.</summary>
    public void LowerMtuLimit(int size) => _searchHigh = MtuOf(size) - 1;

    private void StartMtuSearch()
    {
        _searchHigh = MssClamp + TcpHeader.MinimumLength + IpHeaderLength;
        _searchLow = MtuOf(Sysctl.BaseMss.Value);
        _searchedAt = Now;
        IsProbingMtu = Sysctl.MtuProbing.Value > 1;
    }

    /// <summary>Timeouts in a row: the path may swallow full segments without a word (RFC 4821 §7.7, Linux tcp_mtu_probing).</summary>
    private void SuspectBlackHole()
    {
        if (Sysctl.MtuProbing.Value == 0) return;
        if (!IsProbingMtu)
        {
            IsProbingMtu = true;
            _searchedAt = Now;
        }
        else
        {
            int mss = Math.Min(Sysctl.BaseMss.Value, (_searchLow - HeadersLength) >> 1);
            _searchLow = MtuOf(Math.Max(mss, Math.Max(Sysctl.MtuProbeFloor.Value, Sysctl.MinSendMss.Value)));
        }
        SyncMss();
    }
}
