using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Slipway.Stack;

/// <summary>The packet buffers of one loop: free lists by size, without a lock, for the owner of the loop alone.</summary>
/// <remarks>
/// The pool trims itself: of what lay unused through all of the last <see cref="TrimPeriod"/> rentals, and for a second at least, it frees half, and it never keeps more
/// than <see cref="MaxIdleBytes"/>. So a burst does not hold its memory for ever, and a steady stream never allocates: what it has under way swells and shrinks from round trip to
/// round trip, which a fast one counts in thousands of packets.
/// </remarks>
public sealed class PacketPool
{
    /// <summary>Room that <see cref="Rent"/> leaves for headers: Ethernet (14), the longest IPv4 or a plain IPv6 header with an extension, and the longest TCP header.</summary>
    public const int DefaultHeadroom = 192;

    /// <summary>Bytes that a packet costs beside its data, for the accounting of socket buffers.</summary>
    public const int Overhead = 256;

    /// <summary>Rentals between two looks at what lay unused, unless they take less than a second.</summary>
    public const int TrimPeriod = 8192;

    /// <summary>Most bytes kept for later use.</summary>
    public const int MaxIdleBytes = 16 << 20;

    private static readonly int[] ClassSizes = [512, 2048, 10240, 34 * 1024, 68 * 1024];

    private readonly StackLoop _loop;
    private readonly FreeList[] _free = new FreeList[ClassSizes.Length];
    private PacketBuffer? _freeHandles;
    private int _freeHandleCount;
    private long _idleBytes;
    private int _untilTrim = TrimPeriod;
    private long _lookedAt;
#if DEBUG
    private PacketBuffer? _firstOutstanding;
#endif

    internal PacketPool(StackLoop loop) => _loop = loop;

    /// <summary>Packets that are out. 0 when all work of a loop is done and nothing waits in a socket: anything else is a leak.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Bytes kept for later use.</summary>
    public long IdleBytes => _idleBytes;

    /// <summary>Rents a packet of <paramref name="length"/> bytes, not cleared, with room for headers before them. Ownership moves to the caller.</summary>
    /// <param name="length">Bytes in the packet; 0 to build it with <see cref="PacketBuffer.Append(int)"/> and <see cref="PacketBuffer.Prepend"/>.</param>
    /// <param name="headroom">Room to leave before them.</param>
    /// <param name="file">Set by the compiler; debug builds tell where a lost packet was rented.</param>
    /// <param name="line">Set by the compiler.</param>
    public PacketBuffer Rent(int length, int headroom = DefaultHeadroom, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        PacketBuffer packet = RentHandle();
#if DEBUG
        packet.Track(file, line);
#endif
        packet.Attach(RentStorage(headroom + length), headroom, length);
        return packet;
    }

    /// <summary>Rents a packet that holds a copy of the bytes. Ownership moves to the caller.</summary>
    /// <param name="bytes">What to copy.</param>
    /// <param name="headroom">Room to leave before them.</param>
    /// <param name="file">Set by the compiler.</param>
    /// <param name="line">Set by the compiler.</param>
    public PacketBuffer RentCopy(ReadOnlySpan<byte> bytes, int headroom = DefaultHeadroom, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        PacketBuffer packet = Rent(bytes.Length, headroom, file, line);
        bytes.CopyTo(packet.Span);
        return packet;
    }

    /// <summary>Frees all that is kept for later use.</summary>
    public void Trim()
    {
        _loop.AssertOwned();
        for (int i = 0; i < _free.Length; i++) Drop(i, _free[i].Count);
        _freeHandles = null;
        _freeHandleCount = 0;
    }

    /// <summary>The number of packets that are out and, in debug builds, a line for each place where they were rented.</summary>
    public string DescribeOutstanding()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Outstanding} packets\n");
#if DEBUG
        var places = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (PacketBuffer? p = _firstOutstanding; p is not null; p = p.NextOutstanding)
            places[p.RentedAt] = places.GetValueOrDefault(p.RentedAt) + 1;
        foreach ((string place, int count) in places)
            text.Append(CultureInfo.InvariantCulture, $"{count} rented at {place}\n");
