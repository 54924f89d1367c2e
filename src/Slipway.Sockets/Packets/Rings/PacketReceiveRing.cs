using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// Reads the packets of a socket from the ring that it shares with the kernel or with a virtual host (PACKET_RX_RING), where they lie: no call and no copy for a packet. Made by
/// <see cref="Socket.OpenReceiveRing"/>. For one thread at a time.
/// </summary>
/// <remarks>
/// A packet is the reader's from <see cref="TryRead"/> until the next call of it, or of <see cref="Release"/>. Whatever stands in the memory, nothing outside of the slot or block is read.
/// To wait in a lab use <see cref="Wait"/> or <see cref="WhenReadableAsync"/>: simulated time stands still for who looks at memory alone.
/// </remarks>
public sealed class PacketReceiveRing : IDisposable
{
    private readonly Socket _socket;
    private readonly PacketRingMapping _mapping;
    private readonly PacketRingRequest _request;
    private readonly int _framesPerBlock;
    private bool _holds, _isDisposed;

    // The slot or block that is read next or now; of a block what is left of it, and where.
    private int _next, _left, _at;

    internal PacketReceiveRing(Socket socket, PacketRingMapping mapping, PacketRingRequest request)
    {
        _socket = socket;
        _mapping = mapping;
        _request = request;
        _framesPerBlock = (int)(request.BlockSize / request.FrameSize);
    }

    /// <summary>The layout.</summary>
    public PacketRingVersion Version => _request.Version;

    /// <summary>Of V3: the block that the packet at hand is in; null where there is none.</summary>
    /// <exception cref="ObjectDisposedException">The ring was closed.</exception>
    public PacketBlockInfo? Block
    {
        get
        {
            if (!_holds || Version != PacketRingVersion.V3) return null;
            ReadOnlySpan<byte> block = BlockAt(_next);
            return new PacketBlockInfo((PacketStatus)PacketRingFormat.Read(block, PacketRingFormat.BlockStatus), (int)PacketRingFormat.Read(block, PacketRingFormat.BlockPackets),
                (int)PacketRingFormat.Read(block, PacketRingFormat.BlockLength), BinaryPrimitives.ReadUInt64LittleEndian(block[PacketRingFormat.BlockSequence..]),
                TimeAt(block, PacketRingFormat.BlockBegan), TimeAt(block, PacketRingFormat.BlockEnded));
        }
    }

    /// <summary>Of V3: the program's own bytes in the block at hand, which stay as they are when the ring comes round (<see cref="PacketRingRequest.PrivateSize"/>).</summary>
    /// <exception cref="InvalidOperationException">There is no block at hand.</exception>
    public Span<byte> PrivateData
    {
        get
        {
            if (!_holds || Version != PacketRingVersion.V3) throw new InvalidOperationException("There is no block at hand.");
            return BlockAt(_next).Slice(PacketRingFormat.BlockHeaderLength, (int)_request.PrivateSize);
        }
    }

    /// <summary>Gives back what was read, and takes the next packet where there is one. It does not wait.</summary>
    /// <exception cref="ObjectDisposedException">The ring was closed.</exception>
    /// <exception cref="InvalidDataException">The memory holds what no ring of this layout can hold: somebody wrote there.</exception>
    public bool TryRead(out PacketFrame frame)
    {
        Release();
        return Version == PacketRingVersion.V3 ? TryReadFromBlock(out frame) : TryReadSlot(out frame);
    }

    /// <summary>Gives back the packet that was read last; of V3 the block, once its last packet was read.</summary>
    public void Release()
    {
        if (!_holds || _left > 0) return;
        _holds = false;
        bool isBlock = Version == PacketRingVersion.V3;
        Span<byte> word = isBlock ? BlockAt(_next)[PacketRingFormat.BlockStatus..] : SlotAt(_next);
        _next = _next + 1 == (isBlock ? _request.BlockCount : _request.FrameCount) ? 0 : _next + 1;
        PacketRingFormat.WriteStatus(word, 0);
    }

    /// <summary>Gives back what was read and waits until there is a packet (poll(2)).</summary>
    /// <param name="timeout">How long; null for ever.</param>
    /// <returns>False where the time is over or a signal came. True also where packets wait that were queued whole beside the ring (PACKET_COPY_THRESH).</returns>
    /// <exception cref="SocketCallException">The socket has an error pending, which is taken: ENETDOWN.</exception>
    public bool Wait(TimeSpan? timeout = null)
    {
        Release();
        if (_left > 0) return true;
        Span<PollEntry> entries = [new PollEntry(_socket.Descriptor, PollEvents.POLLIN)];
        CallResult result = _socket.System.Poll(entries, timeout, mask: null);
        if (result.Error == Errno.EINTR || result is { Succeeded: true, Value: 0 }) return false;
        if (!result.Succeeded) throw new SocketCallException(result.Error, "poll");
        if ((entries[0].Returned & PollEvents.POLLERR) != 0) ThrowPending();
        return true;
    }

