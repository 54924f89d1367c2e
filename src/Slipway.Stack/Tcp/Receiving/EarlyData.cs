using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>
/// What a connection holds for data out of order: the pieces in order of their numbers, and what the next acknowledgments report of them (RFC 2018 §4, RFC 2883). Made when
/// the first such piece comes.
/// </summary>
internal sealed class EarlyData(uint seed)
{
    private EarlyTree _tree = new(seed);
    private readonly SackBlock[] _blocks = new SackBlock[SackBlocks.MaximumCount];
    private int _blockCount;

    public EarlySegment? First, Last;

    /// <summary>What was received twice and was not reported yet.</summary>
    public SackBlock Duplicate { get; private set; }

    public bool HasDuplicate { get; private set; }

    public int BlockCount => _blockCount;

    public int Count { get; private set; }

    /// <summary>The last piece that begins at a number or before it: mostly the very last, as data comes in order behind a gap.</summary>
    public EarlySegment? FindUpTo(uint sequence) => Last is null || !After(Last.Sequence, sequence) ? Last : _tree.FindUpTo(sequence);

    public void InsertBefore(EarlySegment? place, EarlySegment segment)
    {
        segment.Next = place;
        segment.Previous = place is null ? Last : place.Previous;
        if (segment.Previous is null) First = segment;
        else segment.Previous.Next = segment;
        if (place is null) Last = segment;
        else place.Previous = segment;
        _tree.Insert(segment);
        Count++;
    }

    public void Remove(EarlySegment segment)
    {
        if (segment.Previous is null) First = segment.Next;
        else segment.Previous.Next = segment.Next;
        if (segment.Next is null) Last = segment.Previous;
        else segment.Next.Previous = segment.Previous;
        segment.Next = segment.Previous = null;
        _tree.Remove(segment);
        Count--;
    }

    public void SetDuplicate(uint left, uint right)
    {
        Duplicate = new SackBlock(left, right);
        HasDuplicate = true;
    }

    /// <summary>A further duplicate before the first was reported: one block that covers both, where they touch.</summary>
    public void ExtendDuplicate(uint left, uint right)
    {
        if (!HasDuplicate) SetDuplicate(left, right);
        else if (!After(left, Duplicate.Right) && !After(Duplicate.Left, right)) Duplicate = new SackBlock(Min(left, Duplicate.Left), Max(right, Duplicate.Right));
    }

    /// <summary>As <see cref="ExtendDuplicate"/>, where duplicates are reported at all.</summary>
    public void ExtendDuplicateIf(bool reports, uint left, uint right)
    {
        if (reports) ExtendDuplicate(left, right);
    }

    public void ForgetDuplicate() => HasDuplicate = false;

    /// <summary>Data was kept: its block goes first, joined with those that it touches (RFC 2018 §4: the first block holds the segment that caused the acknowledgment).</summary>
    public void NoteBlock(uint left, uint right)
    {
        int kept = 0;
        for (int i = 0; i < _blockCount; i++)
        {
            SackBlock block = _blocks[i];
            if (!After(left, block.Right) && !After(block.Left, right))
            {
                left = Min(left, block.Left);
                right = Max(right, block.Right);
            }
            else _blocks[kept++] = block;
        }
        _blockCount = Math.Min(kept, _blocks.Length - 1);
        for (int i = _blockCount; i > 0; i--) _blocks[i] = _blocks[i - 1];
        _blocks[0] = new SackBlock(left, right);
        _blockCount++;
    }

    /// <summary>Forgets the blocks that were received in order by now.</summary>
    public void ForgetBlocksBefore(uint next)
    {
        int kept = 0;
        for (int i = 0; i < _blockCount; i++)
        {
            if (Before(next, _blocks[i].Left)) _blocks[kept++] = _blocks[i];
        }
        _blockCount = kept;
    }

    /// <summary>The blocks of the next acknowledgment: a duplicate first, then the latest.</summary>
    public SackBlocks Report(int room)
    {
        Span<SackBlock> blocks = stackalloc SackBlock[SackBlocks.MaximumCount];
        int count = 0;
        if (HasDuplicate && room > 0) blocks[count++] = Duplicate;
        for (int i = 0; i < _blockCount && count < room; i++) blocks[count++] = _blocks[i];
        return new SackBlocks(blocks[..count]);
    }

    // Acknowledgments that were put together into one that comes later, and before that those that went at once for the same next number (tcp_comp_sack_*).
    public int Compressed, SentAtOnce;
    public uint NextThen;

    /// <summary>When the one comes; <see cref="long.MaxValue"/> if none is due.</summary>
    public long ReportDueAt = long.MaxValue;

    /// <summary>Whether data are of another block than the two that were told last: what waits must be told before, or a block could be pushed out of the report.</summary>
    public bool WouldCrowd(uint left, uint right)
    {
        for (int i = 0; i < Math.Min(_blockCount, ExpectedBlocks); i++)
        {
            if (!After(left, _blocks[i].Right) && !After(_blocks[i].Left, right)) return false;
        }
        return _blockCount >= ExpectedBlocks;
    }

    /// <summary>TCP_SACK_BLOCKS_EXPECTED.</summary>
    private const int ExpectedBlocks = 2;

    public void Reset()
    {
        _blockCount = 0;
        HasDuplicate = false;
    }
}
