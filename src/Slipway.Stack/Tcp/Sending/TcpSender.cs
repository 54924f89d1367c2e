using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// The sending half of a connection: the queue of what was written and is not acknowledged, what may be sent of it now (<c>Push</c>), what acknowledgments say about it (<c>Acks</c>), how
/// losses are found and mended (<c>Loss</c>). The names of the sequence numbers are those of RFC 9293 §3.3.1 and of the kernel.
/// </summary>
internal sealed partial class TcpSender
{
    private readonly TcpConnection _connection;

    public TcpSegmentQueue Queue;

    /// <summary>SND.UNA: the first byte that is not acknowledged.</summary>
    public uint SndUna;

    /// <summary>SND.NXT: the next byte to send.</summary>
    public uint SndNxt;

    /// <summary>Behind the last byte that the program wrote.</summary>
    public uint WriteSeq;

    /// <summary>ISS: our initial sequence number.</summary>
    public uint Iss;

    /// <summary>SND.WND: the peer's window in bytes.</summary>
    public uint SndWnd;

    /// <summary>SND.WL1: sequence number of the segment that told the window.</summary>
    public uint SndWl1;

    /// <summary>The largest window that the peer has ever told.</summary>
    public uint MaxWindow;

    /// <summary>SND.UP: behind the urgent byte; <see cref="SndUna"/> where there is none.</summary>
    public uint SndUp;

    /// <summary>Up to here the program's data were marked to be pushed.</summary>
    public uint PushedSeq;

    /// <summary>End of the last small segment that was sent (Minshall's variant of Nagle's algorithm).</summary>
    public uint SndSml;

    /// <summary>Bytes of data in a full segment, options taken off (mss_cache).</summary>
    public int Mss = 536;

    public CongestionWindow Window;
    public RttEstimator Rtt;
    public Pacing Pacing;

    // Counts of segments sent and not acknowledged, and of those among them whose fate is known (RFC 6675 pipe, as Linux counts it).
    public uint PacketsOut, SackedOut, LostOut, RetransmittedOut;

    public ulong BytesSent, BytesRetransmitted, BytesAcked;
    public uint SegmentsOut, DataSegmentsOut, TotalRetransmitted;

    /// <summary>Packets delivered to the peer so far, and of those with a congestion mark.</summary>
    public uint Delivered, DeliveredCe;
    public uint LostTotal, DuplicateSacks, ReorderingSeen;

    public TcpSender(TcpConnection connection)
    {
        _connection = connection;
        TcpSysctl sysctl = connection.Sysctl;
        long now = connection.Now;
        Window = CongestionWindow.Create(CongestionWindow.Initial, now);
        Rtt = new RttEstimator(now, (uint)sysctl.RtoMin.Value, (uint)sysctl.RtoMax.Value * 1000);
        Reordering = (uint)Math.Max(sysctl.Reordering.Value, 1);
        _rack = RackState.Create();
        Buffer = (int)Math.Min(sysctl.Wmem[1], int.MaxValue);
        Pacing.Rate = Pacing.Unlimited;
    }

    /// <summary>SO_SNDBUF in the kernel's accounting.</summary>
    public int Buffer { get; private set; }

    public bool IsBufferLocked { get; set; }

    /// <summary>Memory of what is queued (sk_wmem_queued).</summary>
    public int Memory { get; private set; }

    /// <summary>The retransmission timeout as it stands, nanoseconds.</summary>
    public long Rto => Rtt.BackedOffNanoseconds;

    /// <summary>The greatest timeout, nanoseconds (TCP_RTO_MAX_MS).</summary>
    public long RtoMax => Rtt.MaxMicroseconds * StackClock.Microsecond;

    /// <summary>Packets in flight: those sent, without those that are known to have left the network (RFC 6675).</summary>
    public uint InFlight => PacketsOut - SackedOut - LostOut + RetransmittedOut;

    /// <summary>Bytes written and not acknowledged (SIOCOUTQ), a FIN not counted.</summary>
    public int Unacknowledged => (int)(WriteSeq - SndUna);

    /// <summary>Bytes written and not sent yet (SIOCOUTQNSD).</summary>
    public int Unsent => (int)(WriteSeq - SndNxt);

    public uint WindowEnd => SndUna + SndWnd;

    /// <summary>The algorithm; one object a connection where it keeps state.</summary>
    public CongestionControl Congestion { get; private set; } = Reno.Instance;

    public bool IsUrgent => SndUp != SndUna;

    /// <summary>Bytes whose sending or acknowledgment is to be stamped; null while nobody asks.</summary>
    public TcpStamps? Stamps { get; set; }

    /// <summary>Room in the buffer for more (sk_stream_memory_free).</summary>
    public bool HasRoom => Memory < Buffer && Unsent < _connection.NotSentLimit;

