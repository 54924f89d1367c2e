using System.Text;

namespace Slipway.Sockets;

/// <summary>Domain names in messages: labels with their lengths, perhaps ending in a pointer back (RFC 1035 §3.1, §4.1.4).</summary>
internal static class DnsName
{
    /// <summary>The longest name in a message, lengths and the root's zero included (RFC 1035 §2.3.4).</summary>
    public const int MaximumLength = 255;

    private const int MaximumLabelLength = 63;

    /// <summary>Writes a name, with or without a dot at its end. Only host names can be written: letters, digits, hyphen, underscore (RFC 1123 §2.1).</summary>
    /// <returns>False for an empty or overlong label or name, or another character.</returns>
    public static bool TryEncode(ReadOnlySpan<char> name, Span<byte> destination, out int length)
    {
        length = 0;
        if (name.EndsWith('.')) name = name[..^1];
        while (!name.IsEmpty)
        {
            int dot = name.IndexOf('.');
            ReadOnlySpan<char> label = dot < 0 ? name : name[..dot];
            if (label.IsEmpty || label.Length > MaximumLabelLength || dot == name.Length - 1) return false;
            if (length + label.Length + 2 > Math.Min(destination.Length, MaximumLength)) return false;
            destination[length++] = (byte)label.Length;
            foreach (char c in label)
            {
                if (!IsHostCharacter(c)) return false;
                destination[length++] = (byte)c;
            }
            name = dot < 0 ? default : name[(dot + 1)..];
        }
        if (length == 0 || length >= destination.Length) return false;
        destination[length++] = 0;
        return true;
    }

    /// <summary>Reads a name as text without a dot at its end; the root is empty.</summary>
    /// <param name="message">The whole message, for pointers.</param>
    /// <param name="position">Where the name begins; after it on return.</param>
    /// <param name="name">The name in lower case, or null where it holds what no host name may.</param>
    /// <returns>False if the name runs out of the message, is too long, or points anywhere but further back.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> message, ref int position, out string? name)
    {
        name = null;
        Span<char> text = stackalloc char[MaximumLength];
        int at = position, length = 0, bound = position;
        bool jumped = false, isHostName = true;
        while (true)
        {
            if (at >= message.Length) return false;
            int size = message[at++];
            if (size >= 0xC0)
            {
                if (at >= message.Length) return false;
                int target = (size & 0x3F) << 8 | message[at++];
                if (!jumped) position = at;
                jumped = true;
                if (target >= bound) return false; // every pointer goes further back than the last: no loop can be
                at = bound = target;
                continue;
            }
            if (size > MaximumLabelLength) return false; // 01 and 10 are reserved
            if (size == 0) break;
            if (at + size > message.Length || length + size + 1 > text.Length) return false;
            if (length > 0) text[length++] = '.';
            foreach (byte b in message.Slice(at, size))
            {
                isHostName &= IsHostCharacter((char)b);
                text[length++] = char.ToLowerInvariant((char)b);
            }
            at += size;
        }
        if (!jumped) position = at;
        if (isHostName) name = new string(text[..length]);
        return true;
    }

    /// <summary>The name under which an address is looked up (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    public static string Reverse(InetAddress address)
    {
        if (address.TryMapToIPv4(out InetAddress mapped)) address = mapped;
        Span<byte> bytes = stackalloc byte[16];
        int length = address.WriteAddress(bytes);
        var name = new StringBuilder(80);
        for (int index = length - 1; index >= 0; index--)
        {
            byte value = bytes[index];
            if (length == 4) name.Append(value).Append('.');
            else name.Append("0123456789abcdef"[value & 0xF]).Append('.').Append("0123456789abcdef"[value >> 4]).Append('.');
        }
        return name.Append(length == 4 ? "in-addr.arpa" : "ip6.arpa").ToString();
    }

    private static bool IsHostCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
