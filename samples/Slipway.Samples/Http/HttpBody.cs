using System.Globalization;
using System.Text;

namespace Slipway.Samples;

/// <summary>The body of a request, piece by piece: of a known length, or in chunks (RFC 9112 section 7.1).</summary>
internal sealed class HttpBody(HttpInput input, HttpRequest request)
{
    private const int LongestLine = 4096;

    private long _left = request.ContentLength ?? 0;
    private bool _isInChunks, _ended = !request.HasBody;

    /// <summary>Whether all of it was read.</summary>
    public bool HasEnded => _ended;

    /// <summary>The next bytes, until the next call; none at the end.</summary>
    /// <exception cref="HttpFailure">The client closed in the midst of it, or it is malformed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_ended && _left == 0) await BeginChunkAsync(cancellationToken);
        if (_ended) return default;
        while (input.Buffered.Length == 0) await MoreAsync(cancellationToken);
        ReadOnlyMemory<byte> piece = input.Buffered[..(int)Math.Min(_left, input.Buffered.Length)];
        input.Consume(piece.Length);
        _left -= piece.Length;
        if (_left == 0 && !request.IsChunked) _ended = true;
        return piece;
    }

    private async ValueTask BeginChunkAsync(CancellationToken cancellationToken)
    {
        if (_isInChunks && (await LineAsync(cancellationToken)).Length > 0) throw Bad(); // the line end after a chunk's data
        _isInChunks = true;
        string line = await LineAsync(cancellationToken);
        int extension = line.IndexOf(';', StringComparison.Ordinal);
        ReadOnlySpan<char> size = (extension < 0 ? line : line[..extension]).AsSpan().Trim();
        if (size.Length > 15 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left)) throw Bad();
        if (_left > 0) return;
        while ((await LineAsync(cancellationToken)).Length > 0)
        {
            // Trailer fields mean nothing to a file.
        }
        _ended = true;
    }

    private async ValueTask<string> LineAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = input.Buffered.Span.IndexOf((byte)'\n')) < 0)
        {
            if (input.Buffered.Length > LongestLine) throw Bad();
            await MoreAsync(cancellationToken);
        }
        string line = Encoding.Latin1.GetString(input.Buffered.Span[..end]);
        input.Consume(end + 1);
        return line.EndsWith('\r') ? line[..^1] : line;
    }

    private async ValueTask MoreAsync(CancellationToken cancellationToken)
    {
        if (!await input.FillAsync(cancellationToken)) throw Bad();
    }

    private static HttpFailure Bad() => new(HttpStatus.BadRequest);
}
