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
        if (mtu != 0 && mtu != path.Decision.Mtu && State is not (TcpState.Closed or TcpState.Listen)) SyncMss();
        return Errno.None;
    }

    /// <summary>As <see cref="FindPath"/>, for whoever can do without: the old way stays.</summary>
    public void RefreshPath() => FindPath();

    /// <summary>What a segment could carry by the interface alone: what we offer to take (Linux tcp_advertise_mss).</summary>
    public int OfferedMss()
    {
        int mtu = FindPath() == Errno.None ? RouteResolver.InterfaceMtu(_path!.Decision.Interface, _path.Decision.Route, IsIPv4) : 576;
        int mss = Math.Min(mtu, Ipv4Header.MaximumPacketLength) - IpHeaderLength - TcpHeader.MinimumLength;
        if (UserMss > 0) mss = Math.Min(mss, UserMss);
        return Math.Max(mss, 88);
    }

    /// <summary>The segment size for a path: its MTU without headers and options, not above what the peer takes (Linux tcp_sync_mss).</summary>
    public void SyncMss()
    {
        int mtu = Math.Min(_path is { IsUnknown: false } path ? path.Decision.Mtu : 576, Ipv4Header.MaximumPacketLength);
        if (IsProbingMtu && _probeHigh > 0) mtu = Math.Min(mtu, _probeLow);
        int mss = mtu - IpHeaderLength - TcpHeader.MinimumLength;
        mss = Math.Min(mss, MssClamp) - (IpOptions?.Ipv4.Length ?? 0);
        mss = Math.Max(mss, Sysctl.MinSendMss.Value);
        if (TimestampsOk) mss -= TimestampsLength;
        mss = Sender.BoundToHalfWindow(mss);
        int old = Sender.Mss;
        Sender.Mss = Math.Max(mss, 1);
        if (old > Sender.Mss && Sender.PacketsOut > 0) Sender.OnMssLowered();
    }

    private const int TimestampsLength = 12;

    private int IpHeaderLength => IsIPv4 ? Ipv4Header.MinimumLength : Ipv6Header.Length;

    // Path MTU probing (RFC 4821): the size of what is known to pass, and of what may.
    private int _probeLow, _probeHigh;

    private bool IsProbingMtu => _probeHigh > 0;

    /// <summary>Timeouts in a row: the path may swallow full segments without a word (RFC 4821 §7.7).</summary>
    private void SuspectBlackHole()
    {
        if (Sysctl.MtuProbing.Value == 0) return;
        int mtu = _path is { IsUnknown: false } path ? path.Decision.Mtu : 576;
        int headers = IpHeaderLength + TcpHeader.MinimumLength + (TimestampsOk ? TimestampsLength : 0);
        if (!IsProbingMtu)
        {
            _probeHigh = mtu;
            _probeLow = Math.Min(Sysctl.BaseMss.Value + headers, mtu);
        }
        else
        {
            int mss = (_probeLow - headers) >> 1;
            mss = Math.Max(Math.Min(Sysctl.BaseMss.Value, mss), Math.Max(Sysctl.MtuProbeFloor.Value, Sysctl.MinSendMss.Value));
            _probeLow = mss + headers;
        }
        SyncMss();
    }
}
