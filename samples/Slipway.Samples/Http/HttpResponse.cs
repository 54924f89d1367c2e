using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>One answer, through one buffer from the pool.</summary>
internal sealed class HttpResponse(HostProcess process, Socket socket, Func<CancellationToken> limited) : IDisposable
{
    private const int BufferLength = 65536;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Lets the client send its body (RFC 9110 section 15.2.1).</summary>
    public ValueTask SendContinueAsync() => SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());

    /// <summary>Sends an answer that is a head alone.</summary>
    public ValueTask SendHeadAsync(HttpStatus status, string fields, bool closes) => SendAsync(_buffer.AsMemory(0, WriteHead(status, fields, closes)));

    /// <summary>Sends an answer that says what is wrong.</summary>
    public ValueTask SendErrorAsync(HttpStatus status, bool closes, bool isHead, string fields = "")
        => SendTextAsync(status, "text/plain; charset=utf-8", $"{(int)status} {status.Reason()}\n", closes, isHead, fields);

    /// <summary>Sends an answer whose body is a text.</summary>
    public async ValueTask SendTextAsync(HttpStatus status, string mediaType, string text, bool closes, bool isHead, string fields = "")
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        int head = WriteHead(status, string.Create(CultureInfo.InvariantCulture, $"{fields}Content-Type: {mediaType}\r\nContent-Length: {body.Length}\r\n"), closes);
        await SendAsync(_buffer.AsMemory(0, head));
        if (!isHead) await SendAsync(body);
    }

    /// <summary>Sends an answer whose body is a part of a file: as it is read, never more of it in memory than the buffer holds.</summary>
    /// <exception cref="OperationCanceledException">The file cannot give what was promised: the connection can only end.</exception>
    public async ValueTask SendFileAsync(HttpStatus status, string fields, SafeFileHandle? file, HttpRange range, bool closes)
    {
        int filled = WriteHead(status, fields, closes);
        long offset = range.Start, left = file is null ? 0 : range.Length;
        do
        {
            while (left > 0 && filled < _buffer.Length)
            {
                int count = ReadPiece(file!, _buffer.AsSpan(filled, (int)Math.Min(left, _buffer.Length - filled)), offset);
                filled += count;
                offset += count;
                left -= count;
            }
            await SendAsync(_buffer.AsMemory(0, filled));
            filled = 0;
        }
        while (left > 0);
    }

    private static int ReadPiece(SafeFileHandle file, Span<byte> room, long offset)
    {
        try
        {
            int count = RandomAccess.Read(file, room, offset);
            return count > 0 ? count : throw new OperationCanceledException("the file has become shorter");
        }
        catch (IOException failure)
        {
            throw new OperationCanceledException("the file cannot be read", failure);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0) data = data[await socket.SendAsync(data, MessageFlags.MSG_NOSIGNAL, limited())..];
    }

    private int WriteHead(HttpStatus status, string fields, bool closes)
    {
        string date = process.Time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {(int)status} {status.Reason()}\r\nDate: {date}\r\nServer: slipway\r\n{fields}{(closes ? "Connection: close\r\n" : "")}\r\n");
        return Encoding.ASCII.GetBytes(head, _buffer);
    }
}
