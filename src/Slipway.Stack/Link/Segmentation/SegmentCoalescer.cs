using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Joins TCP segments that arrived together and follow one another into one packet that stands for them, as the kernel's generic receive offload does
/// (tcp_gro_receive, inet_gro_receive): the host's work for a packet is then done once for many.
/// </summary>
/// <remarks>
/// What is joined, <see cref="SegmentCutter"/> cuts into the same packets again, byte for byte, so that it may be forwarded. Checksums are verified before: a damaged segment
/// goes on alone, for the host to count. Packets of one flow keep their order.
/// </remarks>
/// <param name="linkHeader">Bytes before the IP header.</param>
internal sealed class SegmentCoalescer(int linkHeader)
{
    /// <summary>Flows that may wait at once; with one more the oldest goes on.</summary>
    public const int MaxFlows = 8;

    private const int LongestPacket = Ipv4Header.MaximumPacketLength;

    private readonly HeldSegments[] _held = new HeldSegments[MaxFlows];
    private int _count;
    private PacketQueue _ready;
    private int _joined;
    private long _joinedBytes;

    /// <summary>Segments that became part of another since the last call, and the bytes of their headers.</summary>
    public (int Packets, long HeaderBytes) TakeJoined()
    {
        (int, long) joined = (_joined, _joinedBytes);
        (_joined, _joinedBytes) = (0, 0);
        return joined;
    }

    /// <summary>Takes a packet as it arrived. Ownership moves.</summary>
    public void Add(PacketBuffer packet)
    {
        switch (SegmentKey.Read(packet, linkHeader, out SegmentKey key))
        {
            case SegmentKind.Other:
                _ready.Enqueue(packet);
                break;
            case SegmentKind.Unclear:
                Flush();
                _ready.Enqueue(packet);
                break;
            case SegmentKind.Single:
                if (Find(packet, key) is >= 0 and var before) Release(before);
                _ready.Enqueue(packet);
                break;
            default:
                AddData(packet, key);
                break;
        }
    }

    /// <summary>Lets go all that waits: the batch has ended.</summary>
    public void Flush()
    {
        for (int i = 0; i < _count; i++) _ready.Enqueue(_held[i].Take());
        _count = 0;
    }

    /// <summary>The next packet that nothing more will be joined to; ownership moves to the caller.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PacketBuffer? packet) => _ready.TryDequeue(out packet);

    private void AddData(PacketBuffer packet, in SegmentKey key)
    {
        int flow = Find(packet, key);
        if (flow >= 0)
        {
            int headerBytes = key.HeaderEnd;
            if (_held[flow].TryJoin(packet, key))
            {
                _joined++;
                _joinedBytes += headerBytes;
                if (_held[flow].IsComplete) Release(flow);
                return;
            }
            Release(flow);
        }
        // A pushed segment wants to go on, and in the chain it would have to be the last.
        if (key.IsPushed)
        {
            _ready.Enqueue(packet);
            return;
        }
        if (_count == MaxFlows) Release(0);
        _held[_count++] = new HeldSegments(packet, key);
    }

    private int Find(PacketBuffer packet, in SegmentKey key)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_held[i].IsOfFlow(packet, key)) return i;
        }
        return -1;
    }

    private void Release(int flow)
    {
        _ready.Enqueue(_held[flow].Take());
        _count--;
        for (int i = flow; i < _count; i++) _held[i] = _held[i + 1];
        _held[_count] = default;
    }

    /// <summary>Segments of one flow that were joined so far, in the first one's packet, which moves to larger storage as it grows.</summary>
    private struct HeldSegments
    {
        private readonly SegmentKey _first;
        private readonly int _size;
        private PacketBuffer? _packet;
        private uint _nextSequence;
        private int _segments;

        public HeldSegments(PacketBuffer packet, in SegmentKey key)
        {
            _packet = packet;
            _first = key;
            _size = key.PayloadLength;
            _nextSequence = key.Sequence + (uint)_size;
            _segments = 1;
        }

        /// <summary>Whether nothing more may follow: the last segment was short or pushed.</summary>
        public bool IsComplete { get; private set; }

        public readonly bool IsOfFlow(PacketBuffer packet, in SegmentKey key) => _first.IsSameFlow(_packet!.Span, packet.Span, key);

        /// <summary>Joins a segment, which is released then.</summary>
        public bool TryJoin(PacketBuffer packet, in SegmentKey key)
        {
            int length = key.PayloadLength;
            PacketBuffer held = _packet!;
            if (key.Sequence != _nextSequence || length > _size || held.Length + length - _first.LinkHeader > LongestPacket) return false;
            if (!_first.HasSameHeaders(held.Span, packet.Span, key, _segments)) return false;
            held.Append(packet.Span.Slice(key.HeaderEnd, length));
            packet.Release();
            _segments++;
            _nextSequence += (uint)length;
            if (key.IsPushed) held.Span[_first.TransportOffset + 13] |= (byte)TcpFlags.Psh;
            IsComplete = key.IsPushed || length < _size;
            return true;
        }

        /// <summary>Gives up the packet, as one that stands for several if it does.</summary>
        public PacketBuffer Take()
        {
            PacketBuffer packet = _packet!;
            _packet = null;
            if (_segments > 1) _first.Complete(packet, _size);
            return packet;
        }
    }
}
