namespace Slipway.Sockets;

/// <summary>
/// Writes packets into the ring that a socket shares with the kernel or with a virtual host (PACKET_TX_RING), to be sent many in one call. Made by <see cref="Socket.OpenSendRing"/>. For one
/// thread at a time.
/// </summary>
public sealed class PacketSendRing : IDisposable
{
    private readonly Socket _socket;
    private readonly PacketRingMapping _mapping;
    private readonly PacketRingRequest _request;
    private readonly int _start, _framesPerBlock;
    private int _next, _reserved = -1;
    private bool _isDisposed;

    internal PacketSendRing(Socket socket, PacketRingMapping mapping, PacketRingRequest request, int start)
    {
        _socket = socket;
        _mapping = mapping;
        _request = request;
        _start = start;
        _framesPerBlock = (int)(request.BlockSize / request.FrameSize);
    }

    /// <summary>The layout.</summary>
    public PacketRingVersion Version => _request.Version;

    /// <summary>Slots.</summary>
    public int Count => (int)_request.FrameCount;

    /// <summary>Bytes of a packet that a slot has room for. What is sent may be no longer than the device's MTU and link header.</summary>
    public int Room => (int)_request.FrameSize - PacketRingFormat.HeaderLength(Version);

    /// <summary>How a slot stands, counted from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    public PacketSendStatus this[int slot] => (PacketSendStatus)PacketRingFormat.ReadStatus(SlotAt(slot)[PacketRingFormat.StatusOffset(Version)..]);

    /// <summary>Takes the next slot, if it is free, to write a packet into.</summary>
    /// <param name="room">Room for the packet: <see cref="Room"/> bytes.</param>
    /// <returns>False where the slot has not been sent yet, or was refused (<see cref="TryRevise"/>).</returns>
    public bool TryReserve(out Span<byte> room)
    {
        room = default;
        if ((this[_next] & ~(PacketSendStatus)(PacketStatus.SoftwareTimestamp | PacketStatus.HardwareTimestamp)) != PacketSendStatus.Available) return false;
        _reserved = _next;
        room = SlotAt(_next)[PacketRingFormat.HeaderLength(Version)..];
        return true;
    }

    /// <summary>Takes the slot that was refused (<see cref="PacketSendStatus.WrongFormat"/>) again, with what was written there. Until it is put right nothing behind it is sent.</summary>
    /// <returns>False where none was refused.</returns>
    public bool TryRevise(out Span<byte> room)
    {
        room = default;
        for (int i = 0, slot = _next; i < Count; i++, slot = slot + 1 == Count ? 0 : slot + 1)
        {
            if (this[slot] != PacketSendStatus.WrongFormat) continue;
            _reserved = slot;
            room = SlotAt(slot)[PacketRingFormat.HeaderLength(Version)..];
            return true;
        }
        return false;
    }

    /// <summary>Hands the slot that was taken last over: the next <see cref="Send()"/> sends it.</summary>
    /// <param name="length">Bytes of the packet.</param>
    /// <exception cref="InvalidOperationException">No slot was taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More than there is room for.</exception>
    public void Commit(int length)
    {
        if (_reserved < 0) throw new InvalidOperationException("No slot was taken.");
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Room);
        Span<byte> slot = SlotAt(_reserved);
        if (_reserved == _next) _next = _next + 1 == Count ? 0 : _next + 1;
        _reserved = -1;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(slot[PacketRingFormat.LengthOffset(Version)..], length);
        if (Version == PacketRingVersion.V3) System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(slot[PacketRingFormat.NextOffset..], 0);
        PacketRingFormat.WriteStatus(slot[PacketRingFormat.StatusOffset(Version)..], (uint)PacketSendStatus.SendRequest);
    }

    /// <summary>send(2): sends what was handed over, to where the socket is bound, and waits until all has left.</summary>
    /// <returns>Bytes of the packets.</returns>
    /// <exception cref="SocketCallException">
    /// EINVAL and EMSGSIZE for a packet that cannot be sent (<see cref="TryRevise"/>), ENXIO for a socket that is not bound, ENETDOWN, ETIMEDOUT where SO_SNDTIMEO ends the wait, EAGAIN.
    /// </exception>
    public int Send() => Check(_socket.System.SendTo(_socket.Descriptor, [], MessageFlags.None, []));

    /// <summary>send(2) with MSG_DONTWAIT: begins to send what was handed over.</summary>
    /// <returns>Bytes of the packets.</returns>
    /// <exception cref="SocketCallException">As <see cref="Send()"/>; EAGAIN where the send buffer is full.</exception>
    public int BeginSend() => Check(_socket.System.SendTo(_socket.Descriptor, [], MessageFlags.MSG_DONTWAIT, []));

    /// <summary>sendto(2): sends what was handed over by an interface, and for a datagram socket to an address there, and waits until all has left.</summary>
    /// <returns>Bytes of the packets.</returns>
    /// <exception cref="SocketCallException">As <see cref="Send()"/>.</exception>
    public int SendTo(LinkLayerAddress to) => _socket.SendTo([], to);

    /// <summary>Ends the mapping (munmap(2)). The ring itself stays with the socket until it is closed or <see cref="Socket.CloseRings"/> takes the ring away.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _mapping.Release();
    }

    private Span<byte> SlotAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _mapping.Slice(_start + (index / _framesPerBlock * (int)_request.BlockSize) + (index % _framesPerBlock * (int)_request.FrameSize), (int)_request.FrameSize);
    }

    private static int Check(CallResult result) => result.Succeeded ? result.Value : throw new SocketCallException(result.Error, "send");
}
