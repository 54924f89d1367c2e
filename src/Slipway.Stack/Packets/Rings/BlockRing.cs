using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.PacketRingFormat;

namespace Slipway.Stack;

/// <summary>
/// Blocks, in which packets stand one after another: TPACKET_V3. A block is handed over when the next packet does not fit, or when its time is up and there is a packet in it. Times are up
/// in a fixed step from when the ring was made, whenever a block was begun.
/// </summary>
internal sealed class BlockRing : ReceiveRing
{
    private const int PacketAlignment = 8;

    // prb_calc_retire_blk_tmo: eight milliseconds, but the time that a fast device needs for a block.
    private const int UsualTime = 8, FastLink = 10, MegabitShift = 20;

    private readonly StackTimer<BlockRing> _timer;
    private readonly long _start, _step;
    private readonly ulong _hashKey;
    private int _active, _packets, _next, _last;
    private ulong _sequence = 1;
    private bool _isFrozen;

    public BlockRing(PacketSocket owner, in PacketRingRequest request, byte[] bytes) : base(owner, request, bytes)
    {
        StackLoop loop = owner.Host.Loop;
        _timer = new StackTimer<BlockRing>(loop, static ring => ring.OnTimeUp(), this);
        _start = loop.Now;
        if (FillsHash) _hashKey = owner.Host.Random.Derive("rxhash").NextUInt64();
        _step = (request.RetireMilliseconds != 0 ? request.RetireMilliseconds : TimeFor(owner.TapInterface, request.BlockSize)) * StackClock.Millisecond;
        Open();
    }

    /// <summary>The step of time after which blocks are handed over.</summary>
    public uint StepMilliseconds => (uint)(_step / StackClock.Millisecond);

    /// <inheritdoc/>
    public override int LongestPacket => (int)Request.BlockSize - First;

    /// <inheritdoc/>
    public override bool HasUnread => !IsFree(_active == 0 ? Count - 1 : _active - 1);

    private bool FillsHash => (Request.Features & PacketRingRequest.FillsHash) != 0;

    /// <inheritdoc/>
    protected override int Count => (int)Request.BlockCount;

    /// <inheritdoc/>
    protected override int Current => _active;

    private int First => (int)StartOf(Request.PrivateSize);

    private Span<byte> Active => Block(_active);

    /// <summary>Where the first packet of a block begins, if so many bytes are the program's own.</summary>
    public static ulong StartOf(uint privateSize) => BlockHeaderLength + Align(privateSize);

    /// <inheritdoc/>
    public override bool TryTake(int length, out Span<byte> slot)
    {
        slot = default;
        if (_isFrozen)
        {
            if (IsInUse) return false;
            Open();
        }
        int aligned = (int)Align((uint)length);
        if (_next + aligned >= Active.Length)
        {
            Retire(PacketStatus.None);
            if (!TryDispatch()) return false;
        }
        slot = Fill(aligned);
        return true;
    }

    /// <inheritdoc/>
    public override void Complete(Span<byte> slot, in TapFrame frame, PacketStatus status)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(slot[HashOffset..], FillsHash ? Math.Max(1, PacketFlow.Hash(frame, _hashKey)) : 0);
        // The block's word hands it over: this one is data like the rest.
        BinaryPrimitives.WriteUInt32LittleEndian(slot[StatusOffset(PacketRingVersion.V3)..], (uint)status);
    }

    /// <inheritdoc/>
    public override void Close() => _timer.Cancel();

    /// <inheritdoc/>
    protected override bool IsFree(int index) => ReadStatus(Block(index)[BlockStatus..]) == 0;

    private static ulong Align(uint length) => ((ulong)length + PacketAlignment - 1) & ~(PacketAlignment - 1UL);

    private static uint TimeFor(NetworkInterface? device, uint blockSize)
    {
        // Ethernet links of hosts say of themselves what veth says: 10 Gbit/s.
        if (device?.Device.Kind != LinkKind.Ethernet) return UsualTime;
        return (uint)(((ulong)blockSize * 8 >> MegabitShift) / FastLink) + 1;
    }

    private bool IsInUse => (ReadStatus(Active[BlockStatus..]) & (uint)PacketStatus.User) != 0;

    private Span<byte> Block(int index) => Part(index * (int)Request.BlockSize, (int)Request.BlockSize);

    private Span<byte> Fill(int length)
    {
        Span<byte> block = Active, slot = block.Slice(_next, length);
        BinaryPrimitives.WriteInt32LittleEndian(slot[NextOffset..], length);
        _last = _next;
        _next += length;
        BinaryPrimitives.WriteInt32LittleEndian(block[BlockLength..], _next);
        BinaryPrimitives.WriteInt32LittleEndian(block[BlockPackets..], ++_packets);
        // An empty block is not handed over, so that nothing need be waited for: a ring that rests costs no timer.
        if (_packets == 1) _timer.Arm(_start + (((Owner.Host.Loop.Now - _start) / _step) + 1) * _step);
        return slot;
    }

    private void OnTimeUp()
    {
        if (_isFrozen || _packets == 0) return;
        Retire(PacketStatus.BlockTimeout);
        TryDispatch();
    }

    /// <summary>Begins the block at hand (Linux prb_open_block).</summary>
    private void Open()
    {
        Span<byte> block = Active;
        BinaryPrimitives.WriteInt32LittleEndian(block[BlockVersion..], (int)PacketRingVersion.V3);
        BinaryPrimitives.WriteInt32LittleEndian(block[BlockPrivate..], BlockHeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(block[BlockPackets..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(block[BlockFirst..], First);
        BinaryPrimitives.WriteInt32LittleEndian(block[BlockLength..], First);
        BinaryPrimitives.WriteUInt64LittleEndian(block[BlockSequence..], _sequence++);
        RingHeader.WriteTime(block[BlockBegan..], Owner.Host.Loop.Clock.UnixNanoseconds, inNanoseconds: true);
        _packets = 0;
        _next = _last = First;
        _isFrozen = false;
    }

    /// <summary>Hands the block at hand over (Linux prb_retire_current_block). One that the program took without being given it stays where it is.</summary>
    private void Retire(PacketStatus reason)
    {
        Span<byte> block = Active;
        if (ReadStatus(block[BlockStatus..]) != 0) return;
        _timer.Cancel();
        BinaryPrimitives.WriteInt32LittleEndian(block[(_last + NextOffset)..], 0);
        if (_packets > 0) block.Slice(_last + TimeOffset(PacketRingVersion.V3), 2 * sizeof(uint)).CopyTo(block[BlockEnded..]);
        else RingHeader.WriteTime(block[BlockEnded..], Owner.Host.Loop.Clock.UnixNanoseconds, inNanoseconds: true);
        PacketStatus status = PacketStatus.User | reason | (Owner.IsLosing ? PacketStatus.Losing : PacketStatus.None);
        WriteStatus(block[BlockStatus..], (uint)status);
        _active = _active + 1 == Count ? 0 : _active + 1;
        Owner.OnHandedOver();
    }

    /// <summary>Goes on to the next block, or stands still where the program has not given it back.</summary>
    private bool TryDispatch()
    {
        if (IsInUse)
        {
            _isFrozen = true;
            Owner.OnFrozen();
            return false;
        }
        Open();
        return true;
    }
}
