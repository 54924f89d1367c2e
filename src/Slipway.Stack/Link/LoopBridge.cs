namespace Slipway.Stack;

/// <summary>
/// Carries packets from one loop to another by a ring of byte arrays: the owner of the one writes, the owner of the other reads, and neither waits. The
/// bytes are copied out of the one pool and into the other, as pools know no locks.
/// </summary>
internal sealed class LoopBridge
{
    private const int Slots = 1024;

    private readonly Slot[] _ring = new Slot[Slots];
    private readonly StackLoop _source;
    private readonly Knock _knock;
    private readonly Arrival _arrival;
    private int _written, _read;

    /// <param name="source">The loop that sends.</param>
    /// <param name="target">The loop that receives.</param>
    /// <param name="receive">Takes each packet in the target loop; ownership moves.</param>
    public LoopBridge(StackLoop source, StackLoop target, Action<PacketBuffer> receive)
    {
        _source = source;
        _arrival = new Arrival(this, target, receive);
        _knock = new Knock(target, _arrival);
    }

    /// <summary>Sends a packet. Ownership moves. Called by the owner of the source loop.</summary>
    /// <returns>False: the ring is full, the packet is lost.</returns>
    public bool TrySend(PacketBuffer packet)
    {
        bool room = _written - Volatile.Read(ref _read) < Slots;
        if (room)
        {
            _ring[_written & (Slots - 1)].Store(packet);
            Volatile.Write(ref _written, _written + 1);
            _source.Complete(_knock);
        }
        packet.Release();
        return room;
    }

    private struct Slot
    {
        private byte[]? _bytes;
        private int _length, _transportOffset, _checksumOffset, _segmentSize;
        private PacketChecksum _checksum;

        public void Store(PacketBuffer packet)
        {
            _length = packet.Length;
            if (_bytes is null || _bytes.Length < _length) _bytes = GC.AllocateUninitializedArray<byte>(Math.Max(_length, 2048));
            packet.Span.CopyTo(_bytes);
            _checksum = packet.Checksum;
            _checksumOffset = packet.ChecksumOffset;
            _transportOffset = packet.HasTransportOffset ? packet.TransportOffset : 0;
            _segmentSize = packet.SegmentSize;
        }

        public readonly PacketBuffer Load(PacketPool pool)
        {
            PacketBuffer packet = pool.RentCopy(_bytes.AsSpan(0, _length));
            packet.Checksum = _checksum;
            packet.ChecksumOffset = _checksumOffset;
            packet.SegmentSize = _segmentSize;
            if (_checksum == PacketChecksum.Partial) packet.TransportOffset = _transportOffset;
            return packet;
        }
    }

    /// <summary>Runs when the source loop has been left: hands the arrival to the target without holding two loops at once.</summary>
    private sealed class Knock(StackLoop target, LoopWork arrival) : LoopCompletion
    {
        protected internal override void Run() => target.Inject(arrival);
    }

    private sealed class Arrival(LoopBridge bridge, StackLoop target, Action<PacketBuffer> receive) : LoopWork
    {
        protected internal override void Run()
        {
            int written = Volatile.Read(ref bridge._written);
            while (bridge._read != written)
            {
                PacketBuffer packet = bridge._ring[bridge._read & (Slots - 1)].Load(target.Packets);
                Volatile.Write(ref bridge._read, bridge._read + 1);
                receive(packet);
            }
        }
    }
}