    /// <summary>Room enough for the program to be told (sk_stream_is_writeable): a third of the buffer.</summary>
    public bool IsWritable => Buffer - Memory >= Memory >> 1 && Unsent < _connection.NotSentLimit;

    public void SetBuffer(int bytes, bool isLocked)
    {
        Buffer = bytes;
        IsBufferLocked |= isLocked;
    }

    public void SetCongestion(CongestionControl control)
    {
        Congestion = control;
        _priorThreshold = 0;
        InitializeCongestion();
    }

    private void InitializeCongestion()
    {
        if (Congestion.NeedsPacing) IsPaced = true;
        Congestion.Attach(this);
        Congestion.Initialize(ref Window, _connection.Now);
    }

    /// <summary>Begins with an initial sequence number.</summary>
    public void Start(uint initialSequence)
    {
        Iss = initialSequence;
        SndUna = SndNxt = WriteSeq = PushedSeq = SndUp = SndSml = initialSequence;
    }

    /// <summary>Appends what the program wrote, as far as there is room.</summary>
    /// <param name="data">What remains of the bytes.</param>
    /// <param name="flags">MSG_MORE, MSG_EOR, MSG_OOB.</param>
    /// <returns>Bytes taken; fewer than given: the buffer is full.</returns>
    public int Append(ReadOnlySpan<byte> data, MessageFlags flags)
    {
        int goal = SizeGoal((flags & MessageFlags.MSG_OOB) != 0);
        int taken = 0;
        while (taken < data.Length)
        {
            TcpSegment? last = Queue.FirstUnsent is null ? null : Queue.Last;
            int room = last is null || last.EndsRecord || last.Data is null || (last.Flags & TcpFlags.Fin) != 0 ? 0 : RoomIn(ref last, goal, data.Length - taken);
            if (room <= 0)
            {
                if (!HasRoom) return taken;
                last = AppendSegment(Math.Min(goal, data.Length - taken));
                room = goal;
            }
            int count = Math.Min(room, data.Length - taken);
            Grow(last!, data.Slice(taken, count));
            taken += count;
            if ((flags & MessageFlags.MSG_OOB) != 0 || taken == data.Length) continue;
            if (IsPushDue) 
            {
                MarkPush(last!);
                Push(nagle: false);
            }
            else if (ReferenceEquals(last, Queue.FirstUnsent)) PushOne();
        }
        if ((flags & MessageFlags.MSG_EOR) != 0 && Queue.Last is { } end && Queue.FirstUnsent is not null) end.EndsRecord = true;
        return taken;
    }

    /// <summary>After a write: marks the push, and sends what may be sent (Linux tcp_push).</summary>
    public void FinishWrite(MessageFlags flags)
    {
        if (Queue.FirstUnsent is null) return;
        TcpSegment last = Queue.Last!;
        bool more = (flags & MessageFlags.MSG_MORE) != 0;
        if (!more || IsPushDue) MarkPush(last);
        if ((flags & MessageFlags.MSG_OOB) != 0) SndUp = WriteSeq;
        PushPending(more ? NagleMode.Cork : _connection.Nagle);
    }

    /// <summary>Queues a SYN or FIN, or a SYN with nothing else.</summary>
    public TcpSegment AppendControl(TcpFlags flags)
    {
        TcpSegment segment = _connection.Layer.RentSegment();
        segment.Sequence = WriteSeq;
        segment.EndSequence = ++WriteSeq;
        segment.Flags = flags;
        segment.Count = 1;
        segment.Memory = SegmentCost;
        Memory += SegmentCost;
        Queue.Append(segment);
        return segment;
    }

    /// <summary>Queues what goes with the SYN.</summary>
    public TcpSegment AppendSynData(ReadOnlySpan<byte> data)
    {
        TcpSegment segment = NewSegment(data.Length);
        Grow(segment, data);
        segment.Flags |= TcpFlags.Psh;
        return segment;
    }

    /// <summary>Queues the FIN: at the last unsent data where there are some (Linux tcp_send_fin).</summary>
    public void AppendFin()
    {
        if (Queue.FirstUnsent is not null && Queue.Last is { Data: not null } last)
        {
            last.Flags |= TcpFlags.Fin;
            last.EndSequence++;
            WriteSeq++;
        }
        else
        {
            BeginLimit(SendLimit.Busy);
            AppendControl(TcpFlags.Fin);
        }
        PushPending(NagleMode.Off);
    }

    /// <summary>Gives all up: the connection ends.</summary>
    public void Clear()
    {
        while (Queue.First is { } segment) Drop(segment);
        PacketsOut = SackedOut = LostOut = RetransmittedOut = 0;
        _retransmitHint = null;
        Timer = SenderTimer.None;
        Rtt.Backoff = 0;
        EndLimit(SendLimit.Busy);
    }

