using System.Buffers.Binary;
using System.Diagnostics;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// One packet on its way through hosts and links: a window of bytes with room before and behind it, and what is known about it.
/// Rented from the loop's <see cref="PacketPool"/>.
/// </summary>
/// <remarks>
/// <para>Who may do what:</para>
/// <list type="bullet">
/// <item><b>Borrow.</b> A method that only looks at a packet gets it as a parameter named so in its comment; it neither releases nor keeps it.</item>
/// <item><b>Transfer.</b> <c>Transmit</c>, <c>Receive</c>, <c>Enqueue</c> and all that say "ownership moves" take the packet, in success and in failure: the caller
/// must not touch it again. Every packet has exactly one owner, who passes it on or calls <see cref="Release"/> once.</item>
/// <item><b>Clone.</b> <see cref="Clone"/> makes a second packet over the same bytes, each with a window, offsets and owner of its own. Shared bytes are
/// read-only: <see cref="Prepend"/>, <see cref="Append(int)"/> and <see cref="CompleteChecksum"/> see to that themselves, and who writes through
/// <see cref="Span"/> calls <see cref="EnsureWritable"/> first, or <see cref="EnsureHeaderWritable"/> if only the headers change.</item>
/// <item><b>Share.</b> A sender that keeps its payload for a second attempt lends it with <see cref="ShareForTransmit"/>: the borrower alone has the room before
/// the payload and writes headers there, while the payload stays shared and is not copied.</item>
/// </list>
/// <para>All of it by the owner of the loop. A packet never crosses to another loop: its bytes are copied there.</para>
/// </remarks>
public sealed partial class PacketBuffer
{
    private const int Unset = -1;

    private readonly PacketPool _pool;
    private PacketStorage? _storage;
    private byte[] _bytes = [];
    private int _start, _end;
    private int _link = Unset, _network = Unset, _transport = Unset;
    private IPacketAccount? _account;
    private int _charge;

    internal PacketBuffer(PacketPool pool) => _pool = pool;

    /// <summary>Where the packet came from and returns to.</summary>
    internal PacketPool Pool => _pool;

    /// <summary>The next packet in the one list that this packet may stand in; for who owns the packet.</summary>
    public PacketBuffer? Next { get; set; }

    /// <summary>The packet's bytes. To write, be certain to be the only user of the bytes: <see cref="EnsureWritable"/>.</summary>
    public Span<byte> Span => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Bytes in the packet.</summary>
    public int Length => _end - _start;

    /// <summary>Bytes that can be prepended without moving the packet.</summary>
    public int Headroom => _start;

    /// <summary>Bytes that can be appended without moving the packet.</summary>
    public int Tailroom => _bytes.Length - _end;

    /// <summary>Bytes of memory that the packet holds, as a socket's receive buffer counts them (the kernel's truesize).</summary>
    public int MemorySize => _bytes.Length + PacketPool.Overhead;

    /// <summary>What the queue that holds the packet has charged for it. Whether others use the same bytes may change meanwhile; what was charged is what is given back.</summary>
    internal int QueueCharge { get; set; }

    /// <summary>Memory that the packet is worth to a queue: all that it holds, or where it shares a large piece with others, what it would take by itself.</summary>
    internal int ShareOfMemory => IsShared ? Math.Min(MemorySize, PacketPool.StorageFor(Length) + PacketPool.Overhead) : MemorySize;

    /// <summary>Whether a clone uses the same bytes.</summary>
    public bool IsShared => _storage!.References > 1;

    /// <summary>Whether <see cref="NetworkOffset"/> was set.</summary>
    public bool HasNetworkOffset => _network != Unset;

    /// <summary>Whether <see cref="TransportOffset"/> was set.</summary>
    public bool HasTransportOffset => _transport != Unset;

    /// <summary>
    /// Where the IP header begins, counted from the packet's first byte. It stays with its byte when headers are prepended or trimmed, so it
    /// is negative once the header was trimmed off; the bytes are still there (<see cref="FromNetworkHeader"/>).
    /// </summary>
    public int NetworkOffset
    {
        get => _network - _start;
        set => _network = _start + value;
    }

    /// <summary>Where the transport header begins, counted as <see cref="NetworkOffset"/>.</summary>
    public int TransportOffset
    {
        get => _transport - _start;
        set => _transport = _start + value;
    }