    /// <summary>Gives back what was read, and completes when there is a packet.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async ValueTask WhenReadableAsync(CancellationToken cancellationToken = default)
    {
        Release();
        if (_left > 0) return;
        PollEvents events = await _socket.System.WhenReadyAsync(_socket.Descriptor, PollEvents.POLLIN, cancellationToken).ConfigureAwait(false);
        if ((events & PollEvents.POLLERR) != 0) ThrowPending();
    }

    /// <summary>For <c>foreach</c>: the packets that are there now and that come meanwhile. It ends, without waiting, when there is none.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Ends the mapping (munmap(2)). The ring itself stays with the socket, and takes its packets, until it is closed or <see cref="Socket.CloseRings"/> takes the ring away.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _holds = false;
        _left = 0;
        _mapping.Release();
    }

    private bool TryReadSlot(out PacketFrame frame)
    {
        frame = default;
        Span<byte> slot = SlotAt(_next);
        var status = (PacketStatus)PacketRingFormat.ReadStatus(slot);
        if ((status & PacketStatus.User) == 0) return false;
        frame = Open(slot, status);
        _holds = true;
        return true;
    }

    private bool TryReadFromBlock(out PacketFrame frame)
    {
        frame = default;
        Span<byte> block = BlockAt(_next);
        while (!_holds)
        {
            if ((PacketRingFormat.ReadStatus(block[PacketRingFormat.BlockStatus..]) & (uint)PacketStatus.User) == 0) return false;
            _left = (int)PacketRingFormat.Read(block, PacketRingFormat.BlockPackets);
            _at = (int)PacketRingFormat.Read(block, PacketRingFormat.BlockFirst);
            _holds = true;
            if (_left > 0) break;
            Release();
            block = BlockAt(_next);
        }
        if (_at < PacketRingFormat.BlockHeaderLength || _at > block.Length - PacketRingFormat.HeaderLength(Version) - LinkLayerAddress.StructureLength) throw Spoiled();
        Span<byte> rest = block[_at..];
        int length = (int)PacketRingFormat.Read(rest, PacketRingFormat.NextOffset);
        if (length == 0) length = rest.Length;
        if (length < PacketRingFormat.HeaderLength(Version) + LinkLayerAddress.StructureLength || length > rest.Length) throw Spoiled();
        frame = Open(rest[..length], (PacketStatus)PacketRingFormat.Read(rest, PacketRingFormat.StatusOffset(Version)));
        _left--;
        _at += length;
        return true;
    }

    private PacketFrame Open(ReadOnlySpan<byte> slot, PacketStatus status)
    {
        uint length = PacketRingFormat.Read(slot, PacketRingFormat.CapturedOffset(Version));
        int start = BinaryPrimitives.ReadUInt16LittleEndian(slot[PacketRingFormat.OffsetsOffset(Version)..]);
        // A packet of which nothing was kept may claim to begin behind its slot.
        if (length == 0) start = Math.Min(start, slot.Length);
        if (start > slot.Length || length > (uint)(slot.Length - start)) throw Spoiled();
        return new PacketFrame(Version, slot, status, start, (int)length);
    }

    private Span<byte> SlotAt(int index)
        => _mapping.Slice((index / _framesPerBlock * (int)_request.BlockSize) + (index % _framesPerBlock * (int)_request.FrameSize), (int)_request.FrameSize);

    private Span<byte> BlockAt(int index) => _mapping.Slice(index * (int)_request.BlockSize, (int)_request.BlockSize);

    private static long TimeAt(ReadOnlySpan<byte> block, int offset) => PacketRingFormat.Read(block, offset) * 1_000_000_000L + PacketRingFormat.Read(block, offset + sizeof(uint));

    private void ThrowPending()
    {
        var error = (Errno)_socket.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR);
        if (error != Errno.None) throw new SocketCallException(error, "poll");
    }

    private static InvalidDataException Spoiled() => new("The ring holds what no ring of its layout can hold.");

    /// <summary>Walks through the packets that are there.</summary>
    public ref struct Enumerator
    {
        private readonly PacketReceiveRing _ring;
        private PacketFrame _current;

        internal Enumerator(PacketReceiveRing ring) => _ring = ring;

        /// <summary>The packet at hand.</summary>
        public readonly PacketFrame Current => _current;

        /// <summary>Gives the packet at hand back and takes the next.</summary>
        public bool MoveNext() => _ring.TryRead(out _current);
    }
}
