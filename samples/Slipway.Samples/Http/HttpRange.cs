using System.Globalization;

namespace Slipway.Samples;

/// <summary>Which bytes of a file a request is for (RFC 9110 section 14): one range, or all.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many.</param>
internal readonly record struct HttpRange(long Start, long Length)
{
    /// <summary>Reads a Range field. What is not one range of bytes is passed over, as section 14.2 allows: then all is sent.</summary>
    /// <param name="field">The field, or null.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    /// <param name="range">The bytes.</param>
    /// <returns>Null for the whole file, true for a part, false if there is no such part (416).</returns>
    public static bool? Read(string? field, long fileLength, out HttpRange range)
    {
        const string Unit = "bytes=";
        range = new HttpRange(0, fileLength);
        if (field is null || !field.StartsWith(Unit, StringComparison.OrdinalIgnoreCase)) return null;
        string[] ends = field[Unit.Length..].Trim().Split('-');
        if (ends.Length != 2) return null;
        if (ends[0].Length == 0)
        {
            if (!TryNumber(ends[1], out long suffix)) return null;
            long tail = Math.Min(suffix, fileLength);
            range = new HttpRange(fileLength - tail, tail);
            return tail > 0;
        }
        long last = long.MaxValue;
        if (!TryNumber(ends[0], out long first) || ends[1].Length > 0 && (!TryNumber(ends[1], out last) || last < first)) return null;
        if (first >= fileLength) return false;
        range = new HttpRange(first, Math.Min(last, fileLength - 1) - first + 1);
        return true;
    }

    private static bool TryNumber(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
