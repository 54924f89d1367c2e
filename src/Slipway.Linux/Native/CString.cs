using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Texts as C has them.</summary>
internal static class CString
{
    /// <summary>UTF-8 with a NUL at its end.</summary>
    /// <exception cref="LinuxCallException">EINVAL: the text has a NUL inside, after which C would see nothing.</exception>
    public static byte[] Encode(string text, string call)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal)) throw new LinuxCallException(Errno.EINVAL, $"{call}({Quote(text)})");
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>The text in quotes, with any NUL made visible.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\0", "\\0", StringComparison.Ordinal)}\"";
}
