namespace Slipway.Stack;

/// <summary>Where the time goes while there are data: to the network, the peer's window or the send buffer, for TCP_INFO (Linux tcp_chrono_start and tcp_chrono_stop).</summary>
internal sealed partial class TcpSender
{
    private uint Milliseconds => (uint)(_connection.Now / StackClock.Millisecond);

    /// <summary>Something holds the data up from now on, unless something weightier does.</summary>
    private void BeginLimit(SendLimit limit)
    {
        TcpExtras extras = _connection.Extras;
        if (limit > extras.Limit) SetLimit(extras, limit);
    }

    /// <summary>That is over: what is left to send or to be acknowledged only keeps the sender busy.</summary>
    public void EndLimit(SendLimit limit)
    {
        if (_connection.KnownExtras is not { Limit: not SendLimit.None } extras) return;
        if (Queue.IsEmpty) SetLimit(extras, SendLimit.None);
        else if (extras.Limit == limit && limit != SendLimit.Busy) SetLimit(extras, SendLimit.Busy);
    }

    private void SetLimit(TcpExtras extras, SendLimit limit)
    {
        uint now = Milliseconds;
        if (extras.Limit != SendLimit.None) extras.Spent[(int)extras.Limit - 1] += now - extras.LimitSince;
        extras.LimitSince = now;
        extras.Limit = limit;
    }

    /// <summary>Milliseconds spent so far with data of which this was the matter.</summary>
    public ulong SpentOn(SendLimit limit)
    {
        if (_connection.KnownExtras is not { } extras) return 0;
        return extras.Spent[(int)limit - 1] + (extras.Limit == limit ? Milliseconds - extras.LimitSince : 0u);
    }

    /// <summary>The retransmission timer fired (Linux tcp_update_rto_stats).</summary>
    private void NoteTimeout()
    {
        TcpExtras extras = _connection.Extras;
        if (Timeouts == 0)
        {
            extras.TimeoutRecoveries++;
            extras.TroubleSince = _connection.Now;
        }
        extras.Timeouts++;
    }

    /// <summary>What the timeouts were about has arrived (Linux tcp_update_rto_time).</summary>
    private void NoteTimeoutsOver()
    {
        if (_connection.KnownExtras is not { TroubleSince: >= 0 } extras) return;
        extras.TimeoutMilliseconds += (uint)((_connection.Now - extras.TroubleSince) / StackClock.Millisecond);
        extras.TroubleSince = -1;
    }
}
