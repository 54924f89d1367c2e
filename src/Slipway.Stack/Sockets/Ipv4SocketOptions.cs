using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IPv4 options as programs give and get them (IP_OPTIONS, IP_RETOPTS).</summary>
internal static class Ipv4SocketOptions
{
    private static readonly IpOptions Empty = new();

    /// <summary>Checks and pads what a program wants in its headers (Linux ip_options_get).</summary>
    /// <returns>
    /// EINVAL for more than 40 bytes, for malformed ones, and for a source route: this host sends none (RFC 7126 §4.3 has routers drop them).
    /// EPERM for an option that Linux lets only CAP_NET_RAW send.
    /// </returns>
    public static Errno TryRead(ReadOnlySpan<byte> bytes, bool mayUseAny, out IpOptions? options)
    {
        options = null;
        if (bytes.Length > IpOptions.MaxIpv4Length) return Errno.EINVAL;
        if (bytes.IsEmpty)
        {
            // Not the same as never set: on a message none take the place of the socket's, and a raw socket cannot include headers any more.
            options = Empty;
            return Errno.None;
        }
        byte[] padded = new byte[bytes.Length + 3 & ~3];
        bytes.CopyTo(padded);
        ClearAfterEnd(padded);
        if (!Ipv4OptionsView.TryParse(padded, out Ipv4OptionsView view, out _, out _) || view.SourceRouteOffset >= 0) return Errno.EINVAL;
        foreach (Ipv4Option option in view)
        {
            bool isFree = option.Kind is Ipv4OptionKind.EndOfList or Ipv4OptionKind.NoOperation or Ipv4OptionKind.RecordRoute or Ipv4OptionKind.Timestamp or Ipv4OptionKind.RouterAlert;
            if (!isFree && !mayUseAny) return Errno.EINVAL;
        }
        options = new IpOptions { Ipv4 = padded };
        return Errno.None;
    }

    /// <summary>What stands after the end of the list goes out as zeros (RFC 791 §3.1).</summary>
    private static void ClearAfterEnd(Span<byte> options)
    {
        for (int at = 0; at < options.Length;)
        {
            if (options[at] == (byte)Ipv4OptionKind.EndOfList)
            {
                options[at..].Clear();
                return;
            }
            if (options[at] == (byte)Ipv4OptionKind.NoOperation) at++;
            else if (at + 1 < options.Length && options[at + 1] >= 2) at += options[at + 1];
            else return;
        }
    }

    /// <summary>Makes of received options those of an answer: recorded routes and time stamps come along, all else stays out (RFC 1122 §3.2.2.6, Linux ip_options_echo).</summary>
    /// <returns>Bytes written, a multiple of four.</returns>
    public static int Reverse(ReadOnlySpan<byte> options, Span<byte> destination)
    {
        if (!Ipv4OptionsView.TryParse(options, out Ipv4OptionsView view, out _, out _)) return 0;
        int length = 0;
        foreach (Ipv4Option option in view)
        {
            if (option.Kind is not (Ipv4OptionKind.RecordRoute or Ipv4OptionKind.Timestamp)) continue;
            option.Bytes.CopyTo(destination[length..]);
            length += option.Bytes.Length;
        }
        while ((length & 3) != 0) destination[length++] = 0;
        return length;
    }
}
