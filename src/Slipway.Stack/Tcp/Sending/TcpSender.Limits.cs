namespace Slipway.Stack;

/// <summary>Where the time goes while there are data: to the network, the peer's window or the send buffer, for TCP_INFO (Linux tcp_chrono_start and tcp_chrono_stop).</summary>
internal sealed partial class TcpSender
{
    // Every connection that has sent something has these; what held it up is told apart only where something did.
    private SendLimit _limit;
    private uint _limitSince, _busy;

    private uint Milliseconds => (uint)(_connection.Now / StackClock.Millisecond);

    /// <summary>Something holds the data up from now on, unless something weightier does.</summary>
    private void BeginLimit(SendLimit limit)
    {
        if (limit > _limit) SetLimit(limit);
    }

    /// <summary>That is over: what is left to send or to be acknowledged only keeps the sender busy.</summary>
    public void EndLimit(SendLimit limit)
    {
        if (_limit == SendLimit.None) return;
        if (Queue.IsEmpty) SetLimit(SendLimit.None);
        else if (_limit == limit && limit != SendLimit.Busy) SetLimit(SendLimit.Busy);
    }

    private void SetLimit(SendLimit limit)
    {
        uint now = Milliseconds, spent = now - _limitSince;
        if (_limit == SendLimit.Busy) _busy += spent;
        else if (_limit == SendLimit.PeerWindow) _connection.Extras.PeerWindowTime += spent;
        else if (_limit == SendLimit.SendBuffer) _connection.Extras.SendBufferTime += spent;
        _limitSince = now;
        _limit = limit;
    }

    /// <summary>Milliseconds spent so far with data of which this was the matter.</summary>
    public ulong SpentOn(SendLimit limit)
    {
        uint earlier = limit switch
        {
            SendLimit.Busy => _busy,
            SendLimit.PeerWindow => _connection.KnownExtras?.PeerWindowTime ?? 0,
            _ => _connection.KnownExtras?.SendBufferTime ?? 0,
        };
        return earlier + (_limit == limit ? Milliseconds - _limitSince : 0u);
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
