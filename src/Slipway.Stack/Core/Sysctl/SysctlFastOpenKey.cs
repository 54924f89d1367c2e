using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// The keys of the host's cookies of fast open (<c>tcp_fastopen_key</c>, RFC 7413 §4.1.2): <c>%08x-%08x-%08x-%08x</c>, a second one behind a comma. Zeros are read until a listener has wanted a key,
/// which is made by chance then.
/// </summary>
public sealed class SysctlFastOpenKey : SysctlEntry
{
    private const int Words = 4;
    private const string None = "00000000-00000000-00000000-00000000";

    internal SysctlFastOpenKey(string path, string meaning) : base(path, meaning)
    {
    }

    /// <summary>The keys; null while nobody has wanted or set them.</summary>
    internal FastOpenKeys? Keys { get; set; }

    /// <inheritdoc/>
    public override string Text => Keys is null ? None : Format(Keys.ToBytes());

    /// <inheritdoc/>
    public override string DefaultText => None;

    /// <inheritdoc/>
    public override string Range => "four hexadecimal numbers joined by -, or twice four with a comma between";

    /// <inheritdoc/>
    protected override Errno Parse(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf('\n');
        if (end >= 0) text = text[..end];
        int comma = text.IndexOf(',');
        Span<byte> keys = stackalloc byte[2 * FastOpenKeys.KeyLength];
        if (!TryReadKey(comma < 0 ? text : text[..comma], keys)) return Errno.EINVAL;
        if (comma >= 0 && !TryReadKey(text[(comma + 1)..], keys[FastOpenKeys.KeyLength..])) return Errno.EINVAL;
        Keys = FastOpenKeys.Read(comma < 0 ? keys[..FastOpenKeys.KeyLength] : keys);
        return Errno.None;
    }

    /// <summary>Four numbers as scanf reads them by %x: a prefix 0x is allowed, digits beyond 32 bits are lost, and what follows the last is not looked at.</summary>
    private static bool TryReadKey(ReadOnlySpan<char> text, Span<byte> key)
    {
        for (int i = 0; i < Words; i++)
        {
            if (i > 0)
            {
                if (text.IsEmpty || text[0] != '-') return false;
                text = text[1..];
            }
            text = text.TrimStart();
            if (text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X' && char.IsAsciiHexDigit(text[2])) text = text[2..];
            int digits = 0;
            ulong word = 0;
            for (; digits < text.Length && char.IsAsciiHexDigit(text[digits]); digits++) word = word << 4 | ValueOf(text[digits]);
            if (digits == 0) return false;
            BinaryPrimitives.WriteUInt32LittleEndian(key[(i * sizeof(uint))..], (uint)word);
            text = text[digits..];
        }
        return true;
    }

    private static uint ValueOf(char digit) => digit <= '9' ? (uint)(digit - '0') : (uint)((digit | 0x20) - 'a' + 10);

    private static string Format(ReadOnlySpan<byte> keys)
    {
        var text = new StringBuilder();
        for (int at = 0; at < keys.Length; at += sizeof(uint))
        {
            if (at > 0) text.Append(at % FastOpenKeys.KeyLength == 0 ? ',' : '-');
            text.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt32LittleEndian(keys[at..]):x8}");
        }
        return text.ToString();
    }
}
