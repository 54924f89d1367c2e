namespace Slipway.Stack;

/// <summary>
/// The algorithms by name, for TCP_CONGESTION and the sysctls net.ipv4.tcp_congestion_control, tcp_available_congestion_control and
/// tcp_allowed_congestion_control. A set of algorithms is a mask with bit n for the n-th name, so each host keeps its own.
/// </summary>
internal static class CongestionRegistry
{
    /// <summary>TCP_CA_NAME_MAX: names with their terminator have at most so many bytes; TCP_CONGESTION reads no more.</summary>
    public const int MaxNameLength = 16;

    private static readonly string[] s_names = ["reno", "bbr", "cubic"];

    /// <summary>What a host starts with (net.ipv4.tcp_congestion_control).</summary>
    public static string Default => "cubic";

    /// <summary>The names in Linux's order.</summary>
    public static ReadOnlySpan<string> Names => s_names;

    /// <summary>All of them: what is available, and what is allowed to everyone unless told otherwise.</summary>
    public static uint All => (1u << s_names.Length) - 1;

    /// <summary>The index of a name; −1 where there is none. Names are compared byte for byte.</summary>
    public static int IndexOf(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < s_names.Length; i++)
            if (name.SequenceEqual(s_names[i])) return i;
        return -1;
    }

    /// <summary>The algorithm for a connection; null for an unknown name (setsockopt answers ENOENT).</summary>
    public static CongestionControl? Create(ReadOnlySpan<char> name) => IndexOf(name) switch
    {
        0 => Reno.Instance,
        1 => new Bbr(),
        2 => new Cubic(),
        _ => null,
    };

    /// <summary>The names of a set, separated by spaces, as the sysctls show them.</summary>
    public static string Format(uint set)
    {
        string text = string.Empty;
        for (int i = 0; i < s_names.Length; i++)
            if ((set & 1u << i) != 0) text = text.Length == 0 ? s_names[i] : $"{text} {s_names[i]}";
        return text;
    }

    /// <summary>Reads names separated by white space, as written to tcp_allowed_congestion_control.</summary>
    /// <returns>False when one of them is unknown (the write fails with ENOENT, and nothing changes).</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out uint set)
    {
        set = 0;
        foreach (Range part in text.SplitAny(' ', '\t', '\n'))
        {
            ReadOnlySpan<char> name = text[part];
            if (name.IsEmpty) continue;
            int index = IndexOf(name);
            if (index < 0)
            {
                set = 0;
                return false;
            }
            set |= 1u << index;
        }
        return true;
    }
}
