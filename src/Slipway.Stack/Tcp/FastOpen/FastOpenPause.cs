namespace Slipway.Stack;

/// <summary>
/// Something on the way swallowed SYNs with data, or what followed them: for a while the host sends none (net.ipv4.tcp_fastopen_blackhole_timeout_sec; Linux tcp_fastopen_active_disable).
/// </summary>
internal sealed class FastOpenPause(StackHost host)
{
    private const int MostDoublings = 6;

    private long _since;

    /// <summary>How often that was found since fast open last worked.</summary>
    public int Times { get; private set; }

    private long Timeout => host.Sysctl.Tcp.FastOpenBlackHoleTimeout.Value * StackClock.Second;

    /// <summary>Whether the host sends none now.</summary>
    public bool IsOn => Timeout > 0 && Times > 0 && host.Loop.Now - _since < Timeout << Math.Min(Times - 1, MostDoublings);

    /// <summary>Whether one that is sent now tries if it works again.</summary>
    public bool IsOnTrial => Timeout > 0 && Times > 0;

    /// <summary>A black hole was found.</summary>
    public void Begin()
    {
        if (Timeout == 0) return;
        _since = host.Loop.Now;
        Times++;
        host.Counters[TcpExtCounter.TCPFastOpenBlackhole]++;
    }

    /// <summary>It works again.</summary>
    public void End() => Times = 0;
}
