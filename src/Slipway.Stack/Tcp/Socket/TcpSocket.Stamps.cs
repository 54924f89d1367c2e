using Slipway.Sockets;
using static Slipway.Sockets.TimestampingFlags;

namespace Slipway.Stack;

/// <summary>Time stamps of what a stream sends and receives (SO_TIMESTAMP, SO_TIMESTAMPING).</summary>
internal sealed partial class TcpSocket
{
    /// <inheritdoc/>
    /// <remarks>Numbers are offsets in the stream: from the first byte that is not acknowledged, or from the next one to be written (SOF_TIMESTAMPING_OPT_ID_TCP).</remarks>
    protected override bool TryStartNumbers(bool fromWritten, out uint start)
    {
        TcpSender sender = Connection.Sender;
        start = fromWritten ? sender.WriteSeq : sender.SndUna;
        return State is not (TcpState.Closed or TcpState.Listen);
    }

    /// <summary>A send put bytes into the queue: the last one is marked, if its stamps are wanted.</summary>
    private void MarkForStamps(TimestampingFlags wanted)
    {
        TcpSender sender = Connection.Sender;
        if (sender.Queue.Last is not { Length: > 0 } last) return;
        (sender.Stamps ??= new TcpStamps()).Add(last.Sequence + (uint)last.Length - 1, last.Sequence, wanted);
    }

    /// <summary>What a segment with these bytes, sent now, tells when it leaves.</summary>
    public TransmitStamp? StampFor(uint start, uint end)
    {
        TimestampingFlags wanted = Connection.Sender.Stamps!.Find(start, end, out uint marked);
        return (wanted & (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED)) == 0 ? null : new TransmitStamp(this, wanted, KeyOf(marked), Host.Loop.Now + Connection.TransmitDelay * StackClock.Microsecond);
    }

    /// <summary>Bytes of a piece of the queue were acknowledged: those that are marked get their stamps.</summary>
    /// <param name="acknowledged">The byte behind them.</param>
    /// <param name="segment">The piece.</param>
    /// <param name="hopLimit">TTL or hop limit of the acknowledgment.</param>
    public void StampAcknowledged(uint acknowledged, TcpSegment segment, byte hopLimit)
    {
        TcpSender sender = Connection.Sender;
        while (sender.Stamps!.TryTake(acknowledged, out uint marked, out TimestampingFlags wanted))
        {
            if ((wanted & SOF_TIMESTAMPING_TX_ACK) == 0) continue;
            if ((Timestamping & SOF_TIMESTAMPING_OPT_TSONLY) == 0)
            {
                QueueStamp(TransmitStamp.Acknowledged, KeyOf(marked), segment.Data is { } data ? data.Span.ToArray() : [], null, 0);
                continue;
            }
            byte[] statistics = WantsStatistics ? TcpStatistics.ToBytes(Connection, segment.SentAt, hopLimit) : [];
            QueueStamp(TransmitStamp.Acknowledged, KeyOf(marked), statistics, null, 0, WantsStatistics);
        }
        if (sender.Stamps!.IsEmpty) sender.Stamps = null;
    }

    private bool WantsStatistics => (Timestamping & SOF_TIMESTAMPING_OPT_STATS) != 0;

    /// <inheritdoc/>
    protected override byte[] StatisticsFor(long departure) => WantsStatistics ? TcpStatistics.ToBytes(Connection, departure, null) : [];

    private uint KeyOf(uint marked) => (Timestamping & SOF_TIMESTAMPING_OPT_ID) != 0 ? marked - Uncommon.StampKey : 0;
}
