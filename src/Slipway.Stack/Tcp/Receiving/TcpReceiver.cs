using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// The receiving half of a connection: takes data in order, keeps what came early, says how much more may come (<c>Window</c>) and when to acknowledge (<c>Acks</c>). The names of
/// the sequence numbers are those of RFC 9293 §3.3.1 and of the kernel.
/// </summary>
internal sealed partial class TcpReceiver(TcpConnection connection)
{
    private readonly TcpConnection _connection = connection;
    private PacketBuffer? _first, _last;

    /// <summary>RCV.NXT: the next byte expected.</summary>
    public uint RcvNxt;

    /// <summary>RCV.NXT as of the last acknowledgment that was sent (the kernel's rcv_wup).</summary>
    public uint RcvWup;

    /// <summary>The window as of that acknowledgment (rcv_wnd), in bytes.</summary>
    public uint RcvWnd;

    /// <summary>IRS: the peer's initial sequence number.</summary>
    public uint Irs;

    /// <summary>The first byte that the program has not read.</summary>
    public uint CopiedSeq;

    /// <summary>Memory of all packets held, in order and early (sk_rmem_alloc).</summary>
    public int Memory { get; private set; }

    /// <summary>When the last segment came: keepalive counts from it (rcv_tstamp).</summary>
    public long LastArrival;

    /// <summary>Bytes that came in order, for TCP_INFO.</summary>
    public ulong BytesReceived;
    public uint SegmentsIn, DataSegmentsIn;

    /// <summary>Bytes that the program can read, the urgent one and a FIN included.</summary>
    public uint Available => RcvNxt - CopiedSeq;

    /// <summary>A FIN was taken in: it is the last number before <see cref="RcvNxt"/>.</summary>
    public bool HasFin { get; private set; }

    /// <summary>Bytes in order that the program has not read, without the FIN.</summary>
    public int Readable => (int)(RcvNxt - CopiedSeq) - (HasFin ? 1 : 0);

    /// <summary>Begins behind the peer's SYN.</summary>
    public void Start(uint initialSequence)
    {
        Irs = initialSequence;
        RcvNxt = RcvWup = CopiedSeq = initialSequence + 1;
    }

    /// <summary>Takes the data and the FIN of a segment that was found acceptable (Linux tcp_data_queue).</summary>
    public void TakeData(ref TcpArrival segment)
    {
        if (segment.Sequence == segment.EndSequence) return;
        if (segment.Sequence == RcvNxt)
        {
            // A bare FIN needs no room.
            if (ReceiveWindow == 0 && !(segment.Length == 0 && segment.Has(TcpFlags.Fin)))
            {
                // A zero-window probe, or a sender that does not listen: RFC 9293 §3.10.7.4, answer with an acknowledgment.
                _connection.Count(TcpExtCounter.TCPZeroWindowDrop);
                RefuseOutOfWindow();
                return;
            }
            TakeInOrder(ref segment);
            return;
        }
        if (!After(segment.EndSequence, RcvNxt))
        {
            // Seen before: the acknowledgment was lost, or the sender was too quick.
            _connection.Count(TcpExtCounter.DelayedACKLost);
            _connection.ChoosePathAfterDuplicate(segment.FlowLabel);
            NoteDuplicate(segment.Sequence, segment.EndSequence);
            RefuseOutOfWindow();
            return;
        }
        if (!Before(segment.Sequence, RcvNxt + ReceiveWindow))
        {
            RefuseOutOfWindow();
            return;
        }
        if (Before(segment.Sequence, RcvNxt))
        {
            NoteDuplicate(segment.Sequence, RcvNxt);
            if (ReceiveWindow == 0)
            {
                RefuseOutOfWindow();
                return;
            }
            segment.TrimStart((int)(RcvNxt - segment.Sequence));
            TakeInOrder(ref segment);
            return;
        }
        TakeEarly(ref segment);
    }

    /// <summary>Gives all packets back: the connection ends.</summary>
    public void Clear()
    {
        while (_first is { } packet)
        {
            _first = packet.Next;
            packet.Next = null;
            packet.Release();
        }
        _last = null;
        ClearEarly();
        Memory = 0;
    }

    /// <summary>Charges a packet to the buffer.</summary>
    private void Charge(PacketBuffer packet) => Memory += packet.QueueCharge = packet.ShareOfMemory;

    private void Discharge(PacketBuffer packet) => Memory -= packet.QueueCharge;

    private void TakeInOrder(ref TcpArrival segment)
    {
        CutToWindow(ref segment);
        if (segment.Length > 0)
        {
            if (Memory > Buffer && _first is not null && !MakeRoom())
            {
                _connection.Count(TcpExtCounter.TCPRcvQDrop);
                _isOutOfMemory = true;
                ScheduleAckNow();
                return;
            }
            bool isPushed = segment.Has(TcpFlags.Psh);
            MeasureData(ref segment, isPushed);
            Enqueue(segment.Take(), segment.Length);
        }
        RcvNxt = segment.EndSequence;
        if (segment.Has(TcpFlags.Fin)) TakeFin();
        if (_early is not null) TakeEarlyThatFits();
        _connection.OnDataArrived();
    }

    /// <summary>Takes off what lies beyond the window, with the FIN (RFC 9293 §3.10.7.4: trim to the window).</summary>
    private void CutToWindow(ref TcpArrival segment)
    {
        uint limit = RcvNxt + ReceiveWindow;
        if (!After(segment.EndSequence, limit)) return;
        if (segment.Has(TcpFlags.Fin))
        {
            // A FIN right behind a window that the data fill is taken: it needs no room.
            if (segment.EndSequence - 1 == limit) return;
            segment.Flags &= ~TcpFlags.Fin;
            segment.EndSequence--;
        }
        int excess = (int)(segment.EndSequence - limit);
        if (excess <= 0) return;
        _connection.Count(TcpExtCounter.BeyondWindow);
        segment.Packet!.TrimEnd(excess);
        segment.Length -= excess;
        segment.EndSequence = limit;
    }

    private void TakeFin()
    {
        HasFin = true;
        ScheduleAck();
        ClearEarly();
        _connection.OnFin();
    }

    private void RefuseOutOfWindow()
    {
        EnterQuickAck(MaxQuickAcks);
        ScheduleAck();
    }

    /// <summary>Puts data behind what is there. Small pieces are copied together, so that many of them do not hold a buffer each (Linux tcp_try_coalesce).</summary>
    private void Enqueue(PacketBuffer packet, int length)
    {
        BytesReceived += (uint)length;
        if (_last is { } last && length <= last.Tailroom && length < SmallData && !last.IsShared)
        {
            last.Append(packet.Span);
            packet.Release();
            _connection.Count(TcpExtCounter.TCPRcvCoalesce);
            return;
        }
        Charge(packet);
        packet.Next = null;
        if (_last is null) _first = packet;
        else _last.Next = packet;
        _last = packet;
    }

    /// <summary>Data below this length is worth a copy to save a buffer.</summary>
    private const int SmallData = 512;
}