#endif
        return text.ToString();
    }

    internal PacketBuffer RentHandle()
    {
        _loop.AssertOwned();
        if (--_untilTrim == 0) TrimUnused();
        Outstanding++;
        PacketBuffer? packet = _freeHandles;
        if (packet is null)
        {
            packet = new PacketBuffer(this);
        }
        else
        {
            _freeHandles = packet.Next;
            packet.Next = null;
            _freeHandleCount--;
        }
#if DEBUG
        packet.NextOutstanding = _firstOutstanding;
        if (_firstOutstanding is not null) _firstOutstanding.PreviousOutstanding = packet;
        _firstOutstanding = packet;
#endif
        return packet;
    }

    internal PacketStorage RentStorage(int size)
    {
        int sizeClass = ClassOf(size);
        PacketStorage? storage = sizeClass < 0 ? null : _free[sizeClass].First;
        if (storage is null)
        {
            storage = new PacketStorage(GC.AllocateUninitializedArray<byte>(sizeClass < 0 ? size : ClassSizes[sizeClass]), sizeClass);
        }
        else
        {
            ref FreeList list = ref _free[sizeClass];
            list.First = storage.NextFree;
            storage.NextFree = null;
            if (--list.Count < list.LeastCount) list.LeastCount = list.Count;
            _idleBytes -= storage.Bytes.Length;
        }
        storage.References = 1;
        storage.HeaderEnd = 0;
        return storage;
    }

    internal void ReturnStorage(PacketStorage storage)
    {
        Debug.Assert(storage.References > 0, "The storage is free already.");
        if (--storage.References > 0 || storage.SizeClass < 0 || _idleBytes + storage.Bytes.Length > MaxIdleBytes) return;
        ref FreeList list = ref _free[storage.SizeClass];
        storage.NextFree = list.First;
        list.First = storage;
        list.Count++;
        _idleBytes += storage.Bytes.Length;
    }

    internal void Return(PacketBuffer packet, PacketStorage storage)
    {
        _loop.AssertOwned();
        Outstanding--;
        ReturnStorage(storage);
#if DEBUG
        Forget(packet);
#endif
        if (_freeHandleCount >= MaxIdleBytes / ClassSizes[0]) return;
        packet.Next = _freeHandles;
        _freeHandles = packet;
        _freeHandleCount++;
    }

    /// <summary>Bytes of memory that a packet of this length gets with <see cref="DefaultHeadroom"/>.</summary>
    internal static int StorageFor(int length)
    {
        int sizeClass = ClassOf(DefaultHeadroom + length);
        return sizeClass < 0 ? DefaultHeadroom + length : ClassSizes[sizeClass];
    }

    private static int ClassOf(int size)
    {
        for (int i = 0; i < ClassSizes.Length; i++)
        {
            if (size <= ClassSizes[i]) return i;
        }
        return PacketStorage.Unpooled;
    }

    private void TrimUnused()
    {
        _untilTrim = TrimPeriod;
        long now = _loop.Now;
        if (now - _lookedAt < StackClock.Second) return;
        _lookedAt = now;
        for (int i = 0; i < _free.Length; i++)
        {
            Drop(i, _free[i].LeastCount / 2);
            _free[i].LeastCount = _free[i].Count;
        }
    }

    private void Drop(int sizeClass, int count)
    {
        ref FreeList list = ref _free[sizeClass];
        for (; count > 0 && list.First is { } storage; count--)
        {
            list.First = storage.NextFree;
            storage.NextFree = null;
            list.Count--;
            _idleBytes -= storage.Bytes.Length;
        }
        list.LeastCount = Math.Min(list.LeastCount, list.Count);
    }

#if DEBUG
    private void Forget(PacketBuffer packet)
    {
        if (packet.PreviousOutstanding is null) _firstOutstanding = packet.NextOutstanding;
        else packet.PreviousOutstanding.NextOutstanding = packet.NextOutstanding;
        if (packet.NextOutstanding is not null) packet.NextOutstanding.PreviousOutstanding = packet.PreviousOutstanding;
        packet.PreviousOutstanding = packet.NextOutstanding = null;
    }
#endif

    private struct FreeList
    {
        public PacketStorage? First;
        public int Count;

        /// <summary>Fewest that lay here since the last look: that many were not needed.</summary>
        public int LeastCount;
    }
}
