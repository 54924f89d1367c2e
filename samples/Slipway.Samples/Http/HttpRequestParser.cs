using System.Buffers;
using System.Globalization;
using System.Text;

namespace Slipway.Samples;

/// <summary>Reads the head of a request (RFC 9112 sections 2 to 6). What is not clear is refused: two readers who understand it differently are how requests are smuggled.</summary>
internal ref struct HttpRequestParser
{
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private ReadOnlySpan<byte> _rest;
    private string? _host, _range, _connection;
    private long? _contentLength;
    private bool _isChunked, _expectsContinue, _hasContentRange, _hasIfRange;

    private HttpRequestParser(ReadOnlySpan<byte> head) => _rest = head;

    /// <summary>Reads a head: the request line and the fields, each line with its end, the empty line included.</summary>
    /// <exception cref="HttpFailure">It is no request that this server can answer.</exception>
    public static HttpRequest Parse(ReadOnlySpan<byte> head)
    {
        var parser = new HttpRequestParser(head);
        return parser.Parse();
    }

    private HttpRequest Parse()
    {
        ReadOnlySpan<byte> line = NextLine();
        int first = line.IndexOf((byte)' '), last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first || line[..first].ContainsAnyExcept(TokenBytes)) throw Bad();
        bool isHttp11 = Version(line[(last + 1)..]);
        (IReadOnlyList<string> segments, bool isDirectory) = HttpTarget.Parse(line[(first + 1)..last]);
        string method = Encoding.ASCII.GetString(line[..first]);
        while ((line = NextLine()).Length > 0) ReadField(line);
        if (isHttp11 && _host is null) throw Bad();
        // RFC 9112 section 6.1: both at once is an attack or a mistake.
        if (_isChunked && (_contentLength is not null || !isHttp11)) throw Bad();
        return new HttpRequest
        {
            Method = method,
            Segments = segments,
            IsDirectory = isDirectory,
            KeepsAlive = isHttp11 ? !ConnectionHas("close") : ConnectionHas("keep-alive"),
            ContentLength = _contentLength,
            IsChunked = _isChunked,
            ExpectsContinue = _expectsContinue && isHttp11,
            HasContentRange = _hasContentRange,
            Range = _hasIfRange ? null : _range,
        };
    }

    private void ReadField(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        // No name, a blank before the colon, or a folded line (RFC 9112 sections 5.1 and 5.2).
        if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes)) throw Bad();
        string name = Encoding.ASCII.GetString(line[..colon]).ToUpperInvariant();
        ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAny((byte)0, (byte)'\r')) throw Bad();
        string text = Encoding.Latin1.GetString(value);
        switch (name)
        {
            case "HOST":
                if (_host is not null) throw Bad();
                _host = text;
                break;
            case "CONTENT-LENGTH":
                ReadContentLength(text);
                break;
            case "TRANSFER-ENCODING":
                if (_isChunked) throw Bad();
                if (!text.Equals("chunked", StringComparison.OrdinalIgnoreCase)) throw new HttpFailure(HttpStatus.NotImplemented);
                _isChunked = true;
                break;
            case "CONNECTION":
                _connection = _connection is null ? text : $"{_connection},{text}";
                break;
            case "EXPECT":
                if (!text.Equals("100-continue", StringComparison.OrdinalIgnoreCase)) throw new HttpFailure(HttpStatus.ExpectationFailed);
                _expectsContinue = true;
                break;
            case "RANGE":
                _range = text;
                break;
            case "IF-RANGE":
                _hasIfRange = true;
                break;
            case "CONTENT-RANGE":
                _hasContentRange = true;
                break;
        }
    }

    private void ReadContentLength(string text)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length)) throw Bad();
        if (_contentLength is { } other && other != length) throw Bad();
        _contentLength = length;
    }

    private readonly bool ConnectionHas(string option)
    {
        if (_connection is null) return false;
        foreach (string part in _connection.Split(',', StringSplitOptions.TrimEntries))
            if (part.Equals(option, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool Version(ReadOnlySpan<byte> version)
    {
        if (version.SequenceEqual("HTTP/1.1"u8)) return true;
        if (version.SequenceEqual("HTTP/1.0"u8)) return false;
        bool isVersion = version.Length == 8 && version.StartsWith("HTTP/"u8) && char.IsAsciiDigit((char)version[5]) && version[6] == '.' && char.IsAsciiDigit((char)version[7]);
        throw isVersion ? new HttpFailure(HttpStatus.HttpVersionNotSupported) : Bad();
    }

    // A line ends with CR LF; LF alone is understood too (RFC 9112 section 2.2).
    private ReadOnlySpan<byte> NextLine()
    {
        int end = _rest.IndexOf((byte)'\n');
        if (end < 0) throw Bad();
        ReadOnlySpan<byte> line = _rest[..end];
        _rest = _rest[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private static HttpFailure Bad() => new(HttpStatus.BadRequest);
}
