using System.Text;

namespace Slipway.Samples;

/// <summary>
/// The target of a request as names of files. A name is decoded once, after the slashes have parted the path, and must be the name of one entry of a directory:
/// nothing that comes out of here can climb out of the root.
/// </summary>
internal static class HttpTarget
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a target in origin form (<c>/a/b?query</c>) or absolute form (<c>http://host/a/b</c>).</summary>
    /// <exception cref="HttpFailure">400: it is neither, or has a name that is none; 404: a name that this server never has.</exception>
    public static (IReadOnlyList<string> Segments, bool IsDirectory) Parse(ReadOnlySpan<byte> target)
    {
        ReadOnlySpan<byte> path = PathOf(target);
        bool isDirectory = path[^1] == '/';
        var segments = new List<string>();
        path = path[1..];
        if (path.Length == 0) return (segments, true);
        if (isDirectory) path = path[..^1];
        foreach (Range range in path.Split((byte)'/')) segments.Add(Name(path[range]));
        return (segments, isDirectory);
    }

    /// <summary>A name as part of a target or of a page.</summary>
    public static string Encode(string name) => Uri.EscapeDataString(name);

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target)
    {
        ReadOnlySpan<byte> scheme = "http://"u8;
        if (target.Length > scheme.Length && Ascii.EqualsIgnoreCase(target[..scheme.Length], scheme))
        {
            ReadOnlySpan<byte> rest = target[scheme.Length..];
            int slash = rest.IndexOf((byte)'/');
            target = slash < 0 ? "/"u8 : rest[slash..];
        }
        if (target.Length == 0 || target[0] != '/' || target.Contains((byte)'#')) throw new HttpFailure(HttpStatus.BadRequest);
        int query = target.IndexOf((byte)'?');
        return query < 0 ? target : target[..query];
    }

    private static string Name(ReadOnlySpan<byte> encoded)
    {
        string name = Decode(encoded);
        if (name is "." or ".." || name.AsSpan().ContainsAny('/', '\\') || name.Any(char.IsControl)) throw new HttpFailure(HttpStatus.BadRequest);
        // Hidden files stay hidden, uploads on their way among them; and there is no entry without a name.
        if (name.Length == 0 || name[0] == '.') throw new HttpFailure(HttpStatus.NotFound);
        return name;
    }

    private static string Decode(ReadOnlySpan<byte> encoded)
    {
        byte[] bytes = new byte[encoded.Length];
        int count = 0;
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                bytes[count++] = encoded[i];
                continue;
            }
            if (encoded.Length - i < 3 || !char.IsAsciiHexDigit((char)encoded[i + 1]) || !char.IsAsciiHexDigit((char)encoded[i + 2])) throw new HttpFailure(HttpStatus.BadRequest);
            bytes[count++] = (byte)(Digit(encoded[i + 1]) << 4 | Digit(encoded[i + 2]));
            i += 2;
        }
        try
        {
            return Strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            throw new HttpFailure(HttpStatus.BadRequest);
        }
    }

    private static int Digit(byte character) => character <= '9' ? character - '0' : (character | 0x20) - 'a' + 10;
}
