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

    /// <summary>What a segment with these bytes tells when it leaves.</summary>
    public TransmitStamp? StampFor(uint start, uint end)
    {
        TimestampingFlags wanted = Connection.Sender.Stamps!.Find(start, end, out uint marked);
        return (wanted & (SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED)) == 0 ? null : new TransmitStamp(this, wanted, KeyOf(marked));
    }

    /// <summary>Bytes were acknowledged: those that are marked get their stamps.</summary>
    public void StampAcknowledged(uint acknowledged)
    {
        TcpSender sender = Connection.Sender;
        while (sender.Stamps!.TryTake(acknowledged, out uint marked, out TimestampingFlags wanted))
        {
            if ((wanted & SOF_TIMESTAMPING_TX_ACK) == 0) continue;
            byte[] payload = [];
            if ((Timestamping & SOF_TIMESTAMPING_OPT_TSONLY) == 0)
            {
                for (TcpSegment? segment = sender.Queue.First; segment is not null; segment = segment.Next)
                {
                    if (SequenceNumber.Before(marked, segment.Sequence) || !SequenceNumber.Before(marked, segment.EndSequence)) continue;
                    payload = segment.Data!.Span.ToArray();
                    break;
                }
            }
            QueueStamp(TransmitStamp.Acknowledged, KeyOf(marked), payload, null, 0);
        }
        if (sender.Stamps!.IsEmpty) sender.Stamps = null;
    }

    private uint KeyOf(uint marked) => (Timestamping & SOF_TIMESTAMPING_OPT_ID) != 0 ? marked - Uncommon.StampKey : 0;
}
