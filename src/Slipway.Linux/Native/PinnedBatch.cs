using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The headers, vectors and pins of a sendmmsg or recvmmsg, in arrays from pools.</summary>
internal unsafe ref struct PinnedBatch
{
    private const int Parts = 3;

    private readonly BatchHeader[] _headers;
    private readonly IoVector[] _vectors;
    private readonly MemoryHandle[] _pins;
    private int _vectorCount, _pinCount;

    /// <summary>Room for so many messages with so many pieces of data.</summary>
    public PinnedBatch(int messages, int pieces)
    {
        _headers = ArrayPool<BatchHeader>.Shared.Rent(messages);
        _vectors = ArrayPool<IoVector>.Shared.Rent(pieces);
        _pins = ArrayPool<MemoryHandle>.Shared.Rent(pieces + messages * Parts);
        _vectorCount = _pinCount = 0;
    }

    /// <summary>The headers; pin them for the call.</summary>
    public readonly BatchHeader[] Headers => _headers;

    /// <summary>The vectors; pin them while headers are written and for the call.</summary>
    public readonly IoVector[] Vectors => _vectors;

    /// <summary>Writes the header of one message.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="message">The message.</param>
    /// <param name="vectors">The first of the pinned vectors.</param>
    public void Write(int place, in OutgoingMessage message, IoVector* vectors)
    {
        ref MessageHeader header = ref Begin(place, vectors);
        if (message.Vectors.IsEmpty) Add(message.Buffer);
        else
        {
            foreach (ReadOnlyMemory<byte> piece in message.Vectors.Span) Add(piece);
        }
        End(ref header, vectors, message.Address, message.Control);
    }

    /// <summary>Writes the header of room for one message.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="message">The room.</param>
    /// <param name="vectors">The first of the pinned vectors.</param>
    public void Write(int place, in IncomingMessage message, IoVector* vectors)
    {
        ref MessageHeader header = ref Begin(place, vectors);
        if (message.Vectors.IsEmpty) Add(message.Buffer);
        else
        {
            foreach (Memory<byte> piece in message.Vectors.Span) Add(piece);
        }
        End(ref header, vectors, message.Address, message.Control);
    }

    private void End(ref MessageHeader header, IoVector* vectors, ReadOnlyMemory<byte> address, ReadOnlyMemory<byte> control)
    {
        header.VectorCount = (nint)(vectors + _vectorCount - header.Vectors);
        header.Name = Pin(address);
        header.NameLength = address.Length;
        header.Control = Pin(control);
        header.ControlLength = control.Length;
    }

    /// <summary>Takes the pins away and gives the arrays back.</summary>
    public void Dispose()
    {
        for (int i = 0; i < _pinCount; i++) _pins[i].Dispose();
        _pinCount = 0;
        ArrayPool<MemoryHandle>.Shared.Return(_pins, clearArray: true);
        ArrayPool<IoVector>.Shared.Return(_vectors);
        ArrayPool<BatchHeader>.Shared.Return(_headers);
    }

    private readonly ref MessageHeader Begin(int place, IoVector* vectors)
    {
        _headers[place] = default;
        ref MessageHeader header = ref _headers[place].Message;
        header.Vectors = vectors + _vectorCount;
        return ref header;
    }

    private void Add(ReadOnlyMemory<byte> piece) => _vectors[_vectorCount++] = new IoVector { Base = Pin(piece), Length = piece.Length };

    private byte* Pin(ReadOnlyMemory<byte> memory)
    {
        if (memory.IsEmpty) return null;
        MemoryHandle handle = memory.Pin();
        _pins[_pinCount++] = handle;
        return (byte*)handle.Pointer;
    }
}
