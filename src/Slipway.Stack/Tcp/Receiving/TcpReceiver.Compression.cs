namespace Slipway.Stack;

/// <summary>
/// Data that come out of order fast need not be reported one by one: after three reports at once further ones are put together, for a twentieth of a round trip and a millisecond at most
/// (tcp_comp_sack_delay_ns, tcp_comp_sack_nr; Linux __tcp_ack_snd_check).
/// </summary>
internal sealed partial class TcpReceiver
{
    /// <summary>A sender takes the third duplicate acknowledgment for a loss: so many come at once.</summary>
    private const int ReportsAtOnce = 3;

    private const int PartOfRoundTrip = 20;

    /// <summary>Lets the report that is owed wait for others.</summary>
    /// <returns>False: it is to go at once.</returns>
    private bool Compress(EarlyData early)
    {
        if (!_connection.SackOk || early.Compressed >= _connection.Sysctl.CompressedSacks.Value) return false;
        if (early.NextThen != RcvNxt)
        {
            early.NextThen = RcvNxt;
            early.SentAtOnce = 0;
        }
        if (early.SentAtOnce < ReportsAtOnce)
        {
            early.SentAtOnce++;
            return false;
        }
        long delay = CompressionDelay;
        if (delay == 0) return false;
        early.Compressed++;
        if (early.ReportDueAt != long.MaxValue) return true;
        early.ReportDueAt = _connection.Now + delay;
        _connection.Schedule(early.ReportDueAt);
        return true;
    }

    private long CompressionDelay
    {
        get
        {
            long eighths = _rttMicroseconds, smoothed = _connection.Sender.Rtt.SmoothedEighths;
            if (smoothed != 0) eighths = Math.Min(eighths, smoothed);
            return Math.Min(_connection.Sysctl.CompressedSackDelay.Value, eighths * (StackClock.Microsecond / 8) / PartOfRoundTrip);
        }
    }

    /// <summary>An acknowledgment left, which reports all: none is due any more.</summary>
    private void EndCompression(EarlyData early)
    {
        _connection.Count(TcpExtCounter.TCPAckCompressed, early.Compressed);
        early.Compressed = 0;
        early.ReportDueAt = long.MaxValue;
    }

    /// <summary>The time has come, or the blocks become too many: those that waited go as one, which is not counted among the saved.</summary>
    private void SendCompressed(EarlyData early)
    {
        early.ReportDueAt = long.MaxValue;
        if (early.Compressed == 0) return;
        early.Compressed--;
        _connection.SendAck();
    }
}
