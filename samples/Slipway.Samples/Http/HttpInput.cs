using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>What a client sends, through one buffer from the pool. While nothing is there it holds none, so that idle connections cost little.</summary>
internal sealed class HttpInput(Socket socket) : IDisposable
{
    /// <summary>Bytes of the buffer, and so of the longest head.</summary>
    public const int BufferLength = 65536;

    private byte[]? _buffer;
    private int _start, _end;

    /// <summary>What has come and was not consumed.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Takes bytes from the front.</summary>
    public void Consume(int count) => _start += count;

    /// <summary>Waits for more and puts it behind what is buffered.</summary>
    /// <returns>False: the client has closed its side.</returns>
    /// <exception cref="HttpFailure">The buffer is full.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            Release();
            // No buffer while a client thinks.
            await socket.System.WhenReadyAsync(socket.Descriptor, PollEvents.POLLIN, cancellationToken);
        }
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferLength);
        if (_end == _buffer.Length)
        {
            if (_start == 0) throw new HttpFailure(HttpStatus.RequestHeaderFieldsTooLarge);
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        int count = await socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken: cancellationToken);
        _end += count;
        return count > 0;
    }

    public void Dispose() => Release();

    private void Release()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
    }
}