    /// <summary>The bytes from the IP header to the end, even where the header was trimmed off.</summary>
    public Span<byte> FromNetworkHeader => _bytes.AsSpan(_network, _end - _network);

    /// <summary>The bytes from the transport header to the end, even where the header was trimmed off.</summary>
    public Span<byte> FromTransportHeader => _bytes.AsSpan(_transport, _end - _transport);

    /// <summary>Whether <see cref="LinkOffset"/> was set.</summary>
    internal bool HasLinkOffset => _link != Unset;

    /// <summary>Where the link header of a received frame begins, counted as <see cref="NetworkOffset"/>.</summary>
    internal int LinkOffset
    {
        get => _link - _start;
        set => _link = _start + value;
    }

    /// <summary>The packet has no link header any more: it goes out anew.</summary>
    internal void ForgetLinkHeader() => _link = Unset;

    /// <summary>The bytes from the link header to the end, even where the header was trimmed off.</summary>
    internal Span<byte> FromLinkHeader => _bytes.AsSpan(_link, _end - _link);

    /// <summary>The bytes from a place that is counted as <see cref="NetworkOffset"/> to the end, even where they were trimmed off.</summary>
    internal Span<byte> From(int offset) => _bytes.AsSpan(_start + offset, _end - _start - offset);

    /// <summary>When a host's device received it, in nanoseconds of the loop's clock.</summary>
    public long ReceivedAt { get; set; }

    /// <summary>The device that received it.</summary>
    public LinkDevice? Device { get; set; }

    /// <summary>For whom the frame was.</summary>
    public LinkDestination Destination { get; set; }

    /// <summary>What is known about the transport checksum.</summary>
    public PacketChecksum Checksum { get; set; }

    /// <summary>With <see cref="PacketChecksum.Partial"/>: where the checksum field stands in the transport header (TCP 16, UDP 6, ICMPv6 2).</summary>
    public int ChecksumOffset { get; set; }

    /// <summary>
    /// Payload bytes of each real segment where this packet stands for several (segmentation offload); 0 if it is one. The last may be shorter. With it the checksum
    /// is <see cref="PacketChecksum.Partial"/>, over the pseudo header with the length of the whole, and the IP packet has at most 65535 bytes.
    /// </summary>
    public int SegmentSize { get; set; }

    /// <summary>SO_MARK of the socket that sent it. It does not leave the host.</summary>
    internal int Mark { get; set; }

    /// <summary>SO_PRIORITY of the socket that sent it. It does not leave the host.</summary>
    internal int Priority { get; set; }

    /// <summary>Its sender's route led to this host, which counts on the loopback device and not the address that it names (Linux: the packet keeps its route there).</summary>
    internal bool IsRoutedHere { get; set; }

    /// <summary>Bytes of the longest fragment that it was put together from, with its headers; 0 if it came whole.</summary>
    internal int LargestFragment { get; set; }

    /// <summary>The earliest moment at which it leaves, nanoseconds of the loop's clock; 0 for now. Clones and copies do not wait.</summary>
    internal long DepartsAt { get; set; }

    /// <summary>What it tells its sender when it comes to a device; null for nothing. Clones and copies tell nothing.</summary>
    internal TransmitStamp? Stamp { get; set; }

    /// <summary>Lets somebody pay for this packet until <see cref="Discharge"/> or <see cref="Release"/>. Clones and copies cost nothing.</summary>
    internal void Charge(IPacketAccount account, int bytes)
    {
        _account = account;
        _charge = bytes;
    }

    /// <summary>The packet has left its sender's queues: whoever paid gets the bytes back.</summary>
    internal void Discharge()
    {
        if (_account is not { } account) return;
        _account = null;
        account.Discharge(_charge);
    }

    /// <summary>Moves the charge to the caller, who discharges the account later: a device that knows when the packet is sent, but not this packet any more.</summary>
    internal IPacketAccount? TakeCharge(out int bytes)
    {
        IPacketAccount? account = _account;
        bytes = _charge;
        _account = null;
        return account;
    }

