namespace Slipway.Stack;

/// <summary>Segments leave at the pacing rate (Linux's internal pacing): when the next one may, and how much of it goes in one packet.</summary>
internal sealed partial class TcpSender
{
    /// <summary>Round trips up to here (in units of 2⁹ µs) let packets grow beyond a millisecond's worth of data: the nearer the peer, the longer (tcp_tso_rtt_log).</summary>
    private const int TsoRttLog = 9;

    private bool _waitsForPace;

    /// <summary>Segments are paced. It stays so when another algorithm is chosen, as in Linux.</summary>
    public bool IsPaced { get; private set; }

    /// <summary>SO_MAX_PACING_RATE was set: from now on segments are paced, at that rate at most.</summary>
    public void LimitPace(ulong rate)
    {
        if (rate != Pacing.Unlimited) IsPaced = true;
        Pacing.Rate = Math.Min(Pacing.Rate, rate);
    }

    /// <summary>Round trips take so many microseconds more from now on, or less.</summary>
    public void OnPathLonger(int microseconds)
    {
        Rtt.Shift(_connection.Now, microseconds);
        if (IsPaced) UpdatePacing();
    }

    /// <summary>Nanoseconds until the next segment may leave, by which timers that wait for its answer run longer.</summary>
    private long PaceDelay => IsPaced ? Math.Max(Pacing.NextSend - _connection.Now, 0) : 0;

    /// <summary>Whether nothing may leave yet; the timer is then set for when it may.</summary>
    private bool MustWaitForPace(long now)
    {
        if (!IsPaced || Pacing.MaySend(now)) return false;
        _waitsForPace = true;
        _connection.Schedule(Pacing.NextSend);
        return true;
    }

    /// <summary>The time has come: what is lost goes first, then what is new (Linux tcp_tsq_write).</summary>
    private void GoOnAtPace(long now)
    {
        if (!_waitsForPace || !Pacing.MaySend(now)) return;
        _waitsForPace = false;
        if (LostOut > RetransmittedOut) RetransmitLost();
        PushPending(_connection.Nagle);
    }

    /// <summary>Segments that one packet may stand for: about a millisecond of data where they are paced (Linux tcp_tso_autosize), so that a packet is no burst.</summary>
    private uint MostSegments(int mss)
    {
        if (_connection.SendsOneByOne) return 1;
        if (!IsPaced) return uint.MaxValue;
        ulong bytes = Pacing.Rate >> Pacing.MillisecondShift;
        uint distance = Rtt.MinRtt >> TsoRttLog;
        if (distance < 32) bytes += (uint)TcpConnection.LargestPayload >> (int)distance;
        bytes = Math.Min(bytes, TcpConnection.LargestPayload);
        return Math.Max((uint)bytes / (uint)mss, Congestion.LeastSegments(Pacing.Rate));
    }
}