    /// <summary>Takes a segment off the queue and gives its memory back.</summary>
    public void Drop(TcpSegment segment)
    {
        if (ReferenceEquals(segment, _retransmitHint)) _retransmitHint = segment.Next;
        Queue.Remove(segment);
        _reports?.Index.Drop(segment);
        _order.Remove(segment);
        Memory -= segment.Memory;
        segment.Data?.Release();
        segment.Data = null;
        _connection.Layer.ReturnSegment(segment);
    }

    /// <summary>What a segment costs beside its data: the kernel's skb (sizeof plus headroom).</summary>
    private const int SegmentCost = 256 + 576;

    private TcpSegment AppendSegment(int expected)
    {
        RestartAfterIdle();
        return NewSegment(expected);
    }

    private TcpSegment NewSegment(int expected)
    {
        TcpSegment segment = _connection.Layer.RentSegment();
        segment.Sequence = segment.EndSequence = WriteSeq;
        segment.Count = 1;
        segment.Data = RentData(expected);
        segment.Memory = SegmentCost;
        Memory += SegmentCost;
        if (Queue.FirstUnsent is null) BeginLimit(SendLimit.Busy);
        Queue.Append(segment);
        return segment;
    }

    /// <summary>An empty packet with room for so much.</summary>
    private PacketBuffer RentData(int expected)
    {
        PacketBuffer data = _connection.Host.Loop.Packets.Rent(expected);
        data.TrimEnd(expected);
        return data;
    }

    /// <summary>
    /// How much may be appended to the last piece. One that was cut shares its bytes with what was sent before it: only its last short segment is copied and goes on, so that what is sent
    /// is full segments, and a sender who always has data does not copy all of it at each acknowledgment.
    /// </summary>
    private int RoomIn(ref TcpSegment last, int goal, int expected)
    {
        PacketBuffer data = last.Data!;
        bool wasCut = data.Headroom > PacketPool.DefaultHeadroom;
        if (!data.IsShared && !wasCut) return goal - last.Length;
        if (!data.IsShared && data.Tailroom > 0 && HasRoom) return Math.Min(goal - last.Length, data.Tailroom);
        int size = CurrentMss;
        int rest = last.Length % size;
        if (rest == 0) return 0;
        int room = (HasRoom ? goal : size) - rest;
        if (rest < last.Length)
        {
            TcpSegment end = Split(last, last.Length - rest);
            Queue.InsertAfter(last, end);
            last = end;
        }
        PacketBuffer shared = last.Data!;
        last.Data = RentData(rest + Math.Min(room, expected));
        last.Data.Append(shared.Span);
        shared.Release();
        return room;
    }

    private void Grow(TcpSegment segment, ReadOnlySpan<byte> bytes)
    {
        segment.Data!.Append(bytes);
        segment.Flags &= ~TcpFlags.Psh;
        segment.EndSequence += (uint)bytes.Length;
        segment.Memory += bytes.Length;
        Memory += bytes.Length;
        WriteSeq += (uint)bytes.Length;
    }

    /// <summary>Half of the largest window was written since the last push (Linux forced_push).</summary>
    private bool IsPushDue => After(WriteSeq, PushedSeq + (MaxWindow >> 1));

    private void MarkPush(TcpSegment segment)
    {
        segment.Flags |= TcpFlags.Psh;
        PushedSeq = WriteSeq;
    }

    /// <summary>How much goes into one piece of the queue: as many full segments as one packet may stand for.</summary>
    private int SizeGoal(bool isUrgent)
    {
        int mss = CurrentMss;
        if (isUrgent || _connection.SendsOneByOne) return mss;
        int most = BoundToHalfWindow(TcpConnection.LargestPayload);
        return Math.Max(mss, most / mss * mss);
    }

    /// <summary>A full segment now: less where selective acknowledgments need room in the header.</summary>
    public int CurrentMss
    {
        get
        {
            _connection.RefreshPath();
            int blocks = _connection.SackBlocksToSend;
            int mss = Mss - _connection.SignatureRoom;
            return blocks == 0 ? mss : Math.Max(mss - 4 - blocks * 8, 1);
        }
    }

    /// <summary>Half of the peer's largest window at most, so that an answer comes before all of it is used (RFC 9293 §3.8.6.2.1).</summary>
    public int BoundToHalfWindow(int size)
    {
        uint cutoff = MaxWindow > 536 ? MaxWindow >> 1 : MaxWindow;
        return cutoff != 0 && size > cutoff ? (int)Math.Max(cutoff, 68 - 20u) : size;
    }
}