    /// <summary>Grows the packet at the front, moving or copying it where there is no room or others see the bytes there.</summary>
    /// <returns>The new bytes, not cleared.</returns>
    public Span<byte> Prepend(int count)
    {
        if (count > _start || !MayWriteBefore(_start)) Reallocate(Math.Max(count, PacketPool.DefaultHeadroom), 0);
        _start -= count;
        return _bytes.AsSpan(_start, count);
    }

    /// <summary>Grows the packet at the end, moving or copying it where there is no room or the bytes are shared.</summary>
    /// <returns>The new bytes, not cleared.</returns>
    public Span<byte> Append(int count)
    {
        if (count > _bytes.Length - _end || _storage!.References > 1) Reallocate(_start, count);
        _end += count;
        return _bytes.AsSpan(_end - count, count);
    }

    /// <summary>Grows the packet at the end by a copy of the bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    /// <summary>Takes bytes off the front. They stay in memory, so offsets into them stay good.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The packet has fewer.</exception>
    public void TrimStart(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        _start += count;
    }

    /// <summary>Takes bytes off the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The packet has fewer.</exception>
    public void TrimEnd(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        _end -= count;
    }

    /// <summary>Puts bytes taken off the front back, as they were.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes before the packet.</exception>
    public void RestoreStart(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)_start);
        _start -= count;
    }

    /// <summary>Makes this packet the only user of its bytes, by a copy where it is not.</summary>
    public void EnsureWritable()
    {
        if (_storage!.References > 1) Reallocate(_start, _bytes.Length - _end);
    }

    /// <summary>
    /// Makes this packet the only one that sees its first bytes, by a copy where it is not. For who changes headers alone: the payload may stay shared
    /// (<see cref="ShareForTransmit"/>).
    /// </summary>
    /// <param name="length">Bytes from the packet's first on that are to be written.</param>
    internal void EnsureHeaderWritable(int length)
    {
        if (!MayWriteBefore(_start + length)) Reallocate(_start, _bytes.Length - _end);
    }

    /// <summary>A second packet over the same bytes, with the same window and the same facts. It is not in any list.</summary>
    public PacketBuffer Clone()
    {
        // Both see all bytes, so nobody has any room to write in.
        _storage!.HeaderEnd = 0;
        _storage.HeaderOwner = null;
        return Refer();
    }

    /// <summary>
    /// A second packet over the same payload, to be sent: it prepends headers before this packet's first byte while the payload stays shared. One at a time has that
    /// room: as long as the last one is under way (or waits at its receiver), and where other packets see the bytes before the payload, the payload is copied.
    /// </summary>
    /// <remarks>This packet holds payload alone, and does not change while the other lives, but that bytes are trimmed off.</remarks>
    internal PacketBuffer ShareForTransmit()
    {
        PacketStorage storage = _storage!;
        if (storage.References == 1) storage.HeaderEnd = _start;
        else if (storage.HeaderOwner is not null || storage.HeaderEnd != _start) return CopyForTransmit();
        PacketBuffer shared = Refer();
        storage.HeaderOwner = shared;
        return shared;
    }

    /// <summary>Cuts the packet in two over the same bytes: this one keeps the first <paramref name="at"/>, the rest is the new one's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The packet has fewer bytes.</exception>
    internal PacketBuffer Split(int at)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)at, (uint)Length);
        if (_storage!.References == 1)
        {
            _storage.HeaderEnd = _start;
            _storage.HeaderOwner = null;
        }
        PacketBuffer rest = Refer();
        rest._start += at;
        _end = rest._start;
        return rest;
    }

    /// <summary>A second packet with bytes of its own, the same window and the same facts.</summary>
    public PacketBuffer Copy()
    {
        // Trimmed headers go along: offsets may point at them.
        PacketBuffer copy = _pool.Rent(_end, 0);
        _bytes.AsSpan(0, _end).CopyTo(copy._bytes);
        copy.CopyFactsFrom(this);
        return copy;
    }

    /// <summary>Gives the packet back. It must not be touched afterwards.</summary>
    /// <exception cref="InvalidOperationException">It was given back before.</exception>
    public void Release()
    {
        PacketStorage? storage = _storage;
        if (storage is null) ThrowReleased();
        if (_account is not null) Discharge();
        if (storage.HeaderOwner == this) storage.HeaderOwner = null;
        _storage = null;
        _bytes = [];
        Next = null;
        Device = null;
        Stamp = null;
        DepartsAt = 0;
        _pool.Return(this, storage);
    }

    /// <summary>Puts the real transport checksum in where it is <see cref="PacketChecksum.Partial"/>; otherwise does nothing.</summary>
    /// <remarks>For whoever shows the bytes to the world: a capture, a fault, a TUN device. A packet that stands for several segments must be split before.</remarks>
    public void CompleteChecksum()
    {
        if (Checksum != PacketChecksum.Partial) return;
        Debug.Assert(SegmentSize == 0, "Segments have checksums of their own.");
        EnsureHeaderWritable(TransportOffset + ChecksumOffset + sizeof(ushort));
        Span<byte> transport = FromTransportHeader;
        ushort sum = InternetChecksum.Compute(transport);
        // UDP sends 0 for "no checksum", so a sum of 0 goes as its other form (RFC 768).
        BinaryPrimitives.WriteUInt16BigEndian(transport[ChecksumOffset..], sum == 0 && ChecksumOffset == SegmentLayout.UdpChecksumOffset ? (ushort)0xFFFF : sum);
        Checksum = PacketChecksum.Unverified;
    }

    internal void Attach(PacketStorage storage, int start, int length)
    {
        _storage = storage;
        _bytes = storage.Bytes;
        _start = start;
        _end = start + length;
        _link = _network = _transport = Unset;
        ReceivedAt = 0;
        Destination = LinkDestination.Host;
        Checksum = PacketChecksum.Unverified;
        ChecksumOffset = 0;
        SegmentSize = 0;
        Mark = Priority = LargestFragment = 0;
        IsRoutedHere = false;
    }

    /// <summary>Whether no other packet sees the bytes before this place of the storage.</summary>
    private bool MayWriteBefore(int end)
    {
        PacketStorage storage = _storage!;
        return storage.References == 1 || storage.HeaderOwner == this && end <= storage.HeaderEnd;
    }

    private PacketBuffer Refer()
    {
        PacketBuffer packet = _pool.RentHandle();
#if DEBUG
        packet.Track(_file, _line);
#endif
        _storage!.References++;
        packet._storage = _storage;
        packet._bytes = _bytes;
        packet.CopyFactsFrom(this);
        return packet;
    }

    private PacketBuffer CopyForTransmit()
    {
        PacketBuffer copy = _pool.RentCopy(Span);
        copy.Checksum = Checksum;
        copy.ChecksumOffset = ChecksumOffset;
        copy.SegmentSize = SegmentSize;
        return copy;
    }

    private void CopyFactsFrom(PacketBuffer other)
    {
        _start = other._start;
        _end = other._end;
        _link = other._link;
        _network = other._network;
        _transport = other._transport;
        ReceivedAt = other.ReceivedAt;
        Device = other.Device;
        Destination = other.Destination;
        Checksum = other.Checksum;
        ChecksumOffset = other.ChecksumOffset;
        SegmentSize = other.SegmentSize;
        Mark = other.Mark;
        Priority = other.Priority;
        LargestFragment = other.LargestFragment;
        IsRoutedHere = other.IsRoutedHere;
    }

    /// <summary>Moves the packet to storage of its own with at least this much room on both sides.</summary>
    private void Reallocate(int headroom, int tailroom)
    {
        // What lies before the window goes along where offsets point into it.
        int first = Math.Min(Math.Min(_start, _link == Unset ? _start : _link), Math.Min(_network == Unset ? _start : _network, _transport == Unset ? _start : _transport));
        int newStart = Math.Max(headroom, _start - first);
        PacketStorage storage = _pool.RentStorage(newStart + Length + tailroom);
        _bytes.AsSpan(first, _end - first).CopyTo(storage.Bytes.AsSpan(newStart - (_start - first)));
        if (_storage!.HeaderOwner == this) _storage.HeaderOwner = null;
        _pool.ReturnStorage(_storage);
        int moved = newStart - _start;
        _storage = storage;
        _bytes = storage.Bytes;
        _start += moved;
        _end += moved;
        if (_link != Unset) _link += moved;
        if (_network != Unset) _network += moved;
        if (_transport != Unset) _transport += moved;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void ThrowReleased() => throw new InvalidOperationException("The packet was released already.");
}
