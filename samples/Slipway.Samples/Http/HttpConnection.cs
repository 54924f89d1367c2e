using System.Text;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>One connection: its requests, one after the other.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int LongestHead = 16384, LongestSkip = 262144;

    // What a client that says nothing, or takes nothing, is granted.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HostProcess _process;
    private readonly HttpDirectory _directory;
    private readonly Socket _socket;
    private readonly HttpInput _input;
    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _limit, _either;

    public HttpConnection(HostProcess process, HttpDirectory directory, Socket socket, CancellationToken cancellationToken)
    {
        _process = process;
        _directory = directory;
        _socket = socket;
        _outer = cancellationToken;
        _input = new HttpInput(socket);
        _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, process.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _limit.Token);
    }

    public void Dispose()
    {
        _input.Dispose();
        _either.Dispose();
        _limit.Dispose();
    }

    /// <summary>Answers requests until one of the two sides wants no more.</summary>
    /// <exception cref="SocketCallException">The connection is gone.</exception>
    /// <exception cref="OperationCanceledException">The server ends, or the client's time is up.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (await ReadHeadAsync() is { } request && await AnswerAsync(request))
            {
            }
        }
        catch (HttpFailure failure)
        {
            using HttpResponse response = Response();
            await response.SendErrorAsync(failure.Status, closes: true, isHead: false);
        }
        await StreamServer.FinishAsync(_process, _socket, _outer);
    }

    /// <summary>Reads the next head; null when the client has closed its side.</summary>
    private async ValueTask<HttpRequest?> ReadHeadAsync()
    {
        CancellationToken limited = Limited();
        SkipEmptyLines();
        int length;
        while ((length = HeadLength(_input.Buffered.Span)) == 0)
        {
            if (_input.Buffered.Length > LongestHead) throw new HttpFailure(HttpStatus.RequestHeaderFieldsTooLarge);
            if (!await _input.FillAsync(limited))
            {
                if (_input.Buffered.Length == 0) return null;
                throw new HttpFailure(HttpStatus.BadRequest);
            }
            SkipEmptyLines();
        }
        if (length > LongestHead) throw new HttpFailure(HttpStatus.RequestHeaderFieldsTooLarge);
        HttpRequest request = HttpRequestParser.Parse(_input.Buffered.Span[..length]);
        _input.Consume(length);
        return request;
    }

    /// <returns>Whether the connection goes on.</returns>
    private async ValueTask<bool> AnswerAsync(HttpRequest request)
    {
        var body = new HttpBody(_input, request);
        // A client that has not got leave to send a body may send it all the same: only the end of the connection is clear.
        bool goesOn = request.KeepsAlive && !(request.ExpectsContinue && request.HasBody && request.Method != "PUT");
        using (HttpResponse response = Response())
        {
            switch (request.Method)
            {
                case "GET" or "HEAD":
                    await HttpDownload.AnswerAsync(response, _directory, request, closes: !goesOn);
                    break;
                case "PUT":
                    goesOn &= await StoreAsync(response, request, body);
                    break;
                default:
                    await response.SendErrorAsync(HttpStatus.MethodNotAllowed, !goesOn, isHead: false, Allow);
                    break;
            }
        }
        return goesOn && await TrySkipAsync(body);
    }

    private string Allow => _directory.IsReadOnly ? "Allow: GET, HEAD\r\n" : "Allow: GET, HEAD, PUT\r\n";

    /// <returns>Whether the connection goes on.</returns>
    private async ValueTask<bool> StoreAsync(HttpResponse response, HttpRequest request, HttpBody body)
    {
        bool closes = !request.KeepsAlive || request.ExpectsContinue;
        if (_directory.IsReadOnly)
        {
            await response.SendErrorAsync(HttpStatus.MethodNotAllowed, closes, isHead: false, Allow);
            return !closes;
        }
        if (request is { IsChunked: false, ContentLength: null }) throw new HttpFailure(HttpStatus.LengthRequired);
        if (request.HasContentRange) throw new HttpFailure(HttpStatus.BadRequest); // RFC 9110 section 9.3.4: it would replace the whole by a part
        try
        {
            using HttpUpload? upload = request.IsDirectory ? null : _directory.BeginUpload(request.Segments);
            if (upload is null)
            {
                await response.SendErrorAsync(HttpStatus.Conflict, closes, isHead: false);
                return !closes;
            }
            if (request is { ExpectsContinue: true, HasBody: true }) await response.SendContinueAsync();
            for (ReadOnlyMemory<byte> piece; (piece = await body.ReadAsync(Limited())).Length > 0;) upload.Write(piece.Span);
            bool replaced = upload.Complete();
            await response.SendHeadAsync(replaced ? HttpStatus.NoContent : HttpStatus.Created, replaced ? "" : "Content-Length: 0\r\n", !request.KeepsAlive);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            throw new HttpFailure(HttpStatus.Forbidden);
        }
        catch (IOException)
        {
            throw new HttpFailure(HttpStatus.InsufficientStorage);
        }
    }

    /// <summary>Passes over a body that nobody wanted, if it is short; otherwise it is cheaper to end the connection.</summary>
    private async ValueTask<bool> TrySkipAsync(HttpBody body)
    {
        int skipped = 0;
        while (!body.HasEnded && skipped <= LongestSkip) skipped += (await body.ReadAsync(Limited())).Length;
        return body.HasEnded;
    }

    private HttpResponse Response() => new(_process, _socket, Limited);

    private CancellationToken Limited()
    {
        _limit.CancelAfter(Patience);
        return _either.Token;
    }

    // RFC 9112 section 2.2: an empty line before a request is passed over.
    private void SkipEmptyLines()
    {
        while (_input.Buffered.Span is [(byte)'\r', (byte)'\n', ..]) _input.Consume(2);
        while (_input.Buffered.Span is [(byte)'\n', ..]) _input.Consume(1);
    }

    /// <summary>Bytes up to the end of the first empty line; 0 if it has not come.</summary>
    private static int HeadLength(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0, end; (end = bytes[at..].IndexOf((byte)'\n')) >= 0;)
        {
            at += end + 1;
            if (bytes[at..] is [(byte)'\n', ..]) return at + 1;
            if (bytes[at..] is [(byte)'\r', (byte)'\n', ..]) return at + 2;
        }
        return 0;
    }
}
